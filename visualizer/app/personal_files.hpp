// What a person keeps: settings in $XDG_CONFIG_HOME/ringside/view.json, bookmarks and notes beside
// the trace. Both are written whole and put in place at once, so that a crash loses neither.
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/result.hpp"
#include "visualizer/model/session.hpp"
#include "visualizer/model/settings.hpp"

namespace ringside::visualizer {

class PersonalFiles {
public:
    /// Reads the settings into the view; what is wrong with them is a note.
    void load_settings(Session& session);
    /// Reads the notes beside this trace, and puts it among the recent ones.
    void open_trace(Session& session, std::filesystem::path const& trace);
    /// Writes what has changed since it was read or written. A failure is told once.
    void keep(Session& session);

private:
    void put(Session& session, std::filesystem::path const& path, std::string const& text);

    Settings settings_;           ///< as in the file
    Sidecar sidecar_;             ///< as in the file
    std::filesystem::path trace_; ///< empty: a live machine, which has no notes
    bool refused_ = false;
};

/// XDG Base Directory Specification, "Environment variables". Empty where there is no home.
std::filesystem::path settings_path();
/// "x.ring.notes.json"
std::filesystem::path sidecar_path(std::filesystem::path const& trace);

} // namespace ringside::visualizer

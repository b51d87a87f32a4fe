// What the window remembers from one time to the next, for each user: how it looks, which layout,
// what was open. The app keeps it in $XDG_CONFIG_HOME/ringside/view.json.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "visualizer/model/view_state.hpp"

namespace ringside::visualizer {

struct Settings {
    static constexpr std::size_t most_recent = 10;

    ThemeName theme = ThemeName::dark;
    unsigned scale_percent = 100;
    std::string layout = "exit";
    std::map<std::string, std::string> layouts; ///< those a person changed, as text
    std::vector<std::string> recent;            ///< files, the latest first
    bool toured = false;                        ///< the tour was finished or put away
    bool operator==(Settings const&) const = default;

    /// Puts `path` first among the recent files.
    void opened(std::string path);
};

/// The view as these settings want it. A layout that is no longer understood is the shipped one.
void apply(Settings const& settings, ViewState& view);
/// The other way round; what is not part of a view stays.
void remember(ViewState const& view, Settings& settings);

std::string to_json(Settings const& settings);
/// Refuses what is no settings file; what it does not understand in one is left at its default.
Result<Settings> settings_from_json(std::string_view text);

} // namespace ringside::visualizer

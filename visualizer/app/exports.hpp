// What ringside-view writes without a window: pictures of panels, rows as text, a Perfetto trace, a
// part of a trace.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "visualizer/model/command.hpp"
#include "visualizer/model/export_rows.hpp"
#include "visualizer/model/session.hpp"

namespace ringside::visualizer {

/// To a file, or to the standard output where `path` is "-" or empty.
Result<void> write_text(std::string const& path, std::string_view text);

struct PanelExport {
    std::string panel;
    std::string path; ///< .svg, which needs nothing, or .png, which needs EGL
    unsigned width = 0;
    unsigned height = 0;
};
Result<void> export_panel(Session& session, CommandRegistry const& commands,
                          PanelExport const& wanted);

Result<void> export_perfetto(std::filesystem::path const& trace, std::filesystem::path const& to);

/// A trace of its own with the records of `range` (on the first vCPU; on others those of the same
/// time), and with all definitions and the keyframe before them. What is left out is told as
/// Dropped{reader_late}: it happened, and this file does not have it. Returns how many it has.
Result<std::uint64_t> trim_trace(std::filesystem::path const& trace, SeqRange range,
                                 std::filesystem::path const& to);

} // namespace ringside::visualizer

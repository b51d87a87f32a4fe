// A person's bookmarks as numbered flags above the strip and the timeline: a part of both.
#pragma once

#include <functional>

#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

/// Flags stand on the top edge of `area`, where `pixel_of` places their rows; those outside of it
/// are left out. A click goes there. `path` names them for tests: "Strip", "Timeline".
void draw_bookmark_flags(Frame& frame, std::string_view path, Rect area,
                         std::function<float(MomentIndex)> const& pixel_of);

} // namespace ringside::visualizer

// One panel by itself, for a picture: the same functions that draw the window, on a Canvas of the
// caller's choice.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "visualizer/panels/fonts.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

/// What draws this panel; nothing for an unknown name. Besides the panels of layouts these are the
/// strip and the timeline.
using DrawPanel = void (*)(Frame&, Rect);
DrawPanel drawer_of(PanelId panel);
DrawPanel drawer_named(std::string_view name);
std::vector<std::string> drawable_panels();

/// The panel drawn as SVG.
std::string panel_svg(Session& session, CommandRegistry const& commands, Fonts const& fonts,
                      std::string_view panel, Size size);

/// Draws it with ImGui into the frame that has begun.
void draw_panel_alone(Session& session, CommandRegistry const& commands, Fonts const& fonts,
                      std::string_view panel, Size size);

} // namespace ringside::visualizer

#include "visualizer/panels/panel_picture.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <imgui.h>

#include "visualizer/model/describe.hpp"
#include "visualizer/panels/imgui_canvas.hpp"
#include "visualizer/panels/svg_canvas.hpp"

namespace ringside::visualizer {

namespace {

constexpr auto bands = std::to_array<std::pair<std::string_view, DrawPanel>>(
    {{"strip", draw_strip}, {"timeline", draw_timeline}, {"status", draw_status_bar}});

// No panel has the focus ring in a picture of its own, and no mouse is over it.
void draw(Canvas& canvas, Session& session, CommandRegistry const& commands, Fonts const& fonts,
          std::string_view panel, Size size)
{
    DrawPanel const drawer = drawer_named(panel);
    if (drawer == nullptr)
        return;
    ItemRegistry items;
    HoverCard card;
    Theme const& theme = theme_of(session.view.theme);
    Frame frame{canvas, session, commands, theme, items, card, Mouse{}, fonts.scale()};
    Rect const area{0, 0, size.width, size.height};
    canvas.shape(area, {.fill = theme.background, .border = {}});
    drawer(frame, area);
    canvas.clip(std::nullopt);
}

} // namespace

DrawPanel drawer_named(std::string_view name)
{
    if (auto const panel = panel_named(name))
        return drawer_of(*panel);
    for (auto const& [band, drawer] : bands)
        if (band == name)
            return drawer;
    return nullptr;
}

std::vector<std::string> drawable_panels()
{
    std::vector<std::string> names;
    for (PanelId const panel : all_panels)
        names.push_back(id_of(panel));
    for (auto const& [band, drawer] : bands)
        names.emplace_back(band);
    return names;
}

std::string panel_svg(Session& session, CommandRegistry const& commands, Fonts const& fonts,
                      std::string_view panel, Size size)
{
    SvgCanvas first(fonts); // lists scroll to the Focus while they are drawn
    draw(first, session, commands, fonts, panel, size);
    SvgCanvas canvas(fonts);
    draw(canvas, session, commands, fonts, panel, size);
    return canvas.document(size, fmt::format("Ringside: {}", panel), describe(session));
}

void draw_panel_alone(Session& session, CommandRegistry const& commands, Fonts const& fonts,
                      std::string_view panel, Size size)
{
    ImGuiCanvas canvas(*ImGui::GetBackgroundDrawList(), fonts);
    draw(canvas, session, commands, fonts, panel, size);
}

} // namespace ringside::visualizer

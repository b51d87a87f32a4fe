// Commands that change how the window looks, and the text route out of it.
#include "visualizer/model/command.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "visualizer/model/describe.hpp"
#include "visualizer/model/format.hpp"

namespace ringside::visualizer {

namespace {

constexpr float smallest_scale = 0.75F;
constexpr float largest_scale = 2.5F;

std::string set_theme(Session& session, std::string_view argument)
{
    auto const theme = theme_named(argument);
    if (!theme)
        return fmt::format("there is no theme \"{}\": dark, light or high-contrast",
                           printable(argument));
    session.view.theme = *theme;
    return {};
}

std::string next_theme(Session& session, std::string_view)
{
    session.view.theme =
        static_cast<ThemeName>((static_cast<unsigned>(session.view.theme) + 1) % 3);
    return {};
}

std::string set_layout(Session& session, std::string_view argument)
{
    auto const layout = Layout::named(argument);
    if (!layout)
        return fmt::format("there is no layout \"{}\": {}", printable(argument),
                           fmt::join(Layout::names(), ", "));
    session.view.layout = *layout;
    auto const panels = layout->order();
    if (std::find(panels.begin(), panels.end(), session.view.panel) == panels.end())
        session.view.panel = panels.front();
    session.view.list_shown = no_moment; // the list has another height now
    return {};
}

std::string next_layout(Session& session, std::string_view)
{
    auto const names = Layout::names();
    auto const now = std::find(names.begin(), names.end(), session.view.layout.name());
    bool const wraps = now == names.end() || now + 1 == names.end();
    return set_layout(session, wraps ? names.front() : *(now + 1));
}

std::string zoom(Session& session, float by)
{
    float const scale = by == 0 ? 1.0F : session.view.scale + by;
    session.view.scale = std::clamp(scale, smallest_scale, largest_scale);
    return {};
}

std::string set_scale(Session& session, std::string_view argument)
{
    unsigned percent = 0;
    auto const end = argument.data() + argument.size();
    auto const result = std::from_chars(argument.data(), end, percent);
    if (result.ec != std::errc())
        return fmt::format("\"{}\" is no percentage between 75 and 250", printable(argument));
    session.view.scale =
        std::clamp(static_cast<float>(percent) / 100.0F, smallest_scale, largest_scale);
    return {};
}

std::string move_panel(Session& session, int direction)
{
    std::vector<PanelId> const panels = session.view.layout.order();
    auto const now = std::find(panels.begin(), panels.end(), session.view.panel);
    auto const count = static_cast<int>(panels.size());
    int const place = static_cast<int>(now - panels.begin()) + direction;
    session.view.panel = panels[static_cast<std::size_t>((place + count) % count)];
    return {};
}

std::string toggle_overlay(Session& session, Overlay overlay)
{
    session.view.overlay = session.view.overlay == overlay ? Overlay::none : overlay;
    session.view.palette_text.clear();
    session.view.palette_choice = 0;
    return {};
}

std::string close_overlay(Session& session, std::string_view)
{
    session.view.overlay = Overlay::none;
    session.view.keys_to_guest = false;
    session.view.edit_filter = false;
    return {};
}

std::string copy_description(Session& session, std::string_view)
{
    session.view.to_clipboard = describe(session);
    return {};
}

} // namespace

void add_view_commands(CommandRegistry& registry)
{
    auto const add = [&](std::string id, std::string title, std::vector<KeyChord> keys,
                         std::function<std::string(Session&)> run) {
        registry.add(
            {std::move(id),
             std::move(title),
             "Window",
             std::move(keys),
             "",
             [run = std::move(run)](Session& session, std::string_view) { return run(session); },
             {}});
    };
    auto const no_argument = [](auto function) {
        return [function](Session& session) { return function(session, {}); };
    };
    add("help.toggle", "Help: all keys", {typed('?'), pressed(Key::f1)},
        [](Session& session) { return toggle_overlay(session, Overlay::help); });
    add("palette.open", "Command palette", {with_ctrl_shift(Key::p), with_ctrl(Key::p)},
        [](Session& session) { return toggle_overlay(session, Overlay::palette); });
    add("panel.next", "Next panel", {pressed(Key::f6)},
        [](Session& session) { return move_panel(session, 1); });
    add("panel.previous", "Previous panel", {with_shift(Key::f6)},
        [](Session& session) { return move_panel(session, -1); });
    add("view.next-layout", "Next layout", {with_ctrl(Key::l)}, no_argument(next_layout));
    add("view.next-theme", "Next theme", {with_ctrl(Key::t)}, no_argument(next_theme));
    add("view.larger", "Larger text", {with_ctrl(Key::plus), with_ctrl_shift(Key::plus)},
        [](Session& session) { return zoom(session, 0.1F); });
    add("view.smaller", "Smaller text", {with_ctrl(Key::minus)},
        [](Session& session) { return zoom(session, -0.1F); });
    add("view.normal-size", "Normal text size", {with_ctrl(Key::zero)},
        [](Session& session) { return zoom(session, 0); });
    add("view.strip-axis", "Strip: order or time", {typed('o'), typed('O')}, [](Session& session) {
        session.view.strip_axis =
            session.view.strip_axis == StripAxis::order ? StripAxis::time : StripAxis::order;
        return std::string();
    });
    add("text.copy", "Copy this exit as text", {with_ctrl(Key::c)}, no_argument(copy_description));
    add("overlay.close", "Close what lies on top", {pressed(Key::escape)},
        no_argument(close_overlay));
    add("app.quit", "Close the window", {with_ctrl(Key::q)}, [](Session& session) {
        session.view.quit = true;
        return std::string();
    });
    registry.add(
        {"view.theme", "Choose a theme", "Window", {}, "dark|light|high-contrast", set_theme, {}});
    registry.add(
        {"view.layout", "Choose a layout", "Window", {}, "exit|paging|projector", set_layout, {}});
    registry.add({"view.scale", "Choose the text size", "Window", {}, "PERCENT", set_scale, {}});
}

} // namespace ringside::visualizer

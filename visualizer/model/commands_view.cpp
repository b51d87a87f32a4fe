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

// What a person did to the layout they leave is kept under its name.
void keep_layout(ViewState& view)
{
    auto const shipped = Layout::named(view.layout.name());
    std::string const name(view.layout.name());
    if (shipped && shipped->text() != view.layout.text())
        view.saved_layouts[name] = view.layout.text();
    else
        view.saved_layouts.erase(name);
}

void take_layout(Session& session, Layout layout)
{
    session.view.layout = std::move(layout);
    auto const panels = session.view.layout.order();
    if (std::find(panels.begin(), panels.end(), session.view.panel) == panels.end())
        session.view.panel = panels.front();
    session.view.list_shown = no_moment; // the list has another height now
}

std::string set_layout(Session& session, std::string_view argument)
{
    auto layout = session.view.layout_called(argument);
    if (!layout)
        return fmt::format("there is no layout \"{}\": {}", printable(argument),
                           fmt::join(Layout::names(), ", "));
    keep_layout(session.view);
    take_layout(session, std::move(*layout));
    return {};
}

std::string next_layout(Session& session, std::string_view)
{
    auto const names = Layout::names();
    auto const now = std::find(names.begin(), names.end(), session.view.layout.name());
    bool const wraps = now == names.end() || now + 1 == names.end();
    return set_layout(session, wraps ? names.front() : *(now + 1));
}

std::string reset_layout(Session& session, std::string_view)
{
    session.view.saved_layouts.erase(std::string(session.view.layout.name()));
    if (auto shipped = Layout::named(session.view.layout.name()))
        take_layout(session, std::move(*shipped));
    return {};
}

// In place of the panel that has the focus ring; if it is to be seen already, it gets the ring.
std::string show_panel(Session& session, std::string_view argument)
{
    auto const panel = panel_named(argument);
    if (!panel) {
        std::string known;
        for (PanelId const each : all_panels)
            known += (known.empty() ? "" : ", ") + id_of(each);
        return fmt::format("there is no panel \"{}\": {}", printable(argument), known);
    }
    auto const panels = session.view.layout.order();
    if (std::find(panels.begin(), panels.end(), *panel) == panels.end())
        session.view.layout.replace(session.view.panel, *panel);
    session.view.panel = *panel;
    session.view.list_shown = no_moment;
    return {};
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

using Change = std::function<std::string(Session&)>;

void add(CommandRegistry& registry, std::string id, std::string title, std::vector<KeyChord> keys,
         Change change)
{
    registry.add({std::move(id),
                  std::move(title),
                  "Window",
                  std::move(keys),
                  "",
                  [change = std::move(change)](Session& session, std::string_view) {
                      return change(session);
                  },
                  {}});
}

Change without_argument(std::string (*function)(Session&, std::string_view))
{
    return [function](Session& session) { return function(session, {}); };
}

void add_appearance(CommandRegistry& registry)
{
    add(registry, "view.next-layout", "Next layout", {with_ctrl(Key::l)},
        without_argument(next_layout));
    add(registry, "view.next-theme", "Next theme", {with_ctrl(Key::t)},
        without_argument(next_theme));
    add(registry, "view.larger", "Larger text", {with_ctrl(Key::plus), with_ctrl_shift(Key::plus)},
        [](Session& session) { return zoom(session, 0.1F); });
    add(registry, "view.smaller", "Smaller text", {with_ctrl(Key::minus)},
        [](Session& session) { return zoom(session, -0.1F); });
    add(registry, "view.normal-size", "Normal text size", {with_ctrl_shift(Key::zero)},
        [](Session& session) { return zoom(session, 0); });
    registry.add(
        {"view.theme", "Choose a theme", "Window", {}, "dark|light|high-contrast", set_theme, {}});
    registry.add({"view.layout",
                  "Choose a layout",
                  "Window",
                  {},
                  "tour|exit|code|devices|paging|scheduler|projector",
                  set_layout,
                  {}});
    add(registry, "view.reset-layout", "Put this layout back as it was shipped",
        {with_ctrl_shift(Key::l)}, without_argument(reset_layout));
    registry.add({"panel.show", "Show a panel here", "Window", {}, "PANEL", show_panel, {}});
    registry.add({"view.scale", "Choose the text size", "Window", {}, "PERCENT", set_scale, {}});
}

} // namespace

void add_view_commands(CommandRegistry& registry)
{
    add(registry, "help.toggle", "Help: all keys", {typed('?'), pressed(Key::f1)},
        [](Session& session) { return toggle_overlay(session, Overlay::help); });
    add(registry, "palette.open", "Command palette", {with_ctrl_shift(Key::p), with_ctrl(Key::p)},
        [](Session& session) { return toggle_overlay(session, Overlay::palette); });
    add(registry, "panel.next", "Next panel", {pressed(Key::f6)},
        [](Session& session) { return move_panel(session, 1); });
    add(registry, "panel.previous", "Previous panel", {with_shift(Key::f6)},
        [](Session& session) { return move_panel(session, -1); });
    add(registry, "text.copy", "Copy this exit as text", {with_ctrl(Key::c)},
        without_argument(copy_description));
    add(registry, "overlay.close", "Close what lies on top", {pressed(Key::escape)},
        without_argument(close_overlay));
    add_appearance(registry);
    add(registry, "app.quit", "Close the window", {with_ctrl(Key::q)}, [](Session& session) {
        session.view.quit = true;
        return std::string();
    });
}

} // namespace ringside::visualizer

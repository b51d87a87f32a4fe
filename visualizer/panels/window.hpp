// One frame of the whole window: keys, then every panel in its place. It knows ImGui and nothing of
// the windowing system, so that tests run it without one.
#pragma once

#include <vector>

#include "visualizer/model/command.hpp"
#include "visualizer/model/session.hpp"
#include "visualizer/panels/fonts.hpp"
#include "visualizer/panels/item_registry.hpp"

namespace ringside::visualizer {

class Window {
public:
    Window(Session& session, CommandRegistry const& commands)
        : session_(session), commands_(commands)
    {
    }

    /// Rebuilds the fonts when the scale changed. True: the renderer must upload them again.
    bool fit_fonts(float monitor_scale);

    /// Between ImGui::NewFrame() and ImGui::Render(). `keys` went down since the last frame; what
    /// was typed comes by ImGui.
    void draw(std::vector<KeyChord> keys = {});

    /// What the renderer clears to: no panel fills its own background.
    Color background() const;

    ItemRegistry const& items() const { return items_; }
    Fonts const& fonts() const { return fonts_; }

private:
    class Layer;
    void draw_panels(Rect area, struct HoverCard& card, struct Mouse const& mouse);
    void draw_splitters(Rect area, struct Mouse const& mouse);
    void draw_highlight(struct Frame& frame);
    void draw_on_top(Rect window, struct HoverCard& card, struct Mouse const& mouse);

    Session& session_;
    CommandRegistry const& commands_;
    Fonts fonts_;
    ItemRegistry items_;
};

} // namespace ringside::visualizer

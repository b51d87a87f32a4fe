// One frame as a panel sees it: the canvas, the mouse, the session, and small helpers that every
// panel shares. A panel is a function of this; it keeps nothing from one frame to the next.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "visualizer/model/command.hpp"
#include "visualizer/model/session.hpp"
#include "visualizer/panels/canvas.hpp"
#include "visualizer/panels/item_registry.hpp"
#include "visualizer/panels/theme.hpp"

namespace ringside::visualizer {

struct Mouse {
    float x = -1;
    float y = -1;
    bool clicked = false;
    bool down = false;
    float wheel = 0;
};

/// A hover card: shown beside the mouse when the frame is done.
struct HoverCard {
    std::string title;
    std::string body;
    std::string term; ///< of the glossary: then title and body are its own, and `body` a remark
    Rect source;
};

struct Frame {
    Canvas& canvas;
    Session& session;
    CommandRegistry const& commands;
    Theme const& theme;
    ItemRegistry& items;
    HoverCard& card;
    Mouse mouse; ///< outside the window while something lies on top
    float scale = 1;

    float px(float at_scale_1) const { return at_scale_1 * scale; }
    float row_height() const { return px(20); }
    float text_height() { return canvas.measure(Face::text, "X").height; }
    float mono_width() { return canvas.measure(Face::mono, "0").width; }

    bool hovers(Rect area) const { return area.contains(mouse.x, mouse.y); }
    /// Registers the item and says whether it was clicked now.
    bool clicked(std::string_view path, Rect area);
    /// Shows a card while the mouse is over `area`.
    void explain(Rect area, std::string_view title, std::string_view body);
    /// The same with the glossary's card for `term`; `remark` says what is special here. Once the
    /// mouse is on it, the card stays, and its link leads to the next example.
    void explain_term(Rect area, std::string_view term, std::string_view remark = {});
    /// Runs a command as a key would.
    void run(std::string_view line) { commands.run(session, line); }

    // Text.
    float write(Point at, Face face, Color color, std::string_view text); ///< returns its width
    void write_right(Point right_top, Face face, Color color, std::string_view text);
    void write_middle(Rect area, Face face, Color color, std::string_view text);
    /// Cut with an ellipsis where it would be wider than `width`.
    void write_cut(Point at, float width, Face face, Color color, std::string_view text);
    std::string cut(Face face, std::string_view text, float width);
    std::vector<std::string> wrapped(Face face, std::string_view text, float width);
    /// Writes wrapped text and returns the height it took.
    float write_wrapped(Point at, float width, Face face, Color color, std::string_view text);
    /// A number with its leading zeros faint.
    void write_hex(Point at, std::uint64_t value, unsigned digits, Color color, bool bold);

    /// Turns the wheel into an offset for content that is `content` high, draws the thumb that
    /// tells there is more, and returns the offset.
    float scrolled(PanelId panel, Rect body, float content);

    // Small things.
    void hairline(Rect area);
    void chip(Rect area, ExitClass exit_class, bool filled); ///< letter on the class's colour
    void tag(Rect area, Evidence evidence);                  ///< O D E N
    bool button(std::string_view path, Rect area, std::string_view label, bool enabled, bool lit);
};

} // namespace ringside::visualizer

// Keys as commands know them, whatever library reports them. Printable keys are bound by the
// character they type, so that bindings hold on every keyboard; the others by their place.
#pragma once

#include <cstdint>
#include <string>

namespace ringside::visualizer {

enum class Key : std::uint8_t {
    character, ///< what was typed, in KeyChord::character
    up,
    down,
    left,
    right,
    page_up,
    page_down,
    home,
    end,
    enter,
    escape,
    backspace,
    f1,
    f5,
    f6,
    f10,
    f11,
    plus, ///< from here on they type a character, and are bound with Ctrl only
    minus,
    zero,
    one,
    two,
    three,
    four,
    five,
    six,
    seven,
    eight,
    nine,
    b,
    c,
    g,
    l,
    n,
    o,
    p,
    q,
    t,
};

struct KeyChord {
    Key key = Key::character;
    char character = 0;
    bool ctrl = false;
    bool shift = false;
    bool alt = false;
    bool operator==(KeyChord const&) const = default;
};

constexpr KeyChord typed(char character)
{
    return {Key::character, character, false, false, false};
}
constexpr KeyChord pressed(Key key)
{
    return {key, 0, false, false, false};
}
constexpr KeyChord with_ctrl(Key key)
{
    return {key, 0, true, false, false};
}
constexpr KeyChord with_shift(Key key)
{
    return {key, 0, false, true, false};
}
constexpr KeyChord with_ctrl_shift(Key key)
{
    return {key, 0, true, true, false};
}
constexpr KeyChord with_alt(Key key)
{
    return {key, 0, false, false, true};
}

/// "Ctrl+Shift+P", "?", "Page Down".
std::string text_of(KeyChord const& chord);

} // namespace ringside::visualizer

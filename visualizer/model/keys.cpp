#include "visualizer/model/keys.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace ringside::visualizer {

std::string text_of(KeyChord const& chord)
{
    static constexpr auto names = std::to_array<std::string_view>(
        {"",    "Up",    "Down", "Left",      "Right", "Page Up", "Page Down", "Home",
         "End", "Enter", "Esc",  "Backspace", "F1",    "F5",      "F6",        "F10",
         "F11", "+",     "-",    "0",         "1",     "2",       "3",         "4",
         "5",   "6",     "7",    "8",         "9",     "B",       "C",         "G",
         "L",   "N",     "O",    "P",         "Q",     "T"});
    std::string text;
    if (chord.ctrl)
        text += "Ctrl+";
    if (chord.shift)
        text += "Shift+";
    if (chord.alt)
        text += "Alt+";
    if (chord.key != Key::character)
        return text.append(names[static_cast<std::size_t>(chord.key)]);
    return chord.character == ' ' ? text + "Space" : text + chord.character;
}

} // namespace ringside::visualizer

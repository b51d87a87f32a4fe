#include "visualizer/panels/keyboard.hpp"

#include <optional>

#include <imgui.h>

#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

// What a terminal sends for the keys that type no character.
std::optional<std::uint8_t> byte_of(KeyChord const& chord)
{
    if (chord.ctrl || chord.alt)
        return std::nullopt;
    switch (chord.key) {
    case Key::character:
        return static_cast<std::uint8_t>(chord.character);
    case Key::enter:
        return static_cast<std::uint8_t>('\r');
    case Key::backspace:
        return std::uint8_t{0x7f};
    default:
        return std::nullopt;
    }
}

bool type_to_guest(KeyChord const& chord, Session& session)
{
    auto const byte = byte_of(chord);
    if (!byte)
        return false;
    session.send(trace::Command::Kind::input, {*byte});
    return true;
}

bool steer_palette(KeyChord const& chord, CommandRegistry const& commands, Session& session)
{
    std::size_t& choice = session.view.palette_choice;
    switch (chord.key) {
    case Key::up:
        choice -= choice > 0 ? 1 : 0;
        return true;
    case Key::down:
        ++choice; // the palette keeps it within its list
        return true;
    case Key::enter:
        run_palette_choice(commands, session);
        return true;
    case Key::escape:
        return false;
    default:
        return !chord.ctrl;
    }
}

// Up, down and Enter in the notebook and in the list of recent traces.
bool steer_list(KeyChord const& chord, CommandRegistry const& commands, Session& session)
{
    std::size_t& choice = session.view.list_choice;
    switch (chord.key) {
    case Key::up:
        choice -= choice > 0 ? 1 : 0;
        return true;
    case Key::down:
        ++choice; // drawing keeps it within the list
        return true;
    case Key::enter:
        run_list_choice(commands, session);
        return true;
    default:
        return false;
    }
}

// A text field eats characters and editing keys; the rest stays bound.
bool belongs_to_text_field(KeyChord const& chord)
{
    switch (chord.key) {
    case Key::f1:
    case Key::f5:
    case Key::f6:
    case Key::f10:
    case Key::f11:
        return false;
    case Key::c: // copies what is selected in the field
        return true;
    default:
        return chord.key < Key::plus || !chord.ctrl;
    }
}

} // namespace

std::vector<KeyChord> typed_characters()
{
    std::vector<KeyChord> chords;
    for (ImWchar const letter : ImGui::GetIO().InputQueueCharacters)
        if (letter >= 0x20 && letter < 0x7f)
            chords.push_back(typed(static_cast<char>(letter)));
    return chords;
}

void handle_keys(std::vector<KeyChord> const& chords, bool text_field,
                 CommandRegistry const& commands, Session& session)
{
    for (KeyChord const& chord : chords) {
        bool const palette = session.view.overlay == Overlay::palette;
        if (palette && steer_palette(chord, commands, session))
            continue;
        bool const list =
            session.view.overlay == Overlay::notebook || session.view.overlay == Overlay::recent;
        if (list && steer_list(chord, commands, session))
            continue;
        if (!palette && text_field && belongs_to_text_field(chord))
            continue;
        if (session.view.keys_to_guest && type_to_guest(chord, session))
            continue;
        Command const* command = commands.bound_to(chord, session);
        if (command == nullptr)
            continue;
        if (!command->argument.empty()) { // a line to type it into
            session.view.overlay = Overlay::palette;
            session.view.palette_text = command->id + " ";
            session.view.palette_choice = 0;
            continue;
        }
        std::string const problem = commands.run(session, command->id);
        if (!problem.empty())
            session.notes.push_back(problem);
    }
}

} // namespace ringside::visualizer

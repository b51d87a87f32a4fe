// Keys to commands. Text fields, the palette and the guest's console take what is theirs first.
#pragma once

#include <vector>

#include "visualizer/model/command.hpp"

namespace ringside::visualizer {

/// The characters typed since the last frame. ImGui queues them: none is lost.
std::vector<KeyChord> typed_characters();

/// Runs what the chords are bound to. `text_field`: a text field has the keyboard.
void handle_keys(std::vector<KeyChord> const& chords, bool text_field,
                 CommandRegistry const& commands, Session& session);

} // namespace ringside::visualizer

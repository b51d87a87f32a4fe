// The lines of JSON the control channel speaks, as values. Whatever a peer sends, the answer is a
// value or one line of text that says what was wrong with it.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/trace/command.hpp"

namespace ringside::stream {

/// A longer line is refused before it is complete. 4096 bytes of input fit as numbers.
inline constexpr std::size_t longest_line = 64 * 1024;
inline constexpr std::size_t most_input = 4096;

Result<trace::Command> parse_command(std::string_view line);

/// What the engine says. Each of these ends with a newline.
std::string command_line(trace::Command const& command);
std::string accepted_line();
std::string refused_line(std::string_view why);
std::string state_line(bool is_paused);

/// What a controller hears: one of the three, or nothing it knows.
struct ControlReply {
    std::optional<std::string> refusal;
    std::optional<bool> paused;
};
ControlReply parse_reply(std::string_view line);

/// Takes every whole line off `received` and hands it on, without its newline.
void for_each_line(std::string& received, std::function<void(std::string_view)> const& action);

} // namespace ringside::stream

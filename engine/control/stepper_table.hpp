// The list of commands: what the parser looks names up in, and the help is printed from.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/control/stepper_command.hpp"
#include "engine/control/stepper_words.hpp"

namespace ringside::control {

enum class Again : std::uint8_t { no, yes }; ///< said again by an empty line

struct CommandInfo {
    std::string_view name;
    std::string_view alias; ///< a letter or two
    std::string_view usage; ///< what may follow
    std::string_view sentence;
    Again again;
    Result<Command> (*parse)(StepperWords& words);
};

std::span<CommandInfo const> command_table();

/// By its name, its alias, or the beginning of only one name. Errors: none, or more than one.
Result<CommandInfo const*> command_named(std::string_view word);

} // namespace ringside::control

// The commands of `ringside step` and of gdb's `monitor`, as values. What to do with one is the
// stepper's business; here is only what a line means.
//
//     next 5            until vector == 14       break main if eax == 3      watch write 0x2000, 8
//     back              memory rsp, 64           set byte[rdi] = 0x41        walk 0xffff80000000
//
// Every address and number is a value of the expression language, known only when the machine is
// asked (query/evaluate.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "engine/control/breakpoint.hpp"
#include "engine/query/expression.hpp"

namespace ringside::control {

namespace command {

/// To the end of the next exit, or back to the end of the one before; so many times.
struct MoveExits {
    Heading heading = Heading::forward;
    std::uint64_t count = 1;
};
struct MoveInstructions {
    Heading heading = Heading::forward;
    std::uint64_t count = 1;
};
/// To the next stop in this direction.
struct Continue {
    Heading heading = Heading::forward;
    std::optional<query::Condition> until; ///< a stop for this time only
    std::string until_text;
};
/// Right behind so many exits from the start, wherever that is from here.
struct GoTo {
    query::Value exits;
};
struct AddBreakpoint {
    enum class Kind : std::uint8_t { execute, watch, event };
    Kind kind = Kind::execute;
    Touch touch = Touch::write;
    query::AddressSpace space = query::AddressSpace::guest_virtual;
    query::Value address; ///< unless an event
    query::Value size;    ///< of a watch
    Lifetime lifetime = Lifetime::permanent;
    query::Condition condition;
    std::string condition_text;
};
struct DeleteBreakpoint {
    std::optional<unsigned> id; ///< none: all that a person set
};
struct SwitchBreakpoint {
    unsigned id = 0;
    bool enabled = true;
};
struct IgnoreHits {
    unsigned id = 0;
    std::uint64_t hits = 0;
};
struct ListBreakpoints {};
struct ShowRegisters {
    bool all = false; ///< else those that changed
};
struct ShowMemory {
    query::AddressSpace space = query::AddressSpace::guest_virtual;
    query::Value address;
    query::Value size;
};
struct Walk {
    query::Value address;
};
struct Disassemble {
    std::optional<query::Value> address; ///< none: the next instruction
    query::Value count;
};
struct Where {};
struct Print {
    query::Value value;
};
/// A register or memory; `undo` takes the last one back.
struct Set {
    query::Value place; ///< a register_part, memory, or the field rip
    query::Value value;
};
struct Undo {};
struct Help {
    std::string topic; ///< empty: all commands
};
struct Quit {};

} // namespace command

using Command =
    std::variant<command::MoveExits, command::MoveInstructions, command::Continue, command::GoTo,
                 command::AddBreakpoint, command::DeleteBreakpoint, command::SwitchBreakpoint,
                 command::IgnoreHits, command::ListBreakpoints, command::ShowRegisters,
                 command::ShowMemory, command::Walk, command::Disassemble, command::Where,
                 command::Print, command::Set, command::Undo, command::Help, command::Quit>;

/// Errors (Blame::usage) are one line, with the column of the mistake where there is one.
Result<Command> parse_command(std::string_view line, query::Symbols const& symbols = {});

/// Reads the lines of a person or a script. An empty line says the last command again, where that
/// makes sense, as for a step; a line that begins with '#' is a comment.
class CommandReader {
public:
    /// Nothing: a line without a command.
    Result<std::optional<Command>> read(std::string_view line, query::Symbols const& symbols = {});

private:
    std::string last_; ///< to say again; empty: nothing
};

/// Leaves the machine where and as it is, so that it can stand behind gdb's `monitor`: gdb remembers
/// registers and memory, and would not learn of a change that it did not make itself.
bool changes_nothing(Command const& command);

/// All commands, or one, or the topic "expressions"; lines of plain text.
std::string help_on(std::string_view topic);

} // namespace ringside::control

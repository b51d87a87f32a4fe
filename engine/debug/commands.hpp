// The commands of `ringside step` and of gdb's `monitor`, carried out: each on the machine as it stands,
// each answered in lines of plain text.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/control/stepper_command.hpp"
#include "engine/debug/debugger.hpp"
#include "engine/stream/export_text.hpp"

namespace ringside::debug {

/// The guest's names for its addresses, ascending.
struct Symbol {
    std::uint64_t address = 0;
    std::string name;
};

class Commands {
public:
    enum class Mover : std::uint8_t {
        here,     ///< commands may move the machine
        elsewhere ///< somebody else moves it: gdb
    };
    Commands(Debugger& debugger, std::vector<Symbol> symbols, Debugger::Patience patience,
             Mover mover);

    /// What there is to say. Errors with Blame::usage are the person's, and the machine stands as it
    /// stood; others are the host's, and end the machine.
    Result<std::string> carry_out(control::Command const& command);
    /// The same for a line as it was typed.
    Result<std::string> carry_out(std::string_view line);

    bool quit() const { return quit_; }
    std::optional<machine::Stop> const& ended() const { return ended_; }
    /// Where the machine stands, and the next instruction.
    std::string where() const;
    query::Symbols symbols() const;

private:
    struct Edit {
        machine::Position position;
        x86::CpuState registers;
        Gpa gpa;
        std::vector<std::byte> bytes; ///< of memory; empty: registers were changed
    };
    struct CarryOut;
    friend struct CarryOut;

    Result<std::string> moved(std::function<Result<Halt>()> const& once, std::uint64_t count);
    Result<std::string> until(control::command::Continue const& wanted);
    std::string story_of_turn();
    std::string told_by(Halt const& halt) const;
    Result<std::string> set(control::command::Set const& wanted);
    Result<std::string> set_memory(Gva address, std::uint64_t value, unsigned width);
    Result<std::string> undo();
    std::string name_of(std::uint64_t address) const;
    std::string next_instruction() const;
    x86::CpuState const& registers() const;
    MachineSubject subject() const { return {debugger_.machine(), nullptr}; }

    Debugger& debugger_;
    std::vector<Symbol> symbols_;
    Debugger::Patience patience_;
    Mover mover_;
    control::CommandReader reader_;
    stream::Story story_;
    trace::RegisterFile before_{}; ///< registers at the last stop
    std::vector<Edit> edits_;
    std::optional<machine::Stop> ended_;
    bool quit_ = false;
};

} // namespace ringside::debug

// Each command carried out. Those that move the machine are in commands_move.cpp, those that change it in
// commands_edit.cpp.
#include "engine/debug/commands.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/control/breakpoint_request.hpp"
#include "engine/control/stepper_text.hpp"
#include "engine/x86/paging.hpp"

namespace ringside::debug {

namespace command = control::command;

Commands::Commands(Debugger& debugger, std::vector<Symbol> symbols, Debugger::Patience patience,
                   Mover mover)
    : debugger_(debugger),
      symbols_(std::move(symbols)),
      patience_(std::move(patience)),
      mover_(mover),
      before_(x86::to_register_file(registers()))
{
    story_of_turn(); // what the machine told when it was made: which device is which
}

x86::CpuState const& Commands::registers() const
{
    return debugger_.machine().vcpu().standing().registers;
}

query::Symbols Commands::symbols() const
{
    return [this](std::string_view name) -> std::optional<std::uint64_t> {
        for (Symbol const& known : symbols_)
            if (known.name == name)
                return known.address;
        return std::nullopt;
    };
}

// ---------------------------------------------------------------- one function per command

struct Commands::CarryOut {
    Commands& commands;
    Debugger& debugger = commands.debugger_;
    control::Breakpoints& breakpoints = debugger.breakpoints();

    using Answer = Result<std::string>;

    Answer operator()(command::MoveExits const& move) const
    {
        bool const forward = move.heading == control::Heading::forward;
        return commands.moved(
            [&] { return forward ? debugger.step_exit(commands.patience_) : debugger.back_exit(); },
            move.count);
    }
    Answer operator()(command::MoveInstructions const& move) const
    {
        bool const forward = move.heading == control::Heading::forward;
        return commands.moved(
            [&] { return forward ? debugger.step_instruction() : debugger.back_instruction(); },
            move.count);
    }
    Answer operator()(command::Continue const& wanted) const { return commands.until(wanted); }
    Answer operator()(command::GoTo const& wanted) const
    {
        std::uint64_t const exits = TRY(control::known_value(wanted.exits, commands.subject()));
        return commands.moved(
            [&]() -> Result<Halt> {
                TRY(debugger.machine().go_to({exits, 0}));
                return Halt{};
            },
            1);
    }
    Answer operator()(command::AddBreakpoint const& wanted) const
    {
        control::Breakpoint breakpoint = TRY(control::breakpoint_for(wanted, commands.subject()));
        unsigned const id = TRY(breakpoints.add(std::move(breakpoint)));
        return control::text_of(*breakpoints.find(id)) + "\n";
    }
    Answer operator()(command::DeleteBreakpoint const& wanted) const
    {
        if (!wanted.id)
            breakpoints.remove_all(control::Owner::person);
        else if (!breakpoints.remove(*wanted.id))
            return no_such(*wanted.id);
        return std::string();
    }
    Answer operator()(command::SwitchBreakpoint const& wanted) const
    {
        if (!breakpoints.enable(wanted.id, wanted.enabled))
            return no_such(wanted.id);
        return std::string();
    }
    Answer operator()(command::IgnoreHits const& wanted) const
    {
        if (!breakpoints.ignore(wanted.id, wanted.hits))
            return no_such(wanted.id);
        return std::string();
    }
    Answer operator()(command::ListBreakpoints const&) const
    {
        return control::breakpoints_text(breakpoints.all());
    }
    Answer operator()(command::ShowRegisters const& wanted) const
    {
        trace::RegisterFile const now = x86::to_register_file(commands.registers());
        return wanted.all ? control::all_registers_text(now)
                          : control::changed_registers_text(commands.before_, now);
    }
    Answer operator()(command::ShowMemory const& wanted) const
    {
        std::uint64_t const address = TRY(control::known_value(wanted.address, commands.subject()));
        std::uint64_t const size = TRY(control::known_value(wanted.size, commands.subject()));
        constexpr std::uint64_t most = 1 << 20;
        if (size > most)
            return fail(Blame::usage, "at most 1048576 bytes at a time");
        return control::memory_text(
            address, bytes_at(debugger.machine(), wanted.space, address, size), size);
    }
    Answer operator()(command::Walk const& wanted) const
    {
        std::uint64_t const address = TRY(control::known_value(wanted.address, commands.subject()));
        x86::CpuState const& state = commands.registers();
        x86::Paging const paging = x86::Paging::of(state);
        auto const privilege = state.cpl() == 3 ? x86::Privilege::user : x86::Privilege::supervisor;
        x86::Walk const walk = x86::walk(debugger.machine().memory(), paging, Gva(address),
                                         x86::Access::read, privilege);
        return control::walk_text(x86::to_event(walk, paging, trace::WalkOrigin::probed));
    }
    Answer operator()(command::Disassemble const& wanted) const
    {
        std::uint64_t address = commands.registers().linear_rip();
        if (wanted.address)
            address = TRY(control::known_value(*wanted.address, commands.subject()));
        std::uint64_t const count = std::min<std::uint64_t>(
            TRY(control::known_value(wanted.count, commands.subject())), 10'000);
        auto const bytes = bytes_at(debugger.machine(), query::AddressSpace::guest_virtual, address,
                                    count * longest_instruction);
        return control::disassembly_text(address, bytes, commands.registers().code_size(), count);
    }
    Answer operator()(command::Where const&) const { return commands.where(); }
    Answer operator()(command::Print const& wanted) const
    {
        std::uint64_t const value = TRY(control::known_value(wanted.value, commands.subject()));
        return fmt::format("{:#x}, which is {}\n", value, value);
    }
    Answer operator()(command::Set const& wanted) const { return commands.set(wanted); }
    Answer operator()(command::Undo const&) const { return commands.undo(); }
    Answer operator()(command::Help const& wanted) const { return control::help_on(wanted.topic); }
    Answer operator()(command::Quit const&) const
    {
        commands.quit_ = true;
        return std::string();
    }

    static Answer no_such(unsigned id)
    {
        return fail(Blame::usage, fmt::format("there is no breakpoint {}", id));
    }
};

Result<std::string> Commands::carry_out(control::Command const& command)
{
    if (mover_ == Mover::elsewhere && !control::changes_nothing(command))
        return fail(Blame::usage,
                    "gdb moves and changes the machine, and would not notice: use its "
                    "own stepi, continue, reverse-continue, break and set");
    return std::visit(CarryOut{*this}, command);
}

Result<std::string> Commands::carry_out(std::string_view line)
{
    auto const command = TRY(reader_.read(line, symbols()));
    return command ? carry_out(*command) : std::string();
}

} // namespace ringside::debug

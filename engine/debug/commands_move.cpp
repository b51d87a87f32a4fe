// Commands that move the machine, and what there is to say when it stands again.
#include <utility>

#include <fmt/format.h>

#include "engine/control/stepper_text.hpp"
#include "engine/debug/commands.hpp"

namespace ringside::debug {

namespace command = control::command;

// ---------------------------------------------------------------- moving

Result<std::string> Commands::moved(std::function<Result<Halt>()> const& once, std::uint64_t count)
{
    trace::RegisterFile const before = x86::to_register_file(registers());
    std::string text;
    Halt halt;
    for (std::uint64_t turn = 0; turn < count && halt.why == Halt::Why::stepped; ++turn) {
        if (!patience_()) {
            halt.why = Halt::Why::interrupted;
            break;
        }
        machine::Position const from = debugger_.machine().position();
        halt = TRY(once());
        if (debugger_.machine().position() > from)
            text += story_of_turn();
    }
    before_ = before;
    ended_ = halt.stop;
    text += told_by(halt);
    text += control::changed_registers_text(before, x86::to_register_file(registers()));
    return text + where();
}

Result<std::string> Commands::until(command::Continue const& wanted)
{
    std::optional<unsigned> once;
    if (wanted.until) {
        control::Breakpoint breakpoint;
        breakpoint.place = control::AnyEvent{};
        breakpoint.condition = *wanted.until;
        breakpoint.condition_text = wanted.until_text;
        breakpoint.lifetime = control::Lifetime::one_shot;
        once = TRY(debugger_.breakpoints().add(std::move(breakpoint)));
    }
    bool const forward = wanted.heading == control::Heading::forward;
    auto answer =
        moved([&] { return forward ? debugger_.run(patience_) : debugger_.back(patience_); }, 1);
    if (once)
        debugger_.breakpoints().remove(*once); // when something else came first
    return answer;
}

/// The last turn in sentences.
std::string Commands::story_of_turn()
{
    std::string text;
    for (trace::Record const& record : debugger_.told())
        for (std::string const& line : story_.tell(record))
            text += line + "\n";
    for (std::string const& line : story_.finish())
        text += line + "\n";
    return text;
}

std::string Commands::told_by(Halt const& halt) const
{
    switch (halt.why) {
    case Halt::Why::stepped:
        return {};
    case Halt::Why::interrupted:
        return "Interrupted.\n";
    case Halt::Why::beginning:
        return "This is the beginning: there is nothing before it that could be gone back to.\n";
    case Halt::Why::ended:
        return fmt::format("The guest has ended: {}. Exit code {}.\n", halt.stop->reason,
                           halt.stop->code);
    case Halt::Why::breakpoint:
        break;
    }
    std::string text = "Stopped by " + control::text_of(*halt.breakpoint) + "\n";
    if (halt.touched)
        text +=
            fmt::format("{} bytes at {:#x} were {}.\n", halt.touched->size, halt.touched->address,
                        halt.touched->touch == control::Touch::read ? "read" : "written");
    return text;
}

// ---------------------------------------------------------------- where

std::string Commands::name_of(std::uint64_t address) const
{
    constexpr std::uint64_t farthest = 0x10000;
    Symbol const* best = nullptr;
    for (Symbol const& known : symbols_)
        if (known.address <= address && address - known.address < farthest)
            best = &known;
    if (best == nullptr)
        return {};
    std::uint64_t const distance = address - best->address;
    return distance == 0 ? best->name : fmt::format("{}+{:#x}", best->name, distance);
}

std::string Commands::next_instruction() const
{
    std::uint64_t const address = registers().linear_rip();
    auto const bytes = bytes_at(debugger_.machine(), query::AddressSpace::guest_virtual, address,
                                longest_instruction);
    if (bytes.empty())
        return fmt::format("{:#x}: not readable\n", address);
    return control::instruction_text(address, bytes, registers().code_size()).text + "\n";
}

std::string Commands::where() const
{
    machine::Position const position = debugger_.machine().position();
    std::string const name = name_of(registers().linear_rip());
    std::string text = fmt::format("Behind exit {}", position.exits);
    if (position.steps != 0)
        text +=
            fmt::format(" and {} instruction{}", position.steps, position.steps == 1 ? "" : "s");
    text +=
        fmt::format(", {} mode, ring {}", trace::name_of(registers().mode()), registers().cpl());
    if (!name.empty())
        text += ", at " + name;
    text += debugger_.machine().replaying() ? " (in the past)" : "";
    return text + ".\nNext: " + next_instruction();
}

} // namespace ringside::debug

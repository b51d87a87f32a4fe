// Changing a register or memory of a machine that stands, and taking that back.
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "engine/control/breakpoint_request.hpp"
#include "engine/debug/commands.hpp"
#include "engine/query/registers.hpp"

namespace ringside::debug {

namespace {

using Kind = query::Value::Kind;

void write_part(x86::CpuState& state, query::RegisterPart part, std::uint64_t value)
{
    trace::RegisterFile values = x86::to_register_file(state);
    auto& whole = values[static_cast<std::size_t>(part.whole)];
    whole = query::written(part, whole, value);
    x86::from_register_file(values, state);
}

} // namespace

Result<std::string> Commands::set(control::command::Set const& wanted)
{
    std::uint64_t const value = TRY(control::known_value(wanted.value, subject()));
    if (wanted.place.kind == Kind::memory) {
        std::uint64_t const address =
            TRY(control::known_value(wanted.place.operands.front(), subject()));
        return set_memory(Gva(address), value, wanted.place.width);
    }
    x86::CpuState const before = TRY(debugger_.machine().vcpu().state());
    x86::CpuState after = before;
    if (wanted.place.kind == Kind::register_part)
        write_part(after, wanted.place.part, value);
    else if (wanted.place.kind == Kind::field && wanted.place.field == query::Field::rip)
        after.rip = value - after[x86::cs].base;
    else
        return fail(Blame::usage, "only registers, rip and memory can be set");
    TRY(debugger_.machine().change_registers(after));
    edits_.push_back({debugger_.machine().position(), before, Gpa(0), {}});
    return fmt::format("Done. The story goes on from here as branch {}.\n",
                       debugger_.machine().branch());
}

Result<std::string> Commands::set_memory(Gva address, std::uint64_t value, unsigned width)
{
    machine::Machine& machine = debugger_.machine();
    constexpr std::uint64_t page_size = 4096;
    if ((address.value & (page_size - 1)) + width > page_size)
        return fail(Blame::usage, "this value would cross a page: set its parts one by one");
    auto const gpa = physical(machine.memory(), registers(), address);
    std::vector<std::byte> before(width);
    if (!gpa || !machine.memory().read(*gpa, before))
        return fail(Blame::usage, fmt::format("there is no memory at {:#x}", address.value));
    std::array<std::byte, 8> bytes{};
    std::memcpy(bytes.data(), &value, sizeof value);
    if (!TRY(machine.change_memory(*gpa, std::span(bytes).first(width))))
        return fail(Blame::usage, fmt::format("memory at {:#x} cannot be written", address.value));
    edits_.push_back({machine.position(), {}, *gpa, std::move(before)});
    return fmt::format("Done. The story goes on from here as branch {}.\n", machine.branch());
}

Result<std::string> Commands::undo()
{
    machine::Machine& machine = debugger_.machine();
    if (edits_.empty())
        return fail(Blame::usage, "nothing was set that could be undone");
    Edit const& last = edits_.back();
    if (last.position != machine.position())
        return fail(Blame::usage, fmt::format("the last change was made behind exit {}: go there "
                                              "to undo it",
                                              last.position.exits));
    if (last.bytes.empty())
        TRY(machine.change_registers(last.registers));
    else
        TRY(machine.change_memory(last.gpa, last.bytes));
    edits_.pop_back();
    return std::string("Undone.\n");
}

} // namespace ringside::debug

#include "engine/backend/kvm/fault_stops.hpp"

#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/decode.hpp"
#include "engine/x86/linear_memory.hpp"
#include "engine/x86/segments.hpp"

#include <algorithm>
#include <optional>
#include <span>

namespace ringside::kvm {

namespace {

using x86::CpuState;
using x86::LinearMemory;
using x86::Privilege;

constexpr std::array<std::uint8_t, 4> common_faults{x86::vector::pf, x86::vector::gp,
                                                    x86::vector::ud, x86::vector::de};

/// SDM Vol. 3A, "Interrupt Descriptor Table (IDT)", "64-Bit Mode IDT" and "Real-Address Mode
/// Exceptions". 0 when there is no such entry.
std::uint64_t handler_of(std::uint8_t vector, CpuState const& state, LinearMemory const& memory)
{
    bool const real_mode = !state.protected_mode();
    bool const long_mode = state.long_mode_active();
    unsigned const size = long_mode ? 16 : real_mode ? 4 : 8;
    if (vector * size + size - 1 > state.idtr.limit)
        return 0;
    std::uint64_t const entry = state.idtr.base + vector * size;
    auto const low = memory.read_table(entry, real_mode ? 4 : 8);
    if (!low)
        return 0;
    if (real_mode)
        return bits(*low, 16, 16) * 16 + bits(*low, 0, 16);
    std::uint64_t const high = long_mode ? memory.read_table(entry + 8, 8).value_or(0) : 0;
    return bits(*low, 0, 16) | bits(*low, 48, 16) << 16 | bits(high, 0, 32) << 32;
}

std::optional<x86::Decoded> decoded(backend::ExitingInstruction const& instruction,
                                    x86::CodeSize code_size)
{
    return x86::decode(std::span(instruction.bytes).first(instruction.length), code_size);
}

/// The linear address an IRET at RIP returns to; nothing for any other instruction. SDM Vol. 2A,
/// IRET: RIP lies on top of the stack, CS above it.
std::optional<std::uint64_t> return_address(backend::ExitingInstruction const& next,
                                            CpuState const& state, LinearMemory const& memory)
{
    auto const instruction = decoded(next, state.code_size());
    if (!instruction)
        return std::nullopt;
    ZydisMnemonic const name = instruction->instruction.mnemonic;
    if (name != ZYDIS_MNEMONIC_IRET && name != ZYDIS_MNEMONIC_IRETD && name != ZYDIS_MNEMONIC_IRETQ)
        return std::nullopt;
    unsigned const width = instruction->instruction.operand_width / 8U;
    std::uint64_t const top = x86::linear_address(state, x86::ss, state.gpr[x86::rsp]);
    auto const rip = memory.read(top, width, Privilege::supervisor);
    auto const selector = memory.read(top + width, 2, Privilege::supervisor);
    if (!rip || !selector)
        return std::nullopt;
    return state.protected_mode() ? *rip : *selector * 16 + *rip;
}

} // namespace

bool is_halt(backend::ExitingInstruction const& instruction, x86::CodeSize code_size)
{
    auto const found = decoded(instruction, code_size);
    return found && found->instruction.mnemonic == ZYDIS_MNEMONIC_HLT;
}

FaultStops fault_stops(CpuState const& state, memory::GuestMemory& memory,
                       backend::ExitingInstruction const& next)
{
    FaultStops stops{};
    LinearMemory const linear(memory, state);
    std::ranges::transform(common_faults, stops.begin(), [&](std::uint8_t vector) {
        std::uint64_t const handler = handler_of(vector, state, linear);
        return handler == state.linear_rip() ? 0 : handler;
    });
    if (auto const target = return_address(next, state, linear); target != std::nullopt)
        stops.back() = *target;
    return stops;
}

// SDM Vol. 3A, "Exception- or Interrupt-Handler Procedures": upwards from the stack pointer lie the
// error code, if the fault has one, then RIP, CS and RFLAGS.
void clear_pushed_trap_flag(CpuState const& before, CpuState const& after,
                            memory::GuestMemory& memory)
{
    if ((before.rflags & x86::rflags::tf) != 0)
        return;
    unsigned const width = after.long_mode_active() ? 8 : after.protected_mode() ? 4 : 2;
    LinearMemory linear(memory, after);
    auto const slot = [&](unsigned index) {
        return x86::linear_address(after, x86::ss, after.gpr[x86::rsp] + index * width);
    };
    auto const read = [&](unsigned index) {
        return linear.read(slot(index), width, Privilege::supervisor).value_or(0);
    };
    for (unsigned const first : {0U, 1U}) {
        bool const is_frame =
            read(first) == before.rip && truncate(read(first + 1), 2) == before[x86::cs].selector;
        if (!is_frame)
            continue;
        // A stack that was written a moment ago can be written again.
        static_cast<void>(linear.write(slot(first + 2), read(first + 2) & ~x86::rflags::tf, width,
                                       Privilege::supervisor));
        return;
    }
}

} // namespace ringside::kvm

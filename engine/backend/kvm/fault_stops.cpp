#include "engine/backend/kvm/fault_stops.hpp"

#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/linear_memory.hpp"
#include "engine/x86/segments.hpp"

#include <algorithm>

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

} // namespace

FaultStops fault_stops(CpuState const& state, memory::GuestMemory& memory)
{
    FaultStops stops{};
    LinearMemory const linear(memory, state);
    std::ranges::transform(common_faults, stops.begin(), [&](std::uint8_t vector) {
        std::uint64_t const handler = handler_of(vector, state, linear);
        return handler == state.linear_rip() ? 0 : handler;
    });
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

// Not modelled: INTO. 64-bit code, whose guests need this, does not have it.
#include "engine/backend/kvm/software_interrupt.hpp"

#include "engine/trace/events.hpp"
#include "engine/x86/control_bits.hpp"

namespace ringside::kvm {

std::optional<x86::Delivery> complete_software_interrupt(std::span<std::uint8_t const> instruction,
                                                         x86::CpuState& state,
                                                         memory::GuestMemory& memory)
{
    constexpr std::uint8_t int_imm8 = 0xcd, int3 = 0xcc; // SDM Vol. 2A, INT n/INTO/INT3/INT1
    std::uint8_t vector = 0;
    std::uint8_t length = 0;
    if (instruction.size() >= 2 && instruction[0] == int_imm8) {
        vector = instruction[1];
        length = 2;
    } else if (!instruction.empty() && instruction[0] == int3) {
        vector = x86::vector::bp;
        length = 1;
    } else {
        return std::nullopt;
    }
    state.rip += length;
    state.interrupt_shadow = false;
    return x86::deliver(state, memory,
                        {.source = x86::Source::software_interrupt,
                         .what = {.vector = vector, .error_code = {}, .cr2 = 0}},
                        length);
}

void tell(x86::Delivery const& delivery, trace::Tracer& tracer)
{
    for (x86::Attempt const& attempt : delivery.attempts) {
        trace::Delivered delivered;
        delivered.vector = attempt.what.vector;
        delivered.has_error_code = attempt.what.error_code.has_value();
        delivered.error_code = attempt.what.error_code.value_or(0);
        delivered.from_rip = attempt.from_rip;
        delivered.to_rip = attempt.to_rip;
        delivered.cr2 = attempt.what.cr2;
        tracer.emit(delivered);
    }
}

} // namespace ringside::kvm

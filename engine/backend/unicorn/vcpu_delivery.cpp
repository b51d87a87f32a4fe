// Exceptions and interrupts: delivered by engine/x86/delivery.hpp, told to the stream, and ended by
// a triple fault where even #DF cannot be delivered.
#include "engine/backend/unicorn/vcpu.hpp"

#include <algorithm>

#include "engine/x86/control_bits.hpp"

namespace ringside::unicorn {

namespace {

trace::Delivered to_event(x86::Attempt const& attempt)
{
    trace::Delivered event;
    event.vector = attempt.what.vector;
    event.has_error_code = attempt.what.error_code.has_value();
    event.error_code = attempt.what.error_code.value_or(0);
    event.from_rip = attempt.from_rip;
    event.to_rip = attempt.to_rip;
    event.cr2 = attempt.what.cr2;
    return event;
}

} // namespace

UnicornVcpu::MaybeExit UnicornVcpu::raise(x86::Fault const& fault)
{
    parts_.devices.forget_answers(); // the instruction will start again from the beginning
    // An exception uses up the step, which ends at its handler's first instruction, or one
    // instruction of the slice: a handler that faults itself would never come to an end else.
    bool const one = budget_ == backend::Budget::one_instruction;
    deadline_ = one ? parts_.progress.executed : std::max(deadline_ - 1, parts_.progress.executed);
    return deliver({.source = x86::Source::exception, .what = fault});
}

UnicornVcpu::MaybeExit UnicornVcpu::deliver(x86::Interrupt const& interrupt, std::uint8_t length)
{
    x86::Delivery const delivery = x86::deliver(registers(), memory_, interrupt, length);
    if (tracer_.on())
        for (x86::Attempt const& attempt : delivery.attempts)
            tracer_.emit(to_event(attempt));
    if (!delivery.shutdown)
        return std::nullopt;
    note_instruction(registers().linear_rip());
    return backend::exit::TripleFault{};
}

/// SDM Vol. 3B, "Single-Step Exception Condition": a trap, after the instruction that began with TF
/// set. Not modelled: that MOV SS holds it back.
void UnicornVcpu::trap_if_stepped(bool trap_flag_was_set)
{
    constexpr std::uint64_t single_step = 1U << 14; // "Debug Status Register (DR6)", BS
    if (!trap_flag_was_set)
        return;
    registers().dr[6] |= single_step;
    pending_fault_ = x86::Fault{.vector = x86::vector::db, .error_code = {}, .cr2 = 0};
}

} // namespace ringside::unicorn

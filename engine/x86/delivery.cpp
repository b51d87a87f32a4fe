// Tries to enter the handler; when that faults, decides what to try next.
#include "engine/x86/delivery.hpp"

#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/gates.hpp"
#include "engine/x86/linear_memory.hpp"
#include "engine/x86/segments.hpp"

namespace ringside::x86 {

namespace {

enum class FaultClass : std::uint8_t { benign, contributory, page_fault, double_fault };

// SDM Vol. 3A, Table "Interrupt and Exception Classes".
FaultClass class_of(Interrupt const& interrupt)
{
    if (interrupt.source != Source::exception)
        return FaultClass::benign;
    switch (interrupt.what.vector) {
    case vector::de:
    case vector::ts:
    case vector::np:
    case vector::ss:
    case vector::gp:
        return FaultClass::contributory;
    case vector::pf:
        return FaultClass::page_fault;
    case vector::df:
        return FaultClass::double_fault;
    default:
        return FaultClass::benign;
    }
}

/// SDM Vol. 3A, "Exception Classifications": after a fault the instruction runs again, so RF is
/// pushed as 1 to keep its breakpoint from firing twice. #DB decides for itself.
bool is_fault(Interrupt const& interrupt)
{
    constexpr std::uint8_t machine_check = 18;
    if (interrupt.source != Source::exception)
        return false;
    switch (interrupt.what.vector) {
    case vector::db:
    case vector::nmi:
    case vector::bp:
    case vector::of:
    case machine_check:
        return false;
    default:
        return true;
    }
}

/// SDM Vol. 3A, "Error Code": EXT says that the fault is not the doing of an INT instruction.
Fault with_external_bit(Fault fault)
{
    bool const names_a_descriptor = fault.vector >= vector::ts && fault.vector <= vector::gp;
    if (names_a_descriptor && fault.error_code)
        *fault.error_code |= 1U;
    return fault;
}

Outcome<void> attempt(CpuState& state, memory::GuestMemory& memory, Interrupt const& interrupt)
{
    bool const software = interrupt.source == Source::software_interrupt;
    LinearMemory linear(memory, state);
    GateEntry const entry{
        .vector = interrupt.what.vector,
        .check = software ? GateCheck::descriptor : GateCheck::none,
        .flags = state.rflags | (is_fault(interrupt) ? rflags::rf : 0),
        .error_code = interrupt.what.error_code,
    };
    Outcome<void> const entered = enter_handler(state, linear, entry);
    if (!entered && !software)
        return tl::unexpected<Fault>(with_external_bit(entered.error()));
    return entered;
}

/// What entering a handler changes besides CS:RIP, flags and the stack.
void settle(CpuState& state, Interrupt const& interrupt)
{
    constexpr std::uint64_t general_detect = 1ULL << 13;
    state.interrupt_shadow = false;
    // SDM Vol. 3B, "Debug Control Register (DR7)": GD is cleared on entry to the #DB handler.
    if (interrupt.source == Source::exception && interrupt.what.vector == vector::db)
        state.dr[7] &= ~general_detect;
}

Interrupt as_pushed(CpuState const& state, Interrupt interrupt)
{
    if (!state.protected_mode())
        interrupt.what.error_code.reset();
    return interrupt;
}

/// A page fault loads CR2 when it is raised, even if its handler is never entered.
void raise_in(CpuState& state, Fault const& fault)
{
    if (fault.vector == vector::pf)
        state.cr2 = fault.cr2;
}

} // namespace

// SDM Vol. 3A, Table "Conditions for Generating a Double Fault".
std::optional<Fault> escalate(Interrupt const& first, Fault const& second)
{
    Fault const double_fault{.vector = vector::df, .error_code = 0, .cr2 = 0};
    FaultClass const next = class_of({.source = Source::exception, .what = second});
    switch (class_of(first)) {
    case FaultClass::benign:
        return second;
    case FaultClass::contributory:
        return next == FaultClass::contributory ? double_fault : second;
    case FaultClass::page_fault:
        return next == FaultClass::benign ? second : double_fault;
    case FaultClass::double_fault:
        return std::nullopt;
    }
    return std::nullopt;
}

Delivery deliver(CpuState& state, memory::GuestMemory& memory, Interrupt const& interrupt,
                 std::uint8_t instruction_length)
{
    CpuState from = state;
    Interrupt current = as_pushed(from, interrupt);
    if (current.source == Source::exception)
        raise_in(from, current.what);

    Delivery delivery;
    for (;;) {
        CpuState entered = from;
        Outcome<void> const outcome = attempt(entered, memory, current);
        delivery.attempts.push_back({.what = current.what,
                                     .from_rip = from.rip,
                                     .to_rip = outcome ? entered.rip : 0,
                                     .delivered = outcome.has_value()});
        if (outcome) {
            settle(entered, current);
            state = entered;
            return delivery;
        }
        std::optional<Fault> const next = escalate(current, outcome.error());
        if (!next) {
            delivery.shutdown = true;
            return delivery;
        }
        raise_in(from, outcome.error());
        if (delivery.attempts.size() == 1)
            set_rip(from, from.rip - instruction_length);
        current = as_pushed(from, {.source = Source::exception, .what = *next});
    }
}

} // namespace ringside::x86

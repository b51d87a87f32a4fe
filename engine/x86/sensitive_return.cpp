// RETF and IRET: control goes back, at the same privilege or outwards.
// SDM Vol. 2: RET, IRET, "Operation".
//
//   RETF frame   IP CS [arguments] [SP SS when outwards]
//   IRET frame   IP CS FLAGS [SP SS when outwards, and always from 64-bit code]
//
// Not modelled: returns to another task (NT) and to virtual-8086 mode; both raise #GP(0).
#include "engine/base/bits.hpp"
#include "engine/x86/code_segments.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/sensitive_instructions.hpp"

#include <optional>

namespace ringside::x86::instruction {

namespace {

struct StackPointer {
    std::uint64_t offset = 0;
    std::uint16_t selector = 0;
};

/// Where a return leads.
struct ReturnTarget {
    std::uint64_t rip = 0;
    std::uint16_t code = 0;
    std::optional<StackPointer> stack;
};

Outcome<std::uint64_t> pop_item(Execution& execution)
{
    return pop(execution.state, execution.memory, execution.operand_width(),
               data_privilege(execution.state));
}

Outcome<std::uint16_t> pop_selector(Execution& execution)
{
    return static_cast<std::uint16_t>(GUEST_TRY(pop_item(execution)));
}

Outcome<StackPointer> pop_stack_pointer(Execution& execution)
{
    std::uint64_t const offset = GUEST_TRY(pop_item(execution));
    std::uint16_t const selector = GUEST_TRY(pop_selector(execution));
    return StackPointer{.offset = offset, .selector = selector};
}

bool leads_outwards(CpuState const& state, std::uint16_t code)
{
    return state.protected_mode() && (code & 3U) > state.cpl();
}

/// The stack segment to return to. Null is allowed to 64-bit code below CPL 3.
Outcome<Segment> fetch_returned_stack(Execution const& execution, std::uint16_t selector,
                                      Segment const& code)
{
    unsigned const cpl = code.rpl();
    bool const may_be_null = execution.state.long_mode_active() && code.long_mode() && cpl != 3;
    if (is_null(selector) && may_be_null && (selector & 3U) == cpl)
        return null_stack_segment(selector, cpl);
    return fetch_stack_segment(execution.state, execution.memory, selector, cpl, vector::gp);
}

/// SDM Vol. 2, IRET, "RETURN-TO-OUTER-PRIVILEGE-LEVEL": segments that the outer level could not
/// have loaded are made null. A segment that is null already keeps its base: in 64-bit code FS and
/// GS are used that way.
void drop_privileged_segments(CpuState& state)
{
    for (SegmentIndex const index : {es, ds, fs, gs}) {
        Segment& segment = state[index];
        if (segment.dpl() >= state.cpl() || is_conforming_code(segment))
            continue;
        segment.selector = 0;
        segment.attributes = 0;
        segment.limit = 0;
    }
}

/// Loads CS, RIP and, when they were popped, SS and the stack pointer.
Outcome<void> return_to(Execution& execution, ReturnTarget const& target)
{
    CpuState& state = execution.state;
    bool const outwards = leads_outwards(state, target.code);
    Segment code =
        GUEST_TRY(fetch_code_segment(state, execution.memory, target.code, Transfer::far_return));
    std::optional<Segment> stack;
    if (target.stack)
        stack = GUEST_TRY(fetch_returned_stack(execution, target.stack->selector, code));
    GUEST_TRY(check_target(state, code, target.rip));

    GUEST_TRY(mark_accessed(state, execution.memory, code));
    if (stack && stack->present())
        GUEST_TRY(mark_accessed(state, execution.memory, *stack));
    state[cs] = code;
    state.rip = target.rip;
    if (stack) {
        state[ss] = *stack;
        set_stack_pointer(state, target.stack->offset);
    }
    if (outwards)
        drop_privileged_segments(state);
    return {};
}

Outcome<void> return_in_real_mode(Execution& execution, std::uint64_t rip, std::uint16_t code)
{
    CpuState& state = execution.state;
    GUEST_TRY(check_target(state, state[cs], rip));
    load_real_segment(state, cs, code);
    state.rip = rip;
    return {};
}

/// What IRET takes from the popped image, by operand size and the privilege it comes from.
std::uint64_t iret_mask(CpuState const& state, unsigned width)
{
    constexpr std::uint64_t always = rflags::cf | rflags::pf | rflags::af | rflags::zf |
                                     rflags::sf | rflags::tf | rflags::df | rflags::of | rflags::nt;
    std::uint64_t mask = always;
    if (width > 2)
        mask |= rflags::rf | rflags::ac | rflags::id;
    if (state.cpl() <= bits(state.rflags, 12, 2))
        mask |= rflags::if_;
    if (state.cpl() == 0)
        mask |= rflags::iopl;
    return mask;
}

/// Returns that need what is not modelled: see the head of the file.
Outcome<void> refuse_other_worlds(CpuState const& state, std::uint64_t image)
{
    bool const to_virtual_8086 =
        (image & rflags::vm) != 0 && state.cpl() == 0 && !state.long_mode_active();
    if (to_virtual_8086)
        return raise(vector::gp, 0);
    return {};
}

} // namespace

Outcome<Effect> far_return(Execution& execution)
{
    CpuState& state = execution.state;
    bool const has_arguments = execution.decoded.instruction.operand_count_visible != 0;
    std::uint64_t const arguments = has_arguments ? execution.operand(0).imm.value.u : 0;
    std::uint64_t const rip = GUEST_TRY(pop_item(execution));
    std::uint16_t const code = GUEST_TRY(pop_selector(execution));
    move_stack_pointer(state, arguments);
    if (!state.protected_mode()) {
        GUEST_TRY(return_in_real_mode(execution, rip, code));
        return effect::Done{};
    }

    ReturnTarget target{.rip = rip, .code = code, .stack = std::nullopt};
    bool const outwards = leads_outwards(state, code);
    if (outwards)
        target.stack = GUEST_TRY(pop_stack_pointer(execution));
    GUEST_TRY(return_to(execution, target));
    if (outwards) // the arguments were copied to the inner stack: drop them on both
        move_stack_pointer(state, arguments);
    return effect::Done{};
}

Outcome<Effect> iret(Execution& execution)
{
    CpuState& state = execution.state;
    if (state.protected_mode() && (state.rflags & rflags::nt) != 0)
        return raise(vector::gp, 0);
    std::uint64_t const mask = iret_mask(state, execution.operand_width());
    bool const from_64bit = execution.in_64bit_code();

    std::uint64_t const rip = GUEST_TRY(pop_item(execution));
    std::uint16_t const code = GUEST_TRY(pop_selector(execution));
    std::uint64_t const image = GUEST_TRY(pop_item(execution));
    if (state.protected_mode()) {
        GUEST_TRY(refuse_other_worlds(state, image));
        ReturnTarget target{.rip = rip, .code = code, .stack = std::nullopt};
        if (from_64bit || leads_outwards(state, code))
            target.stack = GUEST_TRY(pop_stack_pointer(execution));
        GUEST_TRY(return_to(execution, target));
    } else {
        GUEST_TRY(return_in_real_mode(execution, rip, code));
    }
    state.rflags = (state.rflags & ~mask) | (image & mask);
    state.nmi_blocked = false;
    return effect::Done{};
}

} // namespace ringside::x86::instruction

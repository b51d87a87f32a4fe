// Far JMP and CALL: control goes to another code segment at the same privilege.
// SDM Vol. 2: JMP, CALL, "Operation".
#include "engine/base/bits.hpp"
#include "engine/x86/code_segments.hpp"
#include "engine/x86/sensitive_instructions.hpp"

namespace ringside::x86::instruction {

namespace {

struct FarPointer {
    std::uint16_t selector = 0;
    std::uint64_t offset = 0;
};

/// In the instruction itself, or in memory: the offset, then the selector.
Outcome<FarPointer> read_far_pointer(Execution const& execution)
{
    unsigned const width = execution.operand_width();
    ZydisDecodedOperand const& operand = execution.operand(0);
    if (!is_memory(operand))
        return FarPointer{.selector = operand.ptr.segment,
                          .offset = truncate(operand.ptr.offset, width)};
    Place const place = place_of(execution, operand);
    std::uint64_t const offset = GUEST_TRY(read_memory(execution, place, width));
    std::uint64_t const selector =
        GUEST_TRY(read_memory(execution, field_of(execution, place, width), 2));
    return FarPointer{.selector = static_cast<std::uint16_t>(selector), .offset = offset};
}

/// The segment that CS will hold, checked together with the offset.
Outcome<Segment> target_segment(Execution& execution, FarPointer const& target)
{
    CpuState& state = execution.state;
    Segment code = state[cs];
    if (state.protected_mode())
        code = GUEST_TRY(
            fetch_code_segment(state, execution.memory, target.selector, Transfer::jump_or_call));
    GUEST_TRY(check_target(state, code, target.offset));
    return code;
}

Outcome<void> go_to(Execution& execution, FarPointer const& target, Segment code)
{
    CpuState& state = execution.state;
    if (state.protected_mode()) {
        GUEST_TRY(mark_accessed(state, execution.memory, code));
        state[cs] = code;
    } else {
        load_real_segment(state, cs, target.selector);
    }
    state.rip = target.offset;
    return {};
}

} // namespace

Outcome<Effect> far_jump(Execution& execution)
{
    FarPointer const target = GUEST_TRY(read_far_pointer(execution));
    Segment const code = GUEST_TRY(target_segment(execution, target));
    GUEST_TRY(go_to(execution, target, code));
    return effect::Done{};
}

Outcome<Effect> far_call(Execution& execution)
{
    CpuState& state = execution.state;
    unsigned const width = execution.operand_width();
    FarPointer const target = GUEST_TRY(read_far_pointer(execution));
    Segment const code = GUEST_TRY(target_segment(execution, target));
    GUEST_TRY(push(state, execution.memory, state[cs].selector, width, data_privilege(state)));
    GUEST_TRY(push(state, execution.memory, state.rip, width, data_privilege(state)));
    GUEST_TRY(go_to(execution, target, code));
    return effect::Done{};
}

} // namespace ringside::x86::instruction

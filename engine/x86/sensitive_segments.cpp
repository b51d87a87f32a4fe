// Segment registers as operands: MOV, PUSH, POP, LDS and its sisters; and the bases of FS and GS.
// SDM Vol. 2, under each name.
#include "engine/base/assert.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/sensitive_instructions.hpp"

#include <utility>

namespace ringside::x86::instruction {

namespace {

SegmentIndex segment_operand(Execution const& execution, std::size_t index)
{
    return static_cast<SegmentIndex>(register_number(execution.operand(index)));
}

SegmentIndex far_pointer_segment(Decoded const& decoded)
{
    switch (decoded.instruction.mnemonic) {
    case ZYDIS_MNEMONIC_LDS:
        return ds;
    case ZYDIS_MNEMONIC_LES:
        return es;
    case ZYDIS_MNEMONIC_LFS:
        return fs;
    case ZYDIS_MNEMONIC_LGS:
        return gs;
    default:
        ASSERT(decoded.instruction.mnemonic == ZYDIS_MNEMONIC_LSS);
        return ss;
    }
}

Outcome<void> require_base_instructions(Execution const& execution)
{
    GUEST_TRY(require_64bit_code(execution));
    if ((execution.state.cr4 & cr4::fsgsbase) == 0)
        return raise(vector::ud);
    return {};
}

Outcome<Effect> read_base(Execution& execution, SegmentIndex index)
{
    GUEST_TRY(require_base_instructions(execution));
    GUEST_TRY(write_operand(execution, 0, execution.state[index].base, 8));
    return effect::Done{};
}

Outcome<Effect> write_base(Execution& execution, SegmentIndex index)
{
    GUEST_TRY(require_base_instructions(execution));
    std::uint64_t const base = GUEST_TRY(read_operand(execution, 0, 8));
    if (!is_canonical(base))
        return raise(vector::gp, 0);
    execution.state[index].base = base;
    return effect::Done{};
}

} // namespace

Outcome<Effect> move_from_segment(Execution& execution)
{
    std::uint16_t const selector = execution.state[segment_operand(execution, 1)].selector;
    GUEST_TRY(write_operand(execution, 0, selector, 2));
    return effect::Done{};
}

Outcome<Effect> move_to_segment(Execution& execution)
{
    SegmentIndex const index = segment_operand(execution, 0);
    if (index == cs)
        return raise(vector::ud);
    auto const selector = static_cast<std::uint16_t>(GUEST_TRY(read_operand(execution, 1, 2)));
    GUEST_TRY(load_segment(execution.state, execution.memory, index, selector));
    execution.state.interrupt_shadow = index == ss;
    return effect::Done{};
}

// With a 32-bit operand size the stack pointer moves by 4, but only 2 bytes are written: SDM
// Vol. 2, PUSH, says so of all recent processors.
Outcome<Effect> push_segment(Execution& execution)
{
    CpuState& state = execution.state;
    constexpr unsigned doubleword = 4, word = 2;
    unsigned width = execution.operand_width();
    if (width == doubleword) {
        move_stack_pointer(state, 0ULL - word);
        width = word;
    }
    GUEST_TRY(push(state, execution.memory, state[segment_operand(execution, 0)].selector, width,
                   data_privilege(state)));
    return effect::Done{};
}

Outcome<Effect> pop_segment(Execution& execution)
{
    CpuState& state = execution.state;
    constexpr unsigned selector_width = 2;
    SegmentIndex const index = segment_operand(execution, 0);
    auto const selector = static_cast<std::uint16_t>(
        GUEST_TRY(pop(state, execution.memory, selector_width, data_privilege(state))));
    // The stack pointer moves in the width of the stack it left, also when this loads SS.
    move_stack_pointer(state, execution.operand_width() - selector_width);
    GUEST_TRY(load_segment(state, execution.memory, index, selector));
    state.interrupt_shadow = index == ss;
    return effect::Done{};
}

Outcome<Effect> load_far_pointer(Execution& execution)
{
    unsigned const width = execution.operand_width();
    Place const place = place_of(execution, execution.operand(1));
    std::uint64_t const offset = GUEST_TRY(read_memory(execution, place, width));
    auto const selector = static_cast<std::uint16_t>(
        GUEST_TRY(read_memory(execution, field_of(execution, place, width), 2)));
    GUEST_TRY(load_segment(execution.state, execution.memory,
                           far_pointer_segment(execution.decoded), selector));
    GUEST_TRY(write_operand(execution, 0, offset, width));
    return effect::Done{};
}

Outcome<Effect> swapgs(Execution& execution)
{
    GUEST_TRY(require_64bit_code(execution));
    GUEST_TRY(require_supervisor(execution));
    std::swap(execution.state[gs].base, execution.state.kernel_gs_base);
    return effect::Done{};
}

Outcome<Effect> rdfsbase(Execution& execution)
{
    return read_base(execution, fs);
}

Outcome<Effect> rdgsbase(Execution& execution)
{
    return read_base(execution, gs);
}

Outcome<Effect> wrfsbase(Execution& execution)
{
    return write_base(execution, fs);
}

Outcome<Effect> wrgsbase(Execution& execution)
{
    return write_base(execution, gs);
}

} // namespace ringside::x86::instruction

// The descriptor-table registers: GDTR and IDTR as base and limit in memory, LDTR and TR as
// selectors. SDM Vol. 2: LGDT/LIDT, SGDT, SIDT, LLDT, LTR, SLDT, STR.
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/sensitive_instructions.hpp"

namespace ringside::x86::instruction {

namespace {

constexpr unsigned limit_width = 2;

/// In memory: the limit, then the base, of 8 bytes in 64-bit code and 4 elsewhere. A 16-bit operand
/// size loads only 24 bits of the base.
Outcome<DescriptorTable> load_table_register(Execution const& execution)
{
    GUEST_TRY(require_supervisor(execution));
    unsigned const width = execution.in_64bit_code() ? 8 : 4;
    Place const place = place_of(execution, execution.operand(0));
    std::uint64_t const limit = GUEST_TRY(read_memory(execution, place, limit_width));
    std::uint64_t base =
        GUEST_TRY(read_memory(execution, field_of(execution, place, limit_width), width));
    if (execution.operand_width() == 2)
        base = truncate(base, 3);
    if (!is_canonical(base))
        return raise(vector::gp, 0);
    return DescriptorTable{.base = base, .limit = static_cast<std::uint16_t>(limit)};
}

Outcome<Effect> store_table_register(Execution& execution, DescriptorTable const& table)
{
    GUEST_TRY(require_visible_tables(execution));
    unsigned const width = execution.in_64bit_code() ? 8 : 4;
    Place const place = place_of(execution, execution.operand(0));
    GUEST_TRY(write_memory(execution, place, table.limit, limit_width));
    GUEST_TRY(write_memory(execution, field_of(execution, place, limit_width), table.base, width));
    return effect::Done{};
}

Outcome<std::uint16_t> read_selector(Execution const& execution)
{
    GUEST_TRY(require_protected_mode(execution));
    GUEST_TRY(require_supervisor(execution));
    return static_cast<std::uint16_t>(GUEST_TRY(read_operand(execution, 0, 2)));
}

Outcome<Effect> store_selector(Execution& execution, std::uint16_t selector)
{
    GUEST_TRY(require_protected_mode(execution));
    GUEST_TRY(require_visible_tables(execution));
    GUEST_TRY(write_operand(execution, 0, selector, 2));
    return effect::Done{};
}

bool names_local_table(std::uint16_t selector)
{
    return bit(selector, 2);
}

/// What LLDT and LTR ask of a descriptor. LDTs and TSSs are described in the GDT only.
Outcome<Segment> fetch_system_segment(Execution const& execution, std::uint16_t selector)
{
    if (names_local_table(selector))
        return raise(vector::gp, selector_error(selector));
    return fetch_descriptor(execution.state, execution.memory, selector, vector::gp);
}

Outcome<void> check_system_segment(Segment const& segment, bool right_type)
{
    std::uint16_t const error = selector_error(segment.selector);
    if (segment.is_code_or_data() || !right_type)
        return raise(vector::gp, error);
    if (!segment.present())
        return raise(vector::np, error);
    if (!is_canonical(segment.base))
        return raise(vector::gp, error);
    return {};
}

} // namespace

Outcome<Effect> lgdt(Execution& execution)
{
    execution.state.gdtr = GUEST_TRY(load_table_register(execution));
    return effect::Done{};
}

Outcome<Effect> lidt(Execution& execution)
{
    execution.state.idtr = GUEST_TRY(load_table_register(execution));
    return effect::Done{};
}

Outcome<Effect> sgdt(Execution& execution)
{
    return store_table_register(execution, execution.state.gdtr);
}

Outcome<Effect> sidt(Execution& execution)
{
    return store_table_register(execution, execution.state.idtr);
}

Outcome<Effect> lldt(Execution& execution)
{
    CpuState& state = execution.state;
    std::uint16_t const selector = GUEST_TRY(read_selector(execution));
    if (is_null(selector)) {
        state.ldtr = Segment{.selector = selector, .attributes = 0, .limit = 0, .base = 0};
        return effect::Done{};
    }
    Segment const table = GUEST_TRY(fetch_system_segment(execution, selector));
    GUEST_TRY(check_system_segment(table, table.type() == system_type::ldt));
    state.ldtr = table;
    return effect::Done{};
}

Outcome<Effect> ltr(Execution& execution)
{
    CpuState& state = execution.state;
    std::uint16_t const selector = GUEST_TRY(read_selector(execution));
    if (is_null(selector))
        return raise(vector::gp, 0);
    Segment task = GUEST_TRY(fetch_system_segment(execution, selector));
    bool const is_tss16 = task.type() == system_type::tss16_available && !state.long_mode_active();
    GUEST_TRY(check_system_segment(task, task.type() == system_type::tss_available || is_tss16));
    GUEST_TRY(mark_busy(state, execution.memory, task));
    state.tr = task;
    return effect::Done{};
}

Outcome<Effect> sldt(Execution& execution)
{
    return store_selector(execution, execution.state.ldtr.selector);
}

Outcome<Effect> str(Execution& execution)
{
    return store_selector(execution, execution.state.tr.selector);
}

} // namespace ringside::x86::instruction

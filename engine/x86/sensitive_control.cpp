// MOV to and from control registers, and the older ways to CR0.
// SDM Vol. 3A, "Control Registers"; SDM Vol. 2, MOV, "Move to/from Control Registers".
//
// Not modelled: the PDPTE registers of PAE paging. Their entries are checked when a MOV would load
// them, but read again at each walk.
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/control_registers.hpp"
#include "engine/x86/sensitive_instructions.hpp"

namespace ringside::x86::instruction {

namespace {

std::uint64_t read_control(CpuState const& state, unsigned number)
{
    switch (number) {
    case 0:
        return state.cr0;
    case 2:
        return state.cr2;
    case 3:
        return state.cr3;
    case 4:
        return state.cr4;
    default: // 8: the decoder knows no other
        return state.cr8;
    }
}

Outcome<void> write_control(Execution& execution, unsigned number, std::uint64_t value)
{
    CpuState& state = execution.state;
    switch (number) {
    case 0:
        return write_cr0(state, execution.memory, value);
    case 2:
        state.cr2 = value;
        return {};
    case 3:
        return write_cr3(state, execution.memory, value);
    case 4:
        return write_cr4(state, execution.memory, value);
    default:
        return write_cr8(state, value);
    }
}

} // namespace

Outcome<Effect> move_from_control(Execution& execution)
{
    GUEST_TRY(require_supervisor(execution));
    std::uint64_t const value =
        read_control(execution.state, register_number(execution.operand(1)));
    GUEST_TRY(write_operand(execution, 0, value, 8));
    return effect::Done{};
}

Outcome<Effect> move_to_control(Execution& execution)
{
    GUEST_TRY(require_supervisor(execution));
    unsigned const number = register_number(execution.operand(0));
    std::uint64_t const value = GUEST_TRY(read_operand(execution, 1, 8));
    GUEST_TRY(write_control(execution, number, value));
    return effect::Done{.translations_stale = number == 0 || number == 3 || number == 4};
}

// SDM Vol. 2, LMSW: loads PE, MP, EM and TS; it can set PE but not clear it.
Outcome<Effect> lmsw(Execution& execution)
{
    constexpr std::uint64_t loaded = cr0::mp | cr0::em | cr0::ts;
    GUEST_TRY(require_supervisor(execution));
    CpuState& state = execution.state;
    std::uint64_t const value = GUEST_TRY(read_operand(execution, 0, 2));
    GUEST_TRY(
        write_cr0(state, execution.memory, (state.cr0 & ~loaded) | (value & (loaded | cr0::pe))));
    return effect::Done{.translations_stale = true};
}

Outcome<Effect> smsw(Execution& execution)
{
    GUEST_TRY(require_visible_tables(execution));
    GUEST_TRY(write_operand(execution, 0, execution.state.cr0, 2));
    return effect::Done{};
}

Outcome<Effect> clts(Execution& execution)
{
    GUEST_TRY(require_supervisor(execution));
    execution.state.cr0 &= ~cr0::ts;
    return effect::Done{};
}

Outcome<Effect> invlpg(Execution& execution)
{
    GUEST_TRY(require_supervisor(execution));
    return effect::Done{.translations_stale = true};
}

Outcome<Effect> wbinvd(Execution& execution)
{
    GUEST_TRY(require_supervisor(execution));
    return effect::Done{};
}

} // namespace ringside::x86::instruction

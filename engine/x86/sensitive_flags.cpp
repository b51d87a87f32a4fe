// The flags that belong to the machine: IF, IOPL, and AC where it lifts SMAP.
// SDM Vol. 2: CLI, STI, PUSHF, POPF, STAC, CLAC. CR4.VME and CR4.PVI change nothing here.
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/sensitive_instructions.hpp"

namespace ringside::x86::instruction {

namespace {

bool owns_interrupt_flag(CpuState const& state)
{
    return state.cpl() <= bits(state.rflags, 12, 2);
}

Outcome<void> require_interrupt_flag(Execution const& execution)
{
    if (!owns_interrupt_flag(execution.state))
        return raise(vector::gp, 0);
    return {};
}

/// What POPF may change at this privilege.
std::uint64_t popf_mask(CpuState const& state)
{
    std::uint64_t mask = rflags::cf | rflags::pf | rflags::af | rflags::zf | rflags::sf |
                         rflags::tf | rflags::df | rflags::of | rflags::nt | rflags::ac |
                         rflags::id;
    if (owns_interrupt_flag(state))
        mask |= rflags::if_;
    if (state.cpl() == 0)
        mask |= rflags::iopl;
    return mask;
}

Outcome<void> require_supervisor_for_access_control(Execution const& execution)
{
    if (execution.state.cpl() != 0)
        return raise(vector::ud);
    return {};
}

} // namespace

Outcome<Effect> cli(Execution& execution)
{
    GUEST_TRY(require_interrupt_flag(execution));
    execution.state.rflags &= ~rflags::if_;
    return effect::Done{};
}

Outcome<Effect> sti(Execution& execution)
{
    GUEST_TRY(require_interrupt_flag(execution));
    execution.state.interrupt_shadow = !execution.state.interrupts_on();
    execution.state.rflags |= rflags::if_;
    return effect::Done{};
}

Outcome<Effect> pushf(Execution& execution)
{
    std::uint64_t const image = execution.state.rflags & ~(rflags::rf | rflags::vm);
    GUEST_TRY(push(execution.state, execution.memory, image, execution.operand_width(),
                   data_privilege(execution.state)));
    return effect::Done{};
}

Outcome<Effect> popf(Execution& execution)
{
    CpuState& state = execution.state;
    unsigned const width = execution.operand_width();
    std::uint64_t const mask = truncate(popf_mask(state), width);
    std::uint64_t const image =
        GUEST_TRY(pop(state, execution.memory, width, data_privilege(state)));
    state.rflags = (state.rflags & ~mask) | (image & mask);
    return effect::Done{};
}

Outcome<Effect> stac(Execution& execution)
{
    GUEST_TRY(require_supervisor_for_access_control(execution));
    execution.state.rflags |= rflags::ac;
    return effect::Done{};
}

Outcome<Effect> clac(Execution& execution)
{
    GUEST_TRY(require_supervisor_for_access_control(execution));
    execution.state.rflags &= ~rflags::ac;
    return effect::Done{};
}

} // namespace ringside::x86::instruction

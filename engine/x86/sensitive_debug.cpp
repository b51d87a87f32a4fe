// MOV to and from debug registers. SDM Vol. 3B, "Debug Registers".
//
// The registers are kept as the guest wrote them; whether a breakpoint fires is the backend's
// business.
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/sensitive_instructions.hpp"

namespace ringside::x86::instruction {

namespace {

// SDM Vol. 3B, Figure "Debug Registers": what can be written, and what always reads 1.
constexpr std::uint64_t dr6_writable = 0xe00f, dr6_fixed = 0xffff0ff0;
constexpr std::uint64_t dr7_writable = 0xffff2bff, dr7_fixed = 0x400;
constexpr unsigned general_detect_bit = 13; ///< DR7.GD, and DR6.BD that reports it

/// DR4 and DR5 are other names for DR6 and DR7, unless CR4.DE makes them invalid.
Outcome<unsigned> named_register(Execution const& execution, std::size_t operand)
{
    unsigned const number = register_number(execution.operand(operand));
    bool const is_alias = number == 4 || number == 5;
    if (number > 7 || (is_alias && (execution.state.cr4 & cr4::de) != 0))
        return raise(vector::ud);
    return is_alias ? number + 2 : number;
}

Outcome<void> require_debug_access(Execution const& execution)
{
    GUEST_TRY(require_supervisor(execution));
    if (bit(execution.state.dr[7], general_detect_bit))
        return raise(vector::db);
    return {};
}

} // namespace

Outcome<Effect> move_from_debug(Execution& execution)
{
    unsigned const number = GUEST_TRY(named_register(execution, 1));
    GUEST_TRY(require_debug_access(execution));
    GUEST_TRY(write_operand(execution, 0, execution.state.dr[number], 8));
    return effect::Done{};
}

Outcome<Effect> move_to_debug(Execution& execution)
{
    unsigned const number = GUEST_TRY(named_register(execution, 0));
    GUEST_TRY(require_debug_access(execution));
    std::uint64_t const value = GUEST_TRY(read_operand(execution, 1, 8));
    if (number >= 6 && value >> 32 != 0)
        return raise(vector::gp, 0);
    std::uint64_t& place = execution.state.dr[number];
    switch (number) {
    case 6:
        place = (value & dr6_writable) | dr6_fixed;
        break;
    case 7:
        place = (value & dr7_writable) | dr7_fixed;
        break;
    default:
        place = value;
        break;
    }
    return effect::Done{};
}

} // namespace ringside::x86::instruction

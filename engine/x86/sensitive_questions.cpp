// Questions about descriptors, answered in ZF without ever faulting on a bad selector: LAR, LSL,
// VERR, VERW, and ARPL, which asks about privilege. SDM Vol. 2, under each name.
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/sensitive_instructions.hpp"

#include <optional>

namespace ringside::x86::instruction {

namespace {

void set_zero_flag(CpuState& state, bool value)
{
    state.rflags = value ? state.rflags | rflags::zf : state.rflags & ~rflags::zf;
}

/// The descriptor the operand names, if it exists and CPL and RPL may see it.
Outcome<std::optional<Segment>> visible_descriptor(Execution const& execution, std::size_t operand)
{
    GUEST_TRY(require_protected_mode(execution));
    auto const selector =
        static_cast<std::uint16_t>(GUEST_TRY(read_operand(execution, operand, 2)));
    if (is_null(selector))
        return std::nullopt;
    std::optional<Segment> const found =
        GUEST_TRY(find_descriptor(execution.state, execution.memory, selector));
    if (!found)
        return std::nullopt;
    bool const privileged = execution.state.cpl() <= found->dpl() && found->rpl() <= found->dpl();
    if (!privileged && !is_conforming_code(*found))
        return std::nullopt;
    return found;
}

// SDM Vol. 2, LSL, Table "Segment and Gate Descriptor Types": what has a limit.
bool has_limit(Segment const& segment, bool long_mode)
{
    if (segment.is_code_or_data())
        return true;
    switch (segment.type()) {
    case system_type::ldt:
    case system_type::tss_available:
    case system_type::tss_busy:
        return true;
    case system_type::tss16_available:
    case system_type::tss16_busy:
        return !long_mode;
    default:
        return false;
    }
}

// SDM Vol. 2, LAR, Table "Segment and Gate Types": call and task gates have access rights too.
bool has_access_rights(Segment const& segment, bool long_mode)
{
    if (has_limit(segment, long_mode) || segment.type() == system_type::call_gate)
        return true;
    return !long_mode &&
           (segment.type() == system_type::call_gate16 || segment.type() == system_type::task_gate);
}

} // namespace

Outcome<Effect> lar(Execution& execution)
{
    constexpr std::uint64_t visible_rights = 0x00f0ff00; // of the descriptor's second half
    std::optional<Segment> const segment = GUEST_TRY(visible_descriptor(execution, 1));
    bool const answered =
        segment && has_access_rights(*segment, execution.state.long_mode_active());
    set_zero_flag(execution.state, answered);
    if (answered) {
        std::uint64_t const rights = (encode_descriptor(*segment) >> 32) & visible_rights;
        GUEST_TRY(write_operand(execution, 0, rights, execution.operand_width()));
    }
    return effect::Done{};
}

Outcome<Effect> lsl(Execution& execution)
{
    std::optional<Segment> const segment = GUEST_TRY(visible_descriptor(execution, 1));
    bool const answered = segment && has_limit(*segment, execution.state.long_mode_active());
    set_zero_flag(execution.state, answered);
    if (answered)
        GUEST_TRY(write_operand(execution, 0, segment->limit, execution.operand_width()));
    return effect::Done{};
}

Outcome<Effect> verr(Execution& execution)
{
    std::optional<Segment> const segment = GUEST_TRY(visible_descriptor(execution, 0));
    set_zero_flag(execution.state, segment && is_readable(*segment));
    return effect::Done{};
}

Outcome<Effect> verw(Execution& execution)
{
    std::optional<Segment> const segment = GUEST_TRY(visible_descriptor(execution, 0));
    set_zero_flag(execution.state, segment && is_writable_data(*segment));
    return effect::Done{};
}

Outcome<Effect> arpl(Execution& execution)
{
    GUEST_TRY(require_protected_mode(execution));
    constexpr unsigned rpl_bits = 3;
    std::uint64_t const selector = GUEST_TRY(read_operand(execution, 0, 2));
    std::uint64_t const caller = GUEST_TRY(read_operand(execution, 1, 2));
    bool const too_strong = (selector & rpl_bits) < (caller & rpl_bits);
    if (too_strong)
        GUEST_TRY(write_operand(execution, 0,
                                (selector & ~std::uint64_t{rpl_bits}) | (caller & rpl_bits), 2));
    set_zero_flag(execution.state, too_strong);
    return effect::Done{};
}

} // namespace ringside::x86::instruction

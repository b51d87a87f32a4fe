// The order of the checks is the manual's: null, table limit, type, privilege, code size, present.
#include "engine/x86/code_segments.hpp"

#include "engine/x86/control_bits.hpp"
#include "engine/x86/segments.hpp"

namespace ringside::x86 {

namespace {

bool privilege_allows(Segment const& code, unsigned cpl, Transfer transfer)
{
    unsigned const rpl = code.rpl();
    bool const conforming = is_conforming_code(code);
    switch (transfer) {
    case Transfer::jump_or_call:
        return conforming ? code.dpl() <= cpl : rpl <= cpl && code.dpl() == cpl;
    case Transfer::far_return:
        return rpl >= cpl && (conforming ? code.dpl() <= rpl : code.dpl() == rpl);
    case Transfer::interrupt:
        return code.dpl() <= cpl;
    }
    return false;
}

// SDM Vol. 3A, "Code Segment Descriptor in 64-bit Mode": L with D is reserved. A handler in long
// mode must be 64-bit code.
bool code_size_allows(CpuState const& state, Segment const& code, Transfer transfer)
{
    if (!state.long_mode_active())
        return true;
    if (transfer == Transfer::interrupt && !code.long_mode())
        return false;
    return !(code.long_mode() && code.big());
}

unsigned new_cpl(Segment const& code, unsigned cpl, Transfer transfer)
{
    switch (transfer) {
    case Transfer::jump_or_call:
        return cpl;
    case Transfer::far_return:
        return code.rpl();
    case Transfer::interrupt:
        return is_conforming_code(code) ? cpl : code.dpl();
    }
    return cpl;
}

} // namespace

Outcome<Segment> fetch_code_segment(CpuState const& state, LinearMemory const& memory,
                                    std::uint16_t selector, Transfer transfer)
{
    if (is_null(selector))
        return raise(vector::gp, 0);
    std::uint16_t const error = selector_error(selector);
    Segment code = GUEST_TRY(fetch_descriptor(state, memory, selector, vector::gp));
    unsigned const cpl = state.cpl();
    if (!code.is_code() || !privilege_allows(code, cpl, transfer) ||
        !code_size_allows(state, code, transfer))
        return raise(vector::gp, error);
    if (!code.present())
        return raise(vector::np, error);
    code.selector = static_cast<std::uint16_t>(error | new_cpl(code, cpl, transfer));
    return code;
}

Outcome<void> check_target(CpuState const& state, Segment const& code, std::uint64_t offset)
{
    bool const long_code = state.long_mode_active() && code.long_mode();
    if (long_code ? !is_canonical(offset) : offset > code.limit)
        return raise(vector::gp, 0);
    return {};
}

} // namespace ringside::x86

#include "engine/backend/unicorn/faulting_access.hpp"

#include <algorithm>

#include "engine/backend/unicorn/layout.hpp"
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/segments.hpp"

namespace ringside::unicorn {

namespace {

bool touches(x86::Operand const& operand, ShadowTranslation::Refused const& refused)
{
    bool const same_kind = refused.access == x86::Access::write ? operand.writes : operand.reads;
    std::uint64_t const first = align_down(operand.linear, layout::page_size);
    std::uint64_t const last = align_down(operand.linear + operand.width - 1, layout::page_size);
    return same_kind && (refused.page == first || refused.page == last);
}

x86::Fault non_canonical(x86::SegmentIndex segment)
{
    return {.vector = segment == x86::ss ? x86::vector::ss : x86::vector::gp,
            .error_code = std::uint16_t{0},
            .cr2 = 0};
}

} // namespace

x86::Fault fault_of(ShadowTranslation::Refused const& refused, x86::Decoded const* decoded,
                    x86::CpuState const& state, ShadowTranslation const& translation)
{
    if (decoded != nullptr)
        for (x86::Operand const& operand : x86::memory_operands(*decoded, state)) {
            if (!touches(operand, refused))
                continue;
            std::uint64_t const linear = std::max(operand.linear, refused.page);
            x86::Walk const walk =
                translation.peek(linear, operand.writes ? x86::Access::write : x86::Access::read);
            return walk.problem == x86::WalkProblem::non_canonical ? non_canonical(operand.segment)
                                                                   : to_fault(walk);
        }
    return to_fault(translation.peek(refused.page, refused.access));
}

} // namespace ringside::unicorn

#include "engine/backend/unicorn/repetition.hpp"

#include "engine/base/bits.hpp"

namespace ringside::unicorn {

bool repeats(x86::Decoded const& decoded)
{
    constexpr ZydisInstructionAttributes any_repeat =
        ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE;
    return (decoded.instruction.attributes & any_repeat) != 0;
}

bool has_run_out(x86::Decoded const& decoded, x86::CpuState const& state)
{
    return truncate(state.gpr[x86::rcx], decoded.instruction.address_width / 8U) == 0;
}

} // namespace ringside::unicorn

#include "engine/backend/unicorn/attention.hpp"

#include "engine/backend/unicorn/repetition.hpp"
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/segments.hpp"

namespace ringside::unicorn {

namespace {

/// Any access through it succeeds: 4 GiB of present, readable, writable data, growing up.
bool never_refuses(x86::Segment const& segment)
{
    constexpr unsigned expand_down_bit = 2;
    return segment.present() && x86::is_writable_data(segment) &&
           !bit(segment.type(), expand_down_bit) && segment.limit == ~0U;
}

Attention segment_bit(ZydisRegister segment)
{
    if (segment < ZYDIS_REGISTER_ES || segment > ZYDIS_REGISTER_GS)
        return 0;
    return static_cast<Attention>(1U << (segment - ZYDIS_REGISTER_ES));
}

} // namespace

bool is_floating_point(ZydisDecodedInstruction const& instruction)
{
    switch (instruction.meta.isa_ext) {
    case ZYDIS_ISA_EXT_X87:
    case ZYDIS_ISA_EXT_MMX:
        return true;
    case ZYDIS_ISA_EXT_SSE:
    case ZYDIS_ISA_EXT_SSE2:
    case ZYDIS_ISA_EXT_SSE3:
    case ZYDIS_ISA_EXT_SSSE3:
    case ZYDIS_ISA_EXT_SSE4:
        break;
    default: // Zydis adds sets with each version; those that exist here are listed
        return false;
    }
    switch (instruction.mnemonic) { // of these sets, but about general registers or caches
    case ZYDIS_MNEMONIC_LFENCE:
    case ZYDIS_MNEMONIC_MFENCE:
    case ZYDIS_MNEMONIC_SFENCE:
    case ZYDIS_MNEMONIC_MOVNTI:
    case ZYDIS_MNEMONIC_PAUSE:
    case ZYDIS_MNEMONIC_PREFETCHNTA:
    case ZYDIS_MNEMONIC_PREFETCHT0:
    case ZYDIS_MNEMONIC_PREFETCHT1:
    case ZYDIS_MNEMONIC_PREFETCHT2:
    case ZYDIS_MNEMONIC_CRC32:
    case ZYDIS_MNEMONIC_POPCNT:
        return false;
    default:
        return true;
    }
}

Attention attention_of(x86::Decoded const& decoded)
{
    if (x86::is_sensitive(decoded.instruction))
        return attention::always;
    Attention reasons = is_floating_point(decoded.instruction) ? attention::floating_point : 0;
    if (repeats(decoded) || decoded.instruction.meta.branch_type != ZYDIS_BRANCH_TYPE_NONE)
        reasons |= attention::may_come_again;
    for (std::size_t index = 0; index < decoded.instruction.operand_count; ++index) {
        ZydisDecodedOperand const& operand = decoded.operands[index];
        if (operand.type == ZYDIS_OPERAND_TYPE_MEMORY)
            reasons = static_cast<Attention>(reasons | segment_bit(operand.mem.segment));
    }
    return reasons;
}

Attention watched(x86::CpuState const& state, bool fpu_in_use)
{
    Attention reasons = attention::always;
    bool const fpu_may_fault =
        (state.cr0 & (x86::cr0::ts | x86::cr0::em)) != 0 || (state.cr4 & x86::cr4::osfxsr) == 0;
    if (fpu_may_fault || !fpu_in_use)
        reasons |= attention::floating_point;
    // Not modelled: limits in real mode. In 64-bit code there are none.
    if (!state.protected_mode() || state.code_size() == x86::CodeSize::bits64)
        return reasons;
    for (x86::SegmentIndex const index : {x86::es, x86::ss, x86::ds, x86::fs, x86::gs})
        if (!never_refuses(state[index]))
            reasons = static_cast<Attention>(reasons | 1U << index);
    return reasons;
}

} // namespace ringside::unicorn

#include "engine/backend/unicorn/objections.hpp"

#include <algorithm>
#include <vector>

#include "engine/backend/unicorn/attention.hpp"
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/segments.hpp"

namespace ringside::unicorn {

namespace {

x86::Fault fault(std::uint8_t vector)
{
    return {.vector = vector, .error_code = {}, .cr2 = 0};
}

/// #SS(0) for the stack segment, #GP(0) for all others.
x86::Fault segment_fault(x86::SegmentIndex segment)
{
    return {.vector = segment == x86::ss ? x86::vector::ss : x86::vector::gp,
            .error_code = std::uint16_t{0},
            .cr2 = 0};
}

bool is_sse(ZydisDecodedInstruction const& instruction)
{
    bool const saves_state = instruction.mnemonic == ZYDIS_MNEMONIC_FXSAVE ||
                             instruction.mnemonic == ZYDIS_MNEMONIC_FXSAVE64 ||
                             instruction.mnemonic == ZYDIS_MNEMONIC_FXRSTOR ||
                             instruction.mnemonic == ZYDIS_MNEMONIC_FXRSTOR64;
    return is_floating_point(instruction) && !saves_state &&
           instruction.meta.isa_ext != ZYDIS_ISA_EXT_X87 &&
           instruction.meta.isa_ext != ZYDIS_ISA_EXT_MMX;
}

// SDM Vol. 3A, "Control Registers", EM and TS; Table "Action Taken By x87 FPU Instructions for
// Various Combinations of EM, MP, and TS"; "System Programming for Instruction Set Extensions".
std::optional<x86::Fault> floating_point_objection(ZydisDecodedInstruction const& instruction,
                                                   x86::CpuState const& state)
{
    if (!is_floating_point(instruction))
        return std::nullopt;
    bool const emulated = (state.cr0 & x86::cr0::em) != 0;
    bool const switched = (state.cr0 & x86::cr0::ts) != 0;
    if (instruction.mnemonic == ZYDIS_MNEMONIC_FWAIT) {
        bool const monitored = (state.cr0 & x86::cr0::mp) != 0;
        return switched && monitored ? std::optional(fault(x86::vector::nm)) : std::nullopt;
    }
    bool const sse = is_sse(instruction);
    bool const mmx = instruction.meta.isa_ext == ZYDIS_ISA_EXT_MMX;
    if (sse && (state.cr4 & x86::cr4::osfxsr) == 0)
        return fault(x86::vector::ud);
    if (emulated && (sse || mmx))
        return fault(x86::vector::ud);
    if (emulated || switched)
        return fault(x86::vector::nm);
    return std::nullopt;
}

/// SDM Vol. 3A, "Limit Checking": an expand-down segment allows what lies above its limit.
bool within_limit(x86::Segment const& segment, x86::Operand const& operand)
{
    constexpr unsigned expand_down_bit = 2;
    std::uint64_t const last = operand.offset + operand.width - 1;
    if (segment.is_code() || !bit(segment.type(), expand_down_bit))
        return last <= segment.limit;
    return operand.offset > segment.limit && last <= (segment.big() ? ~0U : 0xffffU);
}

bool segment_allows(x86::Segment const& segment, x86::Operand const& operand)
{
    if (!segment.present()) // null
        return false;
    if (operand.reads && !x86::is_readable(segment))
        return false;
    if (operand.writes && !x86::is_writable_data(segment))
        return false;
    return within_limit(segment, operand);
}

std::optional<x86::Fault> segment_objection(x86::Decoded const& decoded, x86::CpuState const& state)
{
    if (!state.protected_mode() || state.code_size() == x86::CodeSize::bits64)
        return std::nullopt;
    for (x86::Operand const& operand : x86::memory_operands(decoded, state))
        if (!segment_allows(state[operand.segment], operand))
            return segment_fault(operand.segment);
    return std::nullopt;
}

} // namespace

std::optional<x86::Fault> objection_to(x86::Decoded const& decoded, x86::CpuState const& state)
{
    if (auto const objection = floating_point_objection(decoded.instruction, state))
        return objection;
    return segment_objection(decoded, state);
}

} // namespace ringside::unicorn

// Which memory an instruction touches, computed from its operands and the registers, as the address
// unit would.
//
// Zydis lists implicit operands too, but names only the register: what PUSH writes lies below RSP,
// and PUSHA is one operand of eight items. Those rules are here.
#include "engine/base/bits.hpp"
#include "engine/x86/decode.hpp"
#include "engine/x86/segments.hpp"

#include <bit>

namespace ringside::x86 {

namespace {

using Memory = ZydisDecodedOperandMem;

bool reads(ZydisDecodedOperand const& operand)
{
    return (operand.actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0;
}

bool writes(ZydisDecodedOperand const& operand)
{
    return (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
}

std::uint16_t width_of(ZydisDecodedOperand const& operand)
{
    return static_cast<std::uint16_t>(operand.size / 8);
}

SegmentIndex segment_of(Memory const& memory)
{
    switch (memory.segment) {
    case ZYDIS_REGISTER_ES:
        return es;
    case ZYDIS_REGISTER_CS:
        return cs;
    case ZYDIS_REGISTER_SS:
        return ss;
    case ZYDIS_REGISTER_FS:
        return fs;
    case ZYDIS_REGISTER_GS:
        return gs;
    default:
        return ds;
    }
}

bool is_stack_pointer(ZydisRegister name)
{
    return name == ZYDIS_REGISTER_SP || name == ZYDIS_REGISTER_ESP || name == ZYDIS_REGISTER_RSP;
}

/// Width of the stack pointer in bytes. SDM Vol. 1, "Address-Size Attribute for Stack".
unsigned stack_address_width(CpuState const& state)
{
    if (state.code_size() == CodeSize::bits64)
        return 8;
    return state[ss].big() ? 4 : 2;
}

/// Multi-byte NOPs (0F 1F) and prefetches have an operand and touch nothing that could fault.
bool never_touches_memory(ZydisDecodedInstruction const& instruction)
{
    return instruction.mnemonic == ZYDIS_MNEMONIC_NOP ||
           instruction.meta.category == ZYDIS_CATEGORY_PREFETCH ||
           instruction.meta.category == ZYDIS_CATEGORY_PREFETCHWT1;
}

std::uint64_t address_register(Decoded const& decoded, CpuState const& state, ZydisRegister name)
{
    if (name == ZYDIS_REGISTER_NONE)
        return 0;
    if (name == ZYDIS_REGISTER_RIP || name == ZYDIS_REGISTER_EIP)
        return state.rip + decoded.length();
    return read_register(state, name);
}

/// SDM Vol. 2, BT: a bit offset in a register reaches beyond the operand, in both directions.
std::int64_t bit_string_displacement(Decoded const& decoded, CpuState const& state,
                                     ZydisDecodedOperand const& operand)
{
    switch (decoded.instruction.mnemonic) {
    case ZYDIS_MNEMONIC_BT:
    case ZYDIS_MNEMONIC_BTS:
    case ZYDIS_MNEMONIC_BTR:
    case ZYDIS_MNEMONIC_BTC:
        break;
    default:
        return 0;
    }
    ZydisDecodedOperand const& offset = decoded.operands[1];
    if (offset.type != ZYDIS_OPERAND_TYPE_REGISTER)
        return 0;
    unsigned const unused = 64U - operand.size;
    auto const bit_offset =
        static_cast<std::int64_t>(read_register(state, offset.reg.value) << unused) >> unused;
    return (bit_offset >> std::countr_zero(operand.size)) * width_of(operand);
}

/// The offset of an operand written as [base + index * scale + displacement] in its segment.
std::uint64_t effective_address(Decoded const& decoded, CpuState const& state,
                                ZydisDecodedOperand const& operand)
{
    Memory const& memory = operand.mem;
    std::uint64_t offset = address_register(decoded, state, memory.base);
    offset += address_register(decoded, state, memory.index) * memory.scale;
    offset += static_cast<std::uint64_t>(memory.disp.value);
    offset += static_cast<std::uint64_t>(bit_string_displacement(decoded, state, operand));
    if (decoded.instruction.mnemonic == ZYDIS_MNEMONIC_XLAT)
        offset += read_register(state, ZYDIS_REGISTER_AL);
    // SDM Vol. 2, POP: an address that uses the stack pointer sees it after the pop.
    if (decoded.instruction.mnemonic == ZYDIS_MNEMONIC_POP && is_stack_pointer(memory.base))
        offset += width_of(operand);
    return truncate(offset, decoded.instruction.address_width / 8U);
}

/// How many items an implicit stack operand stands for, each as wide as the operand size.
unsigned stack_items(Decoded const& decoded, ZydisDecodedOperand const& operand)
{
    unsigned const items = operand.size / decoded.instruction.operand_width;
    bool const returns_from_interrupt = decoded.instruction.mnemonic == ZYDIS_MNEMONIC_IRET ||
                                        decoded.instruction.mnemonic == ZYDIS_MNEMONIC_IRETD;
    if (returns_from_interrupt && decoded.code_size != CodeSize::bits64)
        return 3; // IP, CS, FLAGS; 64-bit code always pops SP and SS as well
    if (decoded.instruction.mnemonic == ZYDIS_MNEMONIC_ENTER)
        return items + (static_cast<unsigned>(decoded.operands[1].imm.value.u) & 31U);
    return items;
}

/// One access at an offset that is already as wide as its address size.
Operand access(CpuState const& state, SegmentIndex segment, std::uint64_t offset, unsigned width)
{
    return Operand{.linear = linear_address(state, segment, offset),
                   .width = static_cast<std::uint16_t>(width),
                   .segment = segment,
                   .offset = offset};
}

void add_stack_operand(std::vector<Operand>& operands, Decoded const& decoded,
                       CpuState const& state, ZydisDecodedOperand const& operand)
{
    unsigned const width = decoded.instruction.operand_width / 8U;
    // The whole register: how much of it counts is for the stack segment to say.
    std::uint64_t const top = state.gpr[is_stack_pointer(operand.mem.base) ? rsp : rbp];
    unsigned const items = stack_items(decoded, operand);
    for (unsigned item = 0; item < items; ++item) {
        std::uint64_t const distance = std::uint64_t{item} * width;
        std::uint64_t const offset = writes(operand) ? top - distance - width : top + distance;
        Operand pushed_or_popped =
            access(state, ss, truncate(offset, stack_address_width(state)), width);
        pushed_or_popped.reads = reads(operand);
        pushed_or_popped.writes = writes(operand);
        operands.push_back(pushed_or_popped);
    }
}

/// ENTER at level n copies n - 1 frame pointers of the enclosing procedures. SDM Vol. 2, ENTER.
void add_enclosing_frames(std::vector<Operand>& operands, Decoded const& decoded,
                          CpuState const& state)
{
    if (decoded.instruction.mnemonic != ZYDIS_MNEMONIC_ENTER)
        return;
    unsigned const width = decoded.instruction.operand_width / 8U;
    unsigned const level = static_cast<unsigned>(decoded.operands[1].imm.value.u) & 31U;
    for (unsigned frame = 1; frame < level; ++frame) {
        std::uint64_t const offset = state.gpr[rbp] - std::uint64_t{frame} * width;
        Operand copied = access(state, ss, truncate(offset, stack_address_width(state)), width);
        copied.reads = true;
        operands.push_back(copied);
    }
}

void add_addressed_operand(std::vector<Operand>& operands, Decoded const& decoded,
                           CpuState const& state, ZydisDecodedOperand const& operand)
{
    bool const only_named = decoded.instruction.mnemonic == ZYDIS_MNEMONIC_INVLPG;
    Operand addressed = access(state, segment_of(operand.mem),
                               effective_address(decoded, state, operand), width_of(operand));
    addressed.reads = reads(operand) && !only_named;
    addressed.writes = writes(operand);
    operands.push_back(addressed);
}

bool repeats_no_more(Decoded const& decoded, CpuState const& state)
{
    constexpr ZydisInstructionAttributes any_repeat =
        ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE;
    return (decoded.instruction.attributes & any_repeat) != 0 &&
           truncate(state.gpr[rcx], decoded.instruction.address_width / 8U) == 0;
}

} // namespace

std::vector<Operand> memory_operands(Decoded const& decoded, CpuState const& state)
{
    std::vector<Operand> operands;
    if (never_touches_memory(decoded.instruction) || repeats_no_more(decoded, state))
        return operands;
    for (std::size_t index = 0; index < decoded.instruction.operand_count; ++index) {
        ZydisDecodedOperand const& operand = decoded.operands[index];
        if (operand.type != ZYDIS_OPERAND_TYPE_MEMORY || operand.mem.type != ZYDIS_MEMOP_TYPE_MEM ||
            operand.size == 0)
            continue;
        bool const hidden = operand.visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN;
        if (hidden && operand.mem.segment == ZYDIS_REGISTER_SS)
            add_stack_operand(operands, decoded, state, operand);
        else
            add_addressed_operand(operands, decoded, state, operand);
    }
    add_enclosing_frames(operands, decoded, state);
    return operands;
}

} // namespace ringside::x86

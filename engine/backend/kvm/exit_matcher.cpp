// Not modelled: stores through CALL, ENTER and far pushes onto device memory. Their exits have no
// instruction.
#include "engine/backend/kvm/exit_matcher.hpp"

#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"

#include <algorithm>

namespace ringside::kvm {

namespace {

using x86::CpuState;
using x86::Decoded;
namespace exit = backend::exit;

bool repeats(Decoded const& decoded)
{
    return (decoded.instruction.attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPNE)) != 0;
}

bool is_string(Decoded const& decoded)
{
    return decoded.instruction.meta.category == ZYDIS_CATEGORY_STRINGOP ||
           decoded.instruction.meta.category == ZYDIS_CATEGORY_IOSTRINGOP;
}

/// In the opcodes that have a byte form and a full-size form, the low bit tells them apart.
unsigned element_width(Decoded const& decoded)
{
    bool const full = (decoded.instruction.opcode & 1U) != 0;
    return full ? std::min(decoded.instruction.operand_width / 8U, 4U) : 1U;
}

/// The registers as they were before one iteration of `decoded`, as far as they decide addresses:
/// a string store has moved its pointers, a push the stack pointer.
CpuState before(Decoded const& decoded, CpuState state)
{
    auto const move = [&](x86::Gpr name, std::uint64_t by, unsigned address_bits) {
        std::uint64_t const moved = state.gpr[name] + by;
        std::uint64_t const kept = state.gpr[name] - truncate(state.gpr[name], address_bits / 8);
        state.gpr[name] = kept + truncate(moved, address_bits / 8);
    };
    ZydisDecodedInstruction const& instruction = decoded.instruction;
    if (is_string(decoded)) {
        bool const full = (instruction.opcode & 1U) != 0;
        std::uint64_t const width = full ? instruction.operand_width / 8U : 1U;
        bool const downwards = (state.rflags & x86::rflags::df) != 0;
        move(x86::rdi, downwards ? width : 0 - width, instruction.address_width);
        move(x86::rsi, downwards ? width : 0 - width, instruction.address_width);
    } else if (instruction.meta.category == ZYDIS_CATEGORY_PUSH) {
        move(x86::rsp, instruction.operand_width / 8U, instruction.stack_width);
    }
    return state;
}

bool is_general(ZydisRegister name)
{
    return name >= ZYDIS_REGISTER_AL && name <= ZYDIS_REGISTER_R15;
}

} // namespace

bool is_repeated_string(Decoded const& decoded)
{
    return is_string(decoded) && repeats(decoded);
}

bool has_run_out(Decoded const& decoded, CpuState const& state)
{
    return truncate(state.gpr[x86::rcx], decoded.instruction.address_width / 8U) == 0;
}

x86::Privilege privilege_of(CpuState const& state)
{
    return state.cpl() == 3 ? x86::Privilege::user : x86::Privilege::supervisor;
}

bool ExitMatcher::operator()(Decoded const& decoded, exit::PortOut const& out) const
{
    constexpr std::uint8_t out_imm8 = 0xe6, out_dx = 0xee, outs = 0x6e; // SDM Vol. 2B, OUT
    ZydisDecodedInstruction const& instruction = decoded.instruction;
    if (instruction.opcode_map != ZYDIS_OPCODE_MAP_DEFAULT || element_width(decoded) != out.width)
        return false;
    bool const value_fits = truncate(state_.gpr[x86::rax], out.width) == out.value;
    bool const dx_fits = truncate(state_.gpr[x86::rdx], 2) == out.port;
    switch (instruction.opcode & ~1U) {
    case out_imm8:
        return value_fits && decoded.operands[0].imm.value.u == out.port;
    case out_dx:
        return value_fits && dx_fits;
    case outs:
        return dx_fits;
    default:
        return false;
    }
}

bool ExitMatcher::operator()(Decoded const& decoded, exit::MmioWrite const& write) const
{
    CpuState const earlier = before(decoded, state_);
    for (x86::Operand const& operand : x86::memory_operands(decoded, earlier))
        if (operand.writes && is_piece_of(operand, write))
            return stores_value(decoded, operand, write);
    return false;
}

bool ExitMatcher::operator()(Decoded const& decoded, exit::Halt const&) const
{
    return decoded.instruction.mnemonic == ZYDIS_MNEMONIC_HLT;
}

/// KVM hands out an access in pieces that cross no page and are at most 8 bytes long. Is the exit
/// one of those of this operand?
bool ExitMatcher::is_piece_of(x86::Operand const& operand, exit::MmioWrite const& write) const
{
    x86::Paging const paging = x86::Paging::of(state_);
    constexpr std::uint64_t largest = 8;
    for (std::uint64_t done = 0; done < operand.width;) {
        std::uint64_t const linear = operand.linear + done;
        std::uint64_t const left_in_page = memory::page_size - linear % memory::page_size;
        std::uint64_t const size = std::min({operand.width - done, left_in_page, largest});
        x86::Walk const walk =
            x86::walk(memory_, paging, Gva(linear), x86::Access::write, privilege_of(state_));
        if (walk.ok() && walk.gpa == write.gpa && size == write.width)
            return true;
        done += size;
    }
    return false;
}

/// A plain MOV says what it stores; that tells `mov [rdi], al` from `mov [rdi], r8b`.
bool ExitMatcher::stores_value(Decoded const& decoded, x86::Operand const& operand,
                               exit::MmioWrite const& write) const
{
    if (decoded.instruction.mnemonic != ZYDIS_MNEMONIC_MOV || operand.width != write.width)
        return true;
    ZydisDecodedOperand const& source = decoded.operands[1];
    std::uint64_t value = write.value;
    if (source.type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
        value = source.imm.value.u;
    else if (source.type == ZYDIS_OPERAND_TYPE_REGISTER && is_general(source.reg.value))
        value = x86::read_register(state_, source.reg.value);
    return truncate(value, write.width) == write.value;
}

} // namespace ringside::kvm

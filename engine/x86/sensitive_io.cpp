// IN, OUT, INS and OUTS: permission, then an effect that asks the outside for the data.
// SDM Vol. 1, "Input/Output".
//
// A REP INS asks for as many elements as KVM's emulator does, because both backends shall hand the
// same accesses to the devices: no more than there are bytes left in the page of RDI, and no more
// than 1024 bytes. Whether the destination can be written is found out only afterwards, again as
// in KVM; a real CPU looks first.
#include "engine/base/assert.hpp"
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/sensitive_instructions.hpp"

#include <algorithm>

namespace ringside::x86::instruction {

namespace {

constexpr ZydisInstructionAttributes any_repeat =
    ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE;

bool repeats(Decoded const& decoded)
{
    return (decoded.instruction.attributes & any_repeat) != 0;
}

bool is_string(Decoded const& decoded)
{
    return decoded.instruction.mnemonic != ZYDIS_MNEMONIC_IN &&
           decoded.instruction.mnemonic != ZYDIS_MNEMONIC_OUT;
}

std::uint64_t address_register(CpuState const& state, Decoded const& decoded, Gpr name)
{
    return truncate(state.gpr[name], decoded.instruction.address_width / 8U);
}

/// Adds to RCX, RSI or RDI in the width of the address size; 32-bit results are zero-extended.
void advance(CpuState& state, Decoded const& decoded, Gpr name, std::uint64_t distance)
{
    unsigned const width = decoded.instruction.address_width / 8U;
    std::uint64_t const kept = width == 2 ? state.gpr[name] & ~0xffffULL : 0;
    state.gpr[name] = kept | truncate(state.gpr[name] + distance, width);
}

/// One element is done: SDM Vol. 1, "String Instructions", moves by the direction flag.
void step(CpuState& state, Decoded const& decoded, Gpr pointer)
{
    std::uint64_t const width = decoded.instruction.operand_width / 8U;
    bool const down = (state.rflags & rflags::df) != 0;
    advance(state, decoded, pointer, down ? 0 - width : width);
    if (repeats(decoded))
        advance(state, decoded, rcx, ~0ULL);
}

/// A REP that is not done stays where it is, with RF set: an interrupt taken now resumes it.
void finish_string(CpuState& state, Decoded const& decoded)
{
    if (!repeats(decoded) || address_register(state, decoded, rcx) == 0)
        return finish_instruction(state, decoded);
    state.rflags |= rflags::rf;
    state.interrupt_shadow = false;
}

// SDM Vol. 1, "I/O Permission Bit Map": one bit for each port, in the 32-bit and 64-bit TSS. Two
// bytes are read always, so the map has to end a byte late.
Outcome<bool> bitmap_allows(Execution const& execution, std::uint16_t port, unsigned width)
{
    constexpr std::uint64_t map_base_at = 102;
    Segment const& tss = execution.state.tr;
    bool const has_map =
        tss.type() == system_type::tss_available || tss.type() == system_type::tss_busy;
    if (!has_map || !tss.present() || tss.limit < map_base_at + 1)
        return false;
    std::uint64_t const map = GUEST_TRY(execution.memory.read_table(tss.base + map_base_at, 2));
    std::uint64_t const byte = map + port / 8;
    if (byte + 1 > tss.limit)
        return false;
    std::uint64_t const denied = GUEST_TRY(execution.memory.read_table(tss.base + byte, 2));
    return bits(denied, port % 8, width) == 0;
}

Outcome<void> require_port(Execution const& execution, std::uint16_t port, unsigned width)
{
    CpuState const& state = execution.state;
    if (state.cpl() <= bits(state.rflags, 12, 2))
        return {};
    bool const allowed = GUEST_TRY(bitmap_allows(execution, port, width));
    if (!allowed)
        return raise(vector::gp, 0);
    return {};
}

/// IN and OUT name the port as an immediate byte or as DX.
std::uint16_t port_of(Execution const& execution, std::size_t index)
{
    ZydisDecodedOperand const& operand = execution.operand(index);
    if (operand.type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return static_cast<std::uint16_t>(operand.imm.value.u);
    return static_cast<std::uint16_t>(execution.state.gpr[rdx]);
}

std::uint64_t remaining(Execution const& execution)
{
    return repeats(execution.decoded) ? address_register(execution.state, execution.decoded, rcx)
                                      : 1;
}

/// See the head of the file. The left-over of the page is counted in bytes but limits elements:
/// so it is in KVM.
std::uint16_t elements_at_once(Execution const& execution)
{
    constexpr std::uint64_t buffer_size = 1024;
    std::uint64_t const in_page = execution.state.gpr[rdi] % memory::page_size;
    bool const down = (execution.state.rflags & rflags::df) != 0;
    std::uint64_t const left = down ? in_page : memory::page_size - in_page;
    std::uint64_t const wanted =
        std::min({left, buffer_size / execution.operand_width(), remaining(execution)});
    return static_cast<std::uint16_t>(std::max<std::uint64_t>(wanted, 1));
}

/// The implicit memory operand: ES:RDI of INS, DS:RSI (or another segment) of OUTS.
Place string_place(Execution const& execution)
{
    auto const operands =
        std::span(execution.decoded.operands).first(execution.decoded.instruction.operand_count);
    auto const found = std::ranges::find_if(operands, is_memory);
    ASSERT(found != operands.end());
    return place_of(execution, *found);
}

Outcome<void> complete_ins(CpuState& state, memory::GuestMemory& memory, Decoded const& decoded,
                           std::span<std::uint64_t const> values)
{
    LinearMemory linear(memory, state);
    Execution execution{.state = state, .memory = linear, .decoded = decoded};
    for (std::uint64_t const value : values) {
        GUEST_TRY(
            write_memory(execution, string_place(execution), value, execution.operand_width()));
        step(state, decoded, rdi);
    }
    finish_string(state, decoded);
    return {};
}

} // namespace

Outcome<Effect> in(Execution& execution)
{
    std::uint16_t const port = port_of(execution, 1);
    auto const width = static_cast<std::uint8_t>(execution.operand(0).size / 8);
    GUEST_TRY(require_port(execution, port, width));
    return effect::PortIn{.port = port, .width = width, .elements = 1};
}

Outcome<Effect> out(Execution& execution)
{
    std::uint16_t const port = port_of(execution, 0);
    auto const width = static_cast<std::uint8_t>(execution.operand(1).size / 8);
    GUEST_TRY(require_port(execution, port, width));
    std::uint64_t const value = GUEST_TRY(read_operand(execution, 1, width));
    return effect::PortOut{
        .port = port, .width = width, .value = static_cast<std::uint32_t>(value)};
}

Outcome<Effect> ins(Execution& execution)
{
    auto const port = static_cast<std::uint16_t>(execution.state.gpr[rdx]);
    auto const width = static_cast<std::uint8_t>(execution.operand_width());
    GUEST_TRY(require_port(execution, port, width));
    if (remaining(execution) == 0)
        return effect::Done{};
    return effect::PortIn{.port = port, .width = width, .elements = elements_at_once(execution)};
}

Outcome<Effect> outs(Execution& execution)
{
    auto const port = static_cast<std::uint16_t>(execution.state.gpr[rdx]);
    auto const width = static_cast<std::uint8_t>(execution.operand_width());
    GUEST_TRY(require_port(execution, port, width));
    if (remaining(execution) == 0)
        return effect::Done{};
    std::uint64_t const value = GUEST_TRY(read_memory(execution, string_place(execution), width));
    return effect::PortOut{
        .port = port, .width = width, .value = static_cast<std::uint32_t>(value)};
}

Outcome<void> complete_in(CpuState& state, memory::GuestMemory& memory, Decoded const& decoded,
                          std::span<std::uint64_t const> values)
{
    if (is_string(decoded))
        return complete_ins(state, memory, decoded, values);
    ASSERT(values.size() == 1);
    write_register(state, decoded.operands[0].reg.value, values.front());
    finish_instruction(state, decoded);
    return {};
}

void complete_out(CpuState& state, Decoded const& decoded)
{
    if (!is_string(decoded))
        return finish_instruction(state, decoded);
    step(state, decoded, rsi);
    finish_string(state, decoded);
}

} // namespace ringside::x86::instruction

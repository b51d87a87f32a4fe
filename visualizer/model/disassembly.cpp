#include "visualizer/model/disassembly.hpp"

#include <Zydis/Zydis.h>
#include <fmt/format.h>

namespace ringside::visualizer {

namespace {

ZydisMachineMode machine_mode(trace::CodeSize size)
{
    switch (size) {
    case trace::CodeSize::bits16:
        return ZYDIS_MACHINE_MODE_LEGACY_16;
    case trace::CodeSize::bits32:
        return ZYDIS_MACHINE_MODE_LEGACY_32;
    case trace::CodeSize::bits64:
        break;
    }
    return ZYDIS_MACHINE_MODE_LONG_64;
}

std::optional<ZydisDisassembledInstruction> decoded(trace::Instruction const& instruction)
{
    ZydisDisassembledInstruction result;
    if (!ZYAN_SUCCESS(ZydisDisassembleIntel(machine_mode(instruction.code_size), instruction.rip,
                                            instruction.bytes.view().data(),
                                            instruction.bytes.count, &result)))
        return std::nullopt;
    return result;
}

// "al" of rax is its low byte; ah and its like are the byte above.
std::optional<std::uint64_t> value_of(ZydisRegister wanted, RegisterState const& registers)
{
    ZydisRegister const whole =
        ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, wanted);
    if (whole < ZYDIS_REGISTER_RAX || whole > ZYDIS_REGISTER_R15)
        return std::nullopt;
    // The stream's register table has them in the same order as the encoding: rax rcx rdx rbx ...
    auto const which = static_cast<trace::Register>(ZydisRegisterGetId(whole));
    if (!registers.knows(which))
        return std::nullopt;
    bool const high = wanted >= ZYDIS_REGISTER_AH && wanted <= ZYDIS_REGISTER_BH;
    unsigned const width = ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, wanted);
    std::uint64_t const value = registers[which] >> (high ? 8 : 0);
    return width >= 64 ? value : value & ((std::uint64_t{1} << width) - 1);
}

void append_register(std::string& text, ZydisRegister wanted, RegisterState const& registers)
{
    auto const value = value_of(wanted, registers);
    if (!value)
        return;
    std::string const told = fmt::format("{} {:#x}", ZydisRegisterGetString(wanted), *value);
    if (text.find(told) == std::string::npos)
        text += (text.empty() ? "" : ", ") + told;
}

} // namespace

std::string disassemble(trace::Instruction const& instruction)
{
    auto const result = decoded(instruction);
    return result ? result->text : "(bad)";
}

std::optional<std::uint64_t> branch_target(trace::Instruction const& instruction)
{
    auto const result = decoded(instruction);
    if (!result || result->info.operand_count_visible == 0)
        return std::nullopt;
    ZydisDecodedOperand const& operand = result->operands[0];
    ZyanU64 target = 0;
    bool const relative = operand.type == ZYDIS_OPERAND_TYPE_IMMEDIATE && operand.imm.is_relative;
    if (!relative ||
        !ZYAN_SUCCESS(ZydisCalcAbsoluteAddress(&result->info, &operand, instruction.rip, &target)))
        return std::nullopt;
    return target;
}

std::string operand_text(trace::Instruction const& instruction, RegisterState const& registers)
{
    std::string text;
    auto const result = decoded(instruction);
    for (unsigned place = 0; result && place < result->info.operand_count_visible; ++place) {
        ZydisDecodedOperand const& operand = result->operands[place];
        if (operand.type == ZYDIS_OPERAND_TYPE_REGISTER)
            append_register(text, operand.reg.value, registers);
        if (operand.type != ZYDIS_OPERAND_TYPE_MEMORY)
            continue;
        append_register(text, operand.mem.base, registers);
        append_register(text, operand.mem.index, registers);
    }
    return text;
}

std::string byte_text(trace::Instruction const& instruction)
{
    return fmt::format("{:02x}", fmt::join(instruction.bytes.view(), " "));
}

} // namespace ringside::visualizer

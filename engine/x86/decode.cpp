// Zydis tells what the bytes say; the list of sensitive instructions is ours.
//
// Not modelled: instructions that only real mode lacks, see the header.
#include "engine/x86/decode.hpp"

#include "engine/base/assert.hpp"
#include "engine/x86/sensitive_mnemonics.hpp"

namespace ringside::x86 {

namespace {

ZydisDecoder decoder_for(CodeSize code_size)
{
    ZydisDecoder decoder;
    ZyanStatus status = ZYAN_STATUS_FAILED;
    switch (code_size) {
    case CodeSize::bits16:
        status = ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16);
        break;
    case CodeSize::bits32:
        status = ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
        break;
    case CodeSize::bits64:
        status = ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
        break;
    }
    ASSERT(ZYAN_SUCCESS(status));
    return decoder;
}

/// The list as one flag for each mnemonic, because the hot path asks about every instruction.
constexpr auto sensitive_by_name = [] {
    std::array<bool, ZYDIS_MNEMONIC_MAX_VALUE + 1> flags{};
    for (ZydisMnemonic const mnemonic : sensitive_mnemonics)
        flags[mnemonic] = true;
    return flags;
}();

/// MOV, PUSH and POP share their mnemonics with plain moves: the opcode says whether a segment,
/// control or debug register takes part. SDM Vol. 2, Appendix "Opcode Map".
bool moves_machine_register(ZydisDecodedInstruction const& instruction)
{
    unsigned const opcode = instruction.opcode;
    if (instruction.opcode_map == ZYDIS_OPCODE_MAP_0F) {
        bool const control_or_debug = opcode >= 0x20 && opcode <= 0x23;
        bool const fs_or_gs = opcode == 0xa0 || opcode == 0xa1 || opcode == 0xa8 || opcode == 0xa9;
        return control_or_debug || fs_or_gs;
    }
    if (instruction.opcode_map != ZYDIS_OPCODE_MAP_DEFAULT)
        return false;
    bool const moves_segment = opcode == 0x8c || opcode == 0x8e;
    bool const pushes_segment =
        opcode == 0x06 || opcode == 0x0e || opcode == 0x16 || opcode == 0x1e;
    bool const pops_segment = opcode == 0x07 || opcode == 0x17 || opcode == 0x1f;
    return moves_segment || pushes_segment || pops_segment;
}

/// The formatter's settings are the same for every instruction.
ZydisFormatter make_formatter()
{
    ZydisFormatter formatter;
    bool ready = ZYAN_SUCCESS(ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL));
    auto const set = [&](ZydisFormatterProperty property, ZyanUPointer value) {
        ready = ready && ZYAN_SUCCESS(ZydisFormatterSetProperty(&formatter, property, value));
    };
    set(ZYDIS_FORMATTER_PROP_FORCE_SIZE, ZYAN_TRUE);
    set(ZYDIS_FORMATTER_PROP_HEX_UPPERCASE, ZYAN_FALSE);
    set(ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE, ZYDIS_PADDING_DISABLED);
    set(ZYDIS_FORMATTER_PROP_DISP_PADDING, ZYDIS_PADDING_DISABLED);
    set(ZYDIS_FORMATTER_PROP_IMM_PADDING, ZYDIS_PADDING_DISABLED);
    ASSERT(ready);
    return formatter;
}

/// Where a general-purpose register name lies in the state.
struct Place {
    std::size_t index = 0;
    unsigned shift = 0; ///< 8 for AH, CH, DH, BH
    unsigned width = 8; ///< bytes
};

Place place_of(ZydisRegister name)
{
    ZydisRegister const whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, name);
    ASSERT(whole >= ZYDIS_REGISTER_RAX && whole <= ZYDIS_REGISTER_R15);
    bool const high_byte = name >= ZYDIS_REGISTER_AH && name <= ZYDIS_REGISTER_BH;
    return Place{.index = static_cast<std::size_t>(whole - ZYDIS_REGISTER_RAX),
                 .shift = high_byte ? 8U : 0U,
                 .width = ZydisRegisterGetWidth(ZYDIS_MACHINE_MODE_LONG_64, name) / 8U};
}

} // namespace

std::optional<Decoded> decode(std::span<std::uint8_t const> bytes, CodeSize code_size)
{
    ZydisDecoder const decoder = decoder_for(code_size);
    Decoded decoded;
    decoded.code_size = code_size;
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes.data(), bytes.size(),
                                             &decoded.instruction, decoded.operands.data())))
        return std::nullopt;
    return decoded;
}

std::optional<Sketch> sketch(std::span<std::uint8_t const> bytes, CodeSize code_size)
{
    ZydisDecoder const decoder = decoder_for(code_size);
    ZydisDecodedInstruction instruction;
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeInstruction(&decoder, nullptr, bytes.data(), bytes.size(),
                                                    &instruction)))
        return std::nullopt;
    return Sketch{.length = instruction.length, .sensitive = is_sensitive(instruction)};
}

bool is_sensitive(ZydisDecodedInstruction const& instruction)
{
    if (instruction.encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY)
        return true; // VEX, EVEX, XOP, 3DNow!: our CPUID table offers none of them
    if (instruction.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR)
        return true; // JMP, CALL and RET that load CS
    return sensitive_by_name[instruction.mnemonic] || moves_machine_register(instruction);
}

std::uint64_t read_register(CpuState const& state, ZydisRegister name)
{
    Place const place = place_of(name);
    return truncate(state.gpr[place.index] >> place.shift, place.width);
}

// SDM Vol. 1, "General-Purpose Registers in 64-Bit Mode": a 32-bit result is zero-extended, 8- and
// 16-bit results leave the rest of the register alone.
void write_register(CpuState& state, ZydisRegister name, std::uint64_t value)
{
    Place const place = place_of(name);
    std::uint64_t& whole = state.gpr[place.index];
    if (place.width >= 4) {
        whole = truncate(value, place.width);
        return;
    }
    std::uint64_t const touched = truncate(~0ULL, place.width) << place.shift;
    whole = (whole & ~touched) | (value << place.shift & touched);
}

std::string to_text(Decoded const& decoded, std::uint64_t linear_rip)
{
    static ZydisFormatter const formatter = make_formatter();
    std::array<char, 128> text{};
    ZyanStatus const status = ZydisFormatterFormatInstruction(
        &formatter, &decoded.instruction, decoded.operands.data(),
        decoded.instruction.operand_count_visible, text.data(), text.size(), linear_rip, nullptr);
    ASSERT(ZYAN_SUCCESS(status));
    return text.data();
}

std::string mnemonic(Decoded const& decoded)
{
    return ZydisMnemonicGetString(decoded.instruction.mnemonic);
}

} // namespace ringside::x86

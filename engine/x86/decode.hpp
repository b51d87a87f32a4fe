// Instruction decoding, by Zydis, reduced to what a hypervisor asks: how long is it, is it
// sensitive, what memory does it touch?
//
// A *sensitive* instruction reads or changes state that belongs to the machine (Popek and Goldberg
// 1974; Robin and Irvine 2000 list the seventeen x86 ones that do not trap by themselves). The
// Unicorn backend stops before each of them. Instructions that our CPUID table denies but that a
// host or library might run all the same (RDRAND, everything with a VEX prefix) count as sensitive
// too, so that they raise #UD.
//
// 16-bit code is decoded by the rules of protected mode: the few instructions that real mode lacks
// (ARPL, VERR, ...) are decoded there too, and refused when they are executed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <Zydis/Zydis.h>

#include "engine/x86/cpu_state.hpp"

namespace ringside::x86 {

struct Decoded {
    ZydisDecodedInstruction instruction;
    std::array<ZydisDecodedOperand, ZYDIS_MAX_OPERAND_COUNT> operands;
    CodeSize code_size = CodeSize::bits64;

    std::uint8_t length() const { return instruction.length; }
};

/// Nothing when the bytes are not a whole valid instruction.
std::optional<Decoded> decode(std::span<std::uint8_t const> bytes, CodeSize code_size);

bool is_sensitive(ZydisDecodedInstruction const& instruction);

/// Only its length and whether it is sensitive: decides without operands, for the hot path.
struct Sketch {
    std::uint8_t length = 0;
    bool sensitive = false;
};
std::optional<Sketch> sketch(std::span<std::uint8_t const> bytes, CodeSize code_size);

struct Operand {
    std::uint64_t linear = 0;
    std::uint16_t width = 0; ///< bytes
    bool reads = false;
    bool writes = false;
    SegmentIndex segment = ds; ///< the access goes through this segment,
    std::uint64_t offset = 0;  ///< at this offset
};

/// Every memory access the instruction would make with these registers, string instructions and
/// stack accesses included: for one iteration of a REP (none when the count is 0), one for each
/// item pushed or popped. The page that INVLPG names is listed as neither read nor written. Not
/// told: what descriptor loads and interrupt delivery touch, the SS:ESP that IRET and far RET pop
/// on their way to an outer ring in 32-bit code, and gathers (VSIB).
std::vector<Operand> memory_operands(Decoded const& decoded, CpuState const& state);

/// Value of a general-purpose register operand, by Zydis' name (al, ah, r8d, rsp, ...), and writing
/// it with the width's rules (32-bit writes zero the upper half).
std::uint64_t read_register(CpuState const& state, ZydisRegister name);
void write_register(CpuState& state, ZydisRegister name, std::uint64_t value);

/// "out dx, al" in Intel syntax.
std::string to_text(Decoded const& decoded, std::uint64_t linear_rip);
std::string mnemonic(Decoded const& decoded);

} // namespace ringside::x86

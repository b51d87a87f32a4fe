// What every emulated instruction has at hand: a scratch copy of the state, memory, and its decoded
// operands, read and written with the checks of the mode.
//
// A handler starts with RIP already behind the instruction, RF and the interrupt shadow cleared, as
// they are after almost every instruction. It may change the scratch state as it goes: what it did
// counts only when it ends without a fault.
#pragma once

#include <cstdint>

#include "engine/x86/decode.hpp"
#include "engine/x86/fault.hpp"
#include "engine/x86/linear_memory.hpp"
#include "engine/x86/segments.hpp"
#include "engine/x86/sensitive.hpp"

namespace ringside::x86 {

struct Execution {
    CpuState& state;
    LinearMemory& memory;
    Decoded const& decoded;
    std::uint64_t instructions_so_far = 0;

    ZydisDecodedOperand const& operand(std::size_t index) const { return decoded.operands[index]; }
    unsigned operand_width() const { return decoded.instruction.operand_width / 8U; }
    unsigned address_width() const { return decoded.instruction.address_width / 8U; }
    bool in_64bit_code() const { return state.mode() == CpuMode::long64; }
};

using Handler = Outcome<Effect> (*)(Execution&);

/// RIP behind the instruction; RF and the shadow cleared.
void finish_instruction(CpuState& state, Decoded const& decoded);

// The gates most privileged instructions stand behind.
Outcome<void> require_supervisor(Execution const& execution);     ///< CPL 0, else #GP(0)
Outcome<void> require_protected_mode(Execution const& execution); ///< else #UD
Outcome<void> require_64bit_code(Execution const& execution);     ///< else #UD
/// CR4.UMIP hides the descriptor tables from user mode: #GP(0).
Outcome<void> require_visible_tables(Execution const& execution);

Privilege data_privilege(CpuState const& state);

/// Where a memory operand lies.
struct Place {
    SegmentIndex segment = ds;
    std::uint64_t offset = 0;
};
Place place_of(Execution const& execution, ZydisDecodedOperand const& operand);

Outcome<std::uint64_t> read_memory(Execution const& execution, Place place, unsigned width);
Outcome<void> write_memory(Execution& execution, Place place, std::uint64_t value, unsigned width);
/// The field `distance` bytes into an operand of several fields.
Place field_of(Execution const& execution, Place place, unsigned distance);

bool is_memory(ZydisDecodedOperand const& operand);
bool is_register(ZydisDecodedOperand const& operand, ZydisRegisterClass register_class);
/// Number of a segment, control or debug register.
unsigned register_number(ZydisDecodedOperand const& operand);

/// A register, memory or immediate operand; of memory and immediates `width` bytes.
Outcome<std::uint64_t> read_operand(Execution const& execution, std::size_t index, unsigned width);
/// A register is written as wide as it is named, memory `width` bytes.
Outcome<void> write_operand(Execution& execution, std::size_t index, std::uint64_t value,
                            unsigned width);

} // namespace ringside::x86

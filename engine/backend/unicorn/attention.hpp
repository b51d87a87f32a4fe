// What an instruction asks of the monitor before it may run directly.
//
// Popek and Goldberg's question, put to each instruction: sensitive, or innocuous? Two more groups
// need a look only in some states of the CPU: floating point, while CR0.TS or CR0.EM forbids it or
// nobody has used it yet; and accesses through a segment whose limit or rights could refuse them.
// So the answer is a set of reasons, and a second set says which of them count just now.
#pragma once

#include <cstdint>

#include "engine/x86/cpu_state.hpp"
#include "engine/x86/decode.hpp"

namespace ringside::unicorn {

/// Bits 0 to 5: memory is accessed through that segment (x86::SegmentIndex).
using Attention = std::uint16_t;

namespace attention {
inline constexpr Attention segments = 0x3f;
inline constexpr Attention floating_point = 1U << 6;
inline constexpr Attention always = 1U << 7; ///< sensitive, undefined, or not all bytes are there
/// No reason to stop: the same instruction may rightly follow itself (REP, and every branch).
inline constexpr Attention may_come_again = 1U << 8;
} // namespace attention

/// For an instruction that decodes.
Attention attention_of(x86::Decoded const& decoded);

/// Which reasons count in this state. `fpu_in_use`: see fpu.hpp.
Attention watched(x86::CpuState const& state, bool fpu_in_use);

/// x87, MMX or SSE: what CR0.TS and CR0.EM are about.
bool is_floating_point(ZydisDecodedInstruction const& instruction);

} // namespace ringside::unicorn

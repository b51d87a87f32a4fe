// Changing CS: the checks that a far transfer of control makes on its target.
// SDM Vol. 3A, "Privilege Level Checking When Transferring Program Control Between Code Segments".
//
// Three ways lead into a code segment, each with its own privilege rule: a jump or call keeps the
// CPL, a return keeps or raises it (towards 3), an interrupt keeps or lowers it (towards 0).
//
// Not modelled: call gates and task switches; a selector of one raises #GP(selector).
#pragma once

#include <cstdint>

#include "engine/x86/cpu_state.hpp"
#include "engine/x86/fault.hpp"
#include "engine/x86/linear_memory.hpp"

namespace ringside::x86 {

enum class Transfer : std::uint8_t {
    jump_or_call,
    far_return, ///< RETF, IRET: the selector's RPL is the new CPL
    interrupt,  ///< through a gate: the selector's RPL does not count
};

/// The code segment a selector names, checked for this way in, its selector already with the RPL
/// it will have in CS. Not marked accessed yet.
Outcome<Segment> fetch_code_segment(CpuState const& state, LinearMemory const& memory,
                                    std::uint16_t selector, Transfer transfer);

/// Whether `offset` may be the next RIP in `code`: canonical in 64-bit code, within the limit
/// elsewhere; else #GP(0).
Outcome<void> check_target(CpuState const& state, Segment const& code, std::uint64_t offset);

} // namespace ringside::x86

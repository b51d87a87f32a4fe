// Segment registers and descriptors: what loading a selector does in each mode.
// SDM Vol. 3A, "Protected-Mode Memory Management" and "Segment-Descriptor Types"; SDM Vol. 2, MOV,
// "Operation".
//
// Not modelled: LDT-relative far transfers through call gates, task switches.
#pragma once

#include <cstdint>

#include "engine/x86/cpu_state.hpp"
#include "engine/x86/fault.hpp"
#include "engine/x86/linear_memory.hpp"

namespace ringside::x86 {

/// The 8 bytes of a code or data descriptor, and back.
Segment decode_descriptor(std::uint64_t descriptor, std::uint16_t selector);
std::uint64_t encode_descriptor(Segment const& segment);

/// Reads the descriptor a selector names in the GDT or LDT. `vector` is what a bad selector raises
/// (#GP, #TS, ...). System descriptors in long mode are 16 bytes. Sets the accessed bit of code and
/// data descriptors.
Outcome<Segment> fetch_descriptor(CpuState const& state, LinearMemory& memory,
                                  std::uint16_t selector, std::uint8_t vector);

/// MOV, POP or LxS to a segment register (not CS), in every mode, with its checks (#GP, #SS, #NP).
Outcome<void> load_segment(CpuState& state, LinearMemory& memory, SegmentIndex index,
                           std::uint16_t selector);

/// The stack: pushes and pops with the width of the stack segment, wrapping as the hardware does.
/// On a fault nothing has changed.
Outcome<void> push(CpuState& state, LinearMemory& memory, std::uint64_t value, unsigned width,
                   Privilege privilege);
Outcome<std::uint64_t> pop(CpuState& state, LinearMemory& memory, unsigned width,
                           Privilege privilege);

/// Linear address of offset `offset` in segment `index`, as the current mode computes it.
std::uint64_t linear_address(CpuState const& state, SegmentIndex index, std::uint64_t offset);

} // namespace ringside::x86

// Segment registers and descriptors: what loading a selector does in each mode, and how an offset
// in a segment becomes a linear address.
// SDM Vol. 3A, "Protected-Mode Memory Management" and "Segment-Descriptor Types"; SDM Vol. 2, MOV,
// "Operation".
//
// A null SS keeps the CPL in its DPL field (SDM Vol. 3A, "Stack Switching in IA-32e Mode", has one
// at every inner level); every other null segment has attributes 0.
//
// Not modelled: call gates, task switches, virtual-8086 mode.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/x86/cpu_state.hpp"
#include "engine/x86/fault.hpp"
#include "engine/x86/linear_memory.hpp"

namespace ringside::x86 {

/// Type field of system descriptors. SDM Vol. 3A, Table "System-Segment and Gate-Descriptor Types".
namespace system_type {
inline constexpr unsigned tss16_available = 1, ldt = 2, tss16_busy = 3, call_gate16 = 4,
                          task_gate = 5, interrupt_gate16 = 6, trap_gate16 = 7, tss_available = 9,
                          tss_busy = 11, call_gate = 12, interrupt_gate = 14, trap_gate = 15;
}

constexpr bool is_null(std::uint16_t selector)
{
    return selector_error(selector) == 0;
}
bool is_writable_data(Segment const& segment);
bool is_readable(Segment const& segment); ///< data, or code that may be read
bool is_conforming_code(Segment const& segment);

/// The 8 bytes of a code or data descriptor, and back.
Segment decode_descriptor(std::uint64_t descriptor, std::uint16_t selector);
std::uint64_t encode_descriptor(Segment const& segment);

/// The descriptor a selector names in the GDT or LDT; nothing when it lies outside the table.
/// System descriptors in long mode are 16 bytes.
Outcome<std::optional<Segment>> find_descriptor(CpuState const& state, LinearMemory const& memory,
                                                std::uint16_t selector);

/// The same, where a selector outside the table raises `vector` with the selector.
Outcome<Segment> fetch_descriptor(CpuState const& state, LinearMemory const& memory,
                                  std::uint16_t selector, std::uint8_t vector);

/// Sets a type bit of a descriptor in its table and in `segment`: accessed (of code and data) or
/// busy (of a TSS). Comes after every check: a load that faults leaves the table as it was.
Outcome<void> mark_accessed(CpuState const& state, LinearMemory& memory, Segment& segment);
Outcome<void> mark_busy(CpuState const& state, LinearMemory& memory, Segment& segment);

/// A writable data segment that may be SS at `cpl`: raises `vector` where the selector is null or
/// unfit, #SS where it is not present. Not marked accessed yet.
Outcome<Segment> fetch_stack_segment(CpuState const& state, LinearMemory const& memory,
                                     std::uint16_t selector, unsigned cpl, std::uint8_t vector);
Segment null_stack_segment(std::uint16_t selector, unsigned cpl);

/// MOV, POP or LxS to a segment register (not CS), in every mode, with its checks (#GP, #SS, #NP).
Outcome<void> load_segment(CpuState& state, LinearMemory& memory, SegmentIndex index,
                           std::uint16_t selector);
/// Real mode: base = selector * 16; limit and attributes stay ("unreal" mode lives on that).
void load_real_segment(CpuState& state, SegmentIndex index, std::uint16_t selector);

/// Linear address of offset `offset` in segment `index`, as the current mode computes it.
std::uint64_t linear_address(CpuState const& state, SegmentIndex index, std::uint64_t offset);

/// The same with the checks of a data access: null segment, type, limit, canonical form.
/// #SS(0) for SS, #GP(0) for the others.
Outcome<std::uint64_t> checked_address(CpuState const& state, SegmentIndex index,
                                       std::uint64_t offset, unsigned width, Access access);

/// The stack: pushes and pops with the width of the stack segment, wrapping as the hardware does.
/// On a fault nothing has changed.
Outcome<void> push(CpuState& state, LinearMemory& memory, std::uint64_t value, unsigned width,
                   Privilege privilege);
Outcome<std::uint64_t> pop(CpuState& state, LinearMemory const& memory, unsigned width,
                           Privilege privilege);
/// Moves the stack pointer by `bytes`, in the width of the stack segment.
void move_stack_pointer(CpuState& state, std::uint64_t bytes);
void set_stack_pointer(CpuState& state, std::uint64_t value);
/// Sets RIP to what follows or precedes an instruction: 32 bits of it outside 64-bit code. 16-bit
/// code does not wrap at 64 KiB: its next fetch exceeds the limit of CS.
void set_rip(CpuState& state, std::uint64_t offset);

} // namespace ringside::x86

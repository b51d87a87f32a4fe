// From a guest image to a machine about to run: memory slots, the image's bytes, the first CPU
// state. The layout is the contract of guest-programs/abi/ringside.h.
#pragma once

#include <cstdint>

#include "engine/base/result.hpp"
#include "engine/machine/guest_image.hpp"
#include "engine/memory/guest_memory.hpp"
#include "engine/x86/cpu_state.hpp"

namespace ringside::machine {

inline constexpr std::uint64_t least_memory = 2ULL << 20;
inline constexpr std::uint64_t most_memory = 3ULL << 30; ///< below the MMIO window

/// RAM from 0 with the read-only ROM in its place, `memory_bytes` in all.
Result<void> add_standard_slots(memory::GuestMemory& memory, std::uint64_t memory_bytes);

/// Copies the image and what its start mode needs (GDT, page tables), and returns the state to
/// start from. Errors (Blame::input): a segment outside RAM, or in the way of the boot structures.
Result<x86::CpuState> load(GuestImage const& image, memory::GuestMemory& memory);

} // namespace ringside::machine

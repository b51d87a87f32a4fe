// Writing a control register: which values it refuses with #GP(0), and what else changes with it.
// SDM Vol. 3A, "Control Registers" and "Initializing IA-32e Mode".
#pragma once

#include <cstdint>

#include "engine/x86/cpu_state.hpp"
#include "engine/x86/fault.hpp"
#include "engine/x86/linear_memory.hpp"

namespace ringside::x86 {

/// Turning paging on with EFER.LME enters long mode, turning it off leaves it: EFER.LMA follows.
Outcome<void> write_cr0(CpuState& state, LinearMemory const& memory, std::uint64_t value);
Outcome<void> write_cr3(CpuState& state, LinearMemory const& memory, std::uint64_t value);
Outcome<void> write_cr4(CpuState& state, LinearMemory const& memory, std::uint64_t value);
Outcome<void> write_cr8(CpuState& state, std::uint64_t value);

/// The bits of CR4 that this CPU has, as its CPUID table says.
std::uint64_t cr4_allowed();

} // namespace ringside::x86

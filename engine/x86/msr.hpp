// The model-specific registers this machine has. Every other index exits to the VMM on both
// backends, and the trap layer answers with #GP(0).
#pragma once

#include <cstdint>
#include <span>

#include "engine/x86/cpu_state.hpp"
#include "engine/x86/fault.hpp"

namespace ringside::x86 {

/// EFER, STAR, LSTAR, CSTAR, FMASK, FS_BASE, GS_BASE, KERNEL_GS_BASE: the KVM backend lets the
/// kernel handle exactly these and filters all others.
std::span<std::uint32_t const> modelled_msrs();
bool is_modelled(std::uint32_t index);

/// Only for modelled indices. Writes raise #GP(0) for reserved bits and non-canonical addresses;
/// EFER.LMA is read-only, EFER.LME cannot change while paging is on.
std::uint64_t read_msr(CpuState const& state, std::uint32_t index);
Outcome<void> write_msr(CpuState& state, std::uint32_t index, std::uint64_t value);

} // namespace ringside::x86

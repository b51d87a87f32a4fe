// Where things lie in the memory of the probe guests (drawn in probe_world.cpp).
#pragma once

#include <cstdint>

#include "engine/x86/cpu_state.hpp"

namespace ringside::kvm::world {

inline constexpr std::uint64_t size = 0x20000;
inline constexpr std::uint64_t pml4 = 0x1000;         ///< and three more tables behind it
inline constexpr std::uint64_t directory32 = 0x5000;  ///< and its page table
inline constexpr std::uint64_t pae_pointers = 0x7000; ///< and two more tables
inline constexpr std::uint64_t idt64 = 0xa000, idt32 = 0xb000, gdt = 0xc000, tss = 0xc100;
inline constexpr std::uint64_t handlers = 0xd000, code = 0xe000, stack_top = 0xfff0;
inline constexpr std::uint64_t syscall_entry = code + 0x80; ///< LSTAR
inline constexpr std::uint64_t user_code = 0x10000, user_stack = 0x11000, user_stack_top = 0x11ff0;
inline constexpr std::uint64_t hidden_byte = 0x12000; ///< holds hidden_value
inline constexpr std::uint64_t alias = 0x13000;       ///< where paging shows hidden_byte
inline constexpr std::uint8_t hidden_value = 0x5a;

// The layout of Linux's GDT. User code runs on these selectors even where a KVM shows the guest the
// host's instead of its own.
inline constexpr std::uint16_t code32 = 0x08, code64 = 0x10, data = 0x18, user_code32 = 0x23,
                               user_data = 0x2b, user_code64 = 0x33, task = 0x40;
inline constexpr std::uint16_t gdt_limit = 0x4f, tss_limit = 0x67;

/// A segment of base 0 and 4 GiB.
x86::Segment flat(std::uint16_t selector, std::uint16_t attributes);

/// How a guest starts: at `code` with the stack at `stack_top`, or the user's. All know the GDT,
/// the interrupt table of their mode and the TSS.
x86::CpuState start_in_real_mode();
x86::CpuState start_protected();
x86::CpuState start_paged(std::uint64_t tables, std::uint64_t cr4);
x86::CpuState start_long();
x86::CpuState start_in_user_mode();

} // namespace ringside::kvm::world

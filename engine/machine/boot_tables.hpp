// What a guest finds ready when it starts above real mode: a GDT, identity-mapping page tables, and
// the CPU state that uses them. A boot loader's work, done from outside.
#pragma once

#include <cstdint>

#include "engine/memory/guest_memory.hpp"
#include "engine/x86/cpu_state.hpp"

namespace ringside::machine {

inline constexpr std::uint64_t boot_tables_size = 6 * 4096; ///< PML4, PDPT, four page directories

/// Linux's layout: 0x08 code32, 0x10 code64, 0x18 data, 0x20 user code32, 0x28 user data, 0x30 user
/// code64.
void write_boot_gdt(memory::GuestMemory& memory);

/// The first 4 GiB mapped to themselves with 2 MiB pages, writable, supervisor only.
void write_boot_page_tables(memory::GuestMemory& memory);

x86::CpuState protected32_start(std::uint64_t entry);
x86::CpuState long64_start(std::uint64_t entry);

} // namespace ringside::machine

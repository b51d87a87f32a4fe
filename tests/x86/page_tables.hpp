// Guest memory and page tables for the tests of x86: entries are written by hand, where and as the
// test says.
#pragma once

#include "engine/memory/guest_memory.hpp"
#include "engine/x86/paging.hpp"
#include "tests/catch.hpp"

namespace ringside::x86::test {

inline constexpr std::uint64_t present = 1, writable = 2, user = 4, accessed = 0x20, dirty = 0x40,
                               large = 0x80, execute_disable = 1ULL << 63;
inline constexpr std::uint64_t all_rights = present | writable | user;

/// 1 MiB of RAM from 0. Tables live in its lower pages, translated pages anywhere.
inline memory::GuestMemory small_memory()
{
    memory::GuestMemory memory;
    REQUIRE(memory.add_slot(Gpa(0), 0x100000, memory::SlotKind::ram, "ram"));
    return memory;
}

inline void put(memory::GuestMemory& memory, std::uint64_t gpa, std::uint64_t value, unsigned width)
{
    REQUIRE(memory.write_integer(Gpa(gpa), value, width));
}

inline std::uint64_t get(memory::GuestMemory const& memory, std::uint64_t gpa, unsigned width)
{
    auto const value = memory.read_integer(Gpa(gpa), width);
    REQUIRE(value);
    return *value;
}

/// CR3 at 0x1000 and the protections every modern kernel switches on.
inline Paging strict(PagingMode mode)
{
    return Paging{.mode = mode,
                  .cr3 = 0x1000,
                  .write_protect = true,
                  .page_size_extensions = true,
                  .no_execute = true};
}

} // namespace ringside::x86::test

// How a paging-structure entry reads: which bits are flags, which an address, which must be zero,
// in each paging mode and at each level. The formats differ in little: how wide an entry is, where
// its address ends, and which bits are left over.
//
// SDM Vol. 3A, Chapter "Paging", Tables "Format of a ... Entry" of "32-Bit Paging", "PAE Paging"
// and "4-Level Paging and 5-Level Paging". Longer than most headers because all of it is inline: a
// walk asks these questions at every level, and calls would cost it a quarter of its time.
// Not modelled: see paging.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "engine/base/bits.hpp"
#include "engine/x86/paging.hpp"

namespace ringside::x86 {

// The same places in every format that has them.
namespace entry_bit {
inline constexpr std::uint64_t present = 1ULL << 0, writable = 1ULL << 1, user = 1ULL << 2,
                               accessed = 1ULL << 5, dirty = 1ULL << 6, page_size = 1ULL << 7,
                               execute_disable = 1ULL << 63;
}

struct Level {
    std::uint8_t number = 0;     ///< 4 PML4, 3 PDPT, 2 PD, 1 PT
    std::uint8_t shift = 0;      ///< lowest address bit that chooses the entry
    std::uint8_t index_bits = 0; ///< how many bits choose it
};

inline constexpr std::array<Level, 4> levels_of_level4{
    {{4, 39, 9}, {3, 30, 9}, {2, 21, 9}, {1, 12, 9}}};
inline constexpr std::array<Level, 3> levels_of_pae{{{3, 30, 2}, {2, 21, 9}, {1, 12, 9}}};
inline constexpr std::array<Level, 2> levels_of_bits32{{{2, 22, 10}, {1, 12, 10}}};

/// From the root down; none when paging is off.
inline std::span<Level const> levels_of(PagingMode mode)
{
    switch (mode) {
    case PagingMode::none:
        return {};
    case PagingMode::bits32:
        return levels_of_bits32;
    case PagingMode::pae:
        return levels_of_pae;
    case PagingMode::level4:
        return levels_of_level4;
    }
    return {};
}

inline unsigned entry_width(PagingMode mode)
{
    return mode == PagingMode::bits32 ? 4 : 8;
}

/// Bits [first, last]; none when `last` is below `first`.
constexpr std::uint64_t bit_range(unsigned first, unsigned last)
{
    return last < first ? 0 : bits(~0ULL, 0, last - first + 1) << first;
}

/// Highest address bit an entry can hold.
inline unsigned top_bit(Paging const& paging)
{
    return paging.mode == PagingMode::bits32 ? 31 : paging.physical_bits - 1;
}

/// How many of the bits from 13 up in a 4M entry extend the address beyond 32 bits.
/// SDM Vol. 3A, "32-Bit Paging", on PSE-36: M is the smaller of 40 and MAXPHYADDR.
inline unsigned pse36_bits(Paging const& paging)
{
    return std::clamp(paging.physical_bits, 32U, 40U) - 32;
}

/// Where the walk starts: the address in CR3.
inline std::uint64_t root_table(Paging const& paging)
{
    // The four entries of a PAE PDPT need 32-byte alignment only; every other table is a page.
    unsigned const lowest = paging.mode == PagingMode::pae ? 5 : 12;
    unsigned const highest = paging.mode == PagingMode::level4 ? paging.physical_bits - 1 : 31;
    return paging.cr3 & bit_range(lowest, highest);
}

inline std::uint64_t next_table(Paging const& paging, std::uint64_t entry)
{
    return entry & bit_range(12, top_bit(paging));
}

inline std::uint64_t page_base(Paging const& paging, Level level, std::uint64_t entry)
{
    std::uint64_t const base = entry & bit_range(level.shift, top_bit(paging));
    if (paging.mode == PagingMode::bits32 && level.number == 2)
        return base | bits(entry, 13, pse36_bits(paging)) << 32;
    return base;
}

/// The entry maps a page, rather than naming the next table.
inline bool maps_page(Paging const& paging, Level level, std::uint64_t entry)
{
    bool const page_size = (entry & entry_bit::page_size) != 0;
    switch (level.number) {
    case 1:
        return true;
    case 2:
        return page_size && (paging.mode != PagingMode::bits32 || paging.page_size_extensions);
    case 3:
        return page_size && paging.mode == PagingMode::level4;
    default:
        return false;
    }
}

/// The bits of a present entry that must be zero; `leaf` as maps_page() says.
inline std::uint64_t reserved_bits(Paging const& paging, Level level, bool leaf)
{
    bool const large = leaf && level.number > 1;
    if (paging.mode == PagingMode::bits32)
        return large ? bit_range(13 + pse36_bits(paging), 21) : 0;

    bool const pae = paging.mode == PagingMode::pae;
    std::uint64_t reserved = bit_range(paging.physical_bits, pae ? 62 : 51);
    if (!paging.no_execute)
        reserved |= entry_bit::execute_disable;
    if (pae && level.number == 3)
        reserved |= entry_bit::execute_disable | bit_range(5, 8) | bit_range(1, 2);
    if (level.number == 4)
        reserved |= entry_bit::page_size;
    if (large)
        reserved |= bit_range(13, level.shift - 1U);
    return reserved;
}

/// What one more entry leaves of the rights. Entries of a PAE PDPT carry none.
inline Rights narrowed(Rights rights, Paging const& paging, Level level, std::uint64_t entry)
{
    if (paging.mode == PagingMode::pae && level.number == 3)
        return rights;
    bool const executable =
        paging.mode == PagingMode::bits32 || (entry & entry_bit::execute_disable) == 0;
    return Rights{.writable = rights.writable && (entry & entry_bit::writable) != 0,
                  .user = rights.user && (entry & entry_bit::user) != 0,
                  .executable = rights.executable && executable};
}

} // namespace ringside::x86

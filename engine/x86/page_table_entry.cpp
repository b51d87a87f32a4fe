// The formats differ in little: how wide an entry is, where its address ends, and which bits are
// left over and must be zero.
#include "engine/x86/page_table_entry.hpp"

#include "engine/base/bits.hpp"

#include <algorithm>
#include <array>

namespace ringside::x86 {

namespace {

/// Bits [first, last]; none when `last` is below `first`.
constexpr std::uint64_t mask(unsigned first, unsigned last)
{
    return last < first ? 0 : bits(~0ULL, 0, last - first + 1) << first;
}

constexpr std::array<Level, 4> levels_of_level4{{{4, 39, 9}, {3, 30, 9}, {2, 21, 9}, {1, 12, 9}}};
constexpr std::array<Level, 3> levels_of_pae{{{3, 30, 2}, {2, 21, 9}, {1, 12, 9}}};
constexpr std::array<Level, 2> levels_of_bits32{{{2, 22, 10}, {1, 12, 10}}};

/// Highest address bit an entry can hold.
unsigned top_bit(Paging const& paging)
{
    return paging.mode == PagingMode::bits32 ? 31 : paging.physical_bits - 1;
}

/// How many of the bits from 13 up in a 4M entry extend the address beyond 32 bits.
/// SDM Vol. 3A, "32-Bit Paging", footnote on PSE-36: M is the smaller of 40 and MAXPHYADDR.
unsigned pse36_bits(Paging const& paging)
{
    return std::clamp(paging.physical_bits, 32U, 40U) - 32;
}

} // namespace

std::span<Level const> levels_of(PagingMode mode)
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

unsigned entry_width(PagingMode mode)
{
    return mode == PagingMode::bits32 ? 4 : 8;
}

std::uint64_t root_table(Paging const& paging)
{
    // The four entries of a PAE PDPT need 32-byte alignment only; every other table is a page.
    unsigned const lowest = paging.mode == PagingMode::pae ? 5 : 12;
    unsigned const highest = paging.mode == PagingMode::level4 ? paging.physical_bits - 1 : 31;
    return paging.cr3 & mask(lowest, highest);
}

std::uint64_t next_table(Paging const& paging, std::uint64_t entry)
{
    return entry & mask(12, top_bit(paging));
}

bool maps_page(Paging const& paging, Level level, std::uint64_t entry)
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

std::uint64_t reserved_bits(Paging const& paging, Level level, bool leaf)
{
    bool const large = leaf && level.number > 1;
    if (paging.mode == PagingMode::bits32)
        return large ? mask(13 + pse36_bits(paging), 21) : 0;

    bool const pae = paging.mode == PagingMode::pae;
    std::uint64_t reserved = mask(paging.physical_bits, pae ? 62 : 51);
    if (!paging.no_execute)
        reserved |= entry_bit::execute_disable;
    if (pae && level.number == 3)
        reserved |= entry_bit::execute_disable | mask(5, 8) | mask(1, 2);
    if (level.number == 4)
        reserved |= entry_bit::page_size;
    if (large)
        reserved |= mask(13, level.shift - 1U);
    return reserved;
}

Rights narrowed(Rights rights, Paging const& paging, Level level, std::uint64_t entry)
{
    if (paging.mode == PagingMode::pae && level.number == 3)
        return rights;
    bool const executable =
        paging.mode == PagingMode::bits32 || (entry & entry_bit::execute_disable) == 0;
    return Rights{.writable = rights.writable && (entry & entry_bit::writable) != 0,
                  .user = rights.user && (entry & entry_bit::user) != 0,
                  .executable = rights.executable && executable};
}

std::uint64_t page_base(Paging const& paging, Level level, std::uint64_t entry)
{
    std::uint64_t const base = entry & mask(level.shift, top_bit(paging));
    if (paging.mode == PagingMode::bits32 && level.number == 2)
        return base | bits(entry, 13, pse36_bits(paging)) << 32;
    return base;
}

} // namespace ringside::x86

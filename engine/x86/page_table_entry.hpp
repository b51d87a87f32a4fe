// How a paging-structure entry reads: which bits are flags, which an address, which must be zero,
// in each paging mode and at each level.
//
// SDM Vol. 3A, Chapter "Paging", Tables "Format of a ... Entry" of "32-Bit Paging", "PAE Paging"
// and "4-Level Paging and 5-Level Paging". Not modelled: see paging.hpp.
#pragma once

#include <cstdint>
#include <span>

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

/// From the root down; none when paging is off.
std::span<Level const> levels_of(PagingMode mode);
unsigned entry_width(PagingMode mode);

/// Where the walk starts: the address in CR3.
std::uint64_t root_table(Paging const& paging);
/// The entry maps a page, rather than naming the next table.
bool maps_page(Paging const& paging, Level level, std::uint64_t entry);
std::uint64_t next_table(Paging const& paging, std::uint64_t entry);
std::uint64_t page_base(Paging const& paging, Level level, std::uint64_t entry);
/// The bits of a present entry that must be zero; `leaf` as maps_page() says.
std::uint64_t reserved_bits(Paging const& paging, Level level, bool leaf);
/// What one more entry leaves of the rights. Entries of a PAE PDPT carry none.
Rights narrowed(Rights rights, Paging const& paging, Level level, std::uint64_t entry);

} // namespace ringside::x86

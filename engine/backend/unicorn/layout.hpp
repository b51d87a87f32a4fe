// Where things lie inside the library: the guest's own addresses, and beside them what only the
// monitor may name. A monitor that shares an address space with its guest must hide in it.
//
//   physical   0 ......... 2^40      RAM and ROM, each at its guest-physical address
//              2^41 + gpa            the device window: whatever no RAM backs, as callbacks
//              2^42 ...              hidden pages: descriptors, stub and stack for changing worlds
//              2^42 + 0x10000        the barrier: a page of HLT, served where no code can be fetched
//
//   linear     0x0000800000000000    the hidden pages                      } non-canonical: the
//              0x9000000000000000    + gpa: code to be forgotten           } guest cannot reach it
#pragma once

#include <cstdint>

#include "engine/x86/cpuid.hpp"

namespace ringside::unicorn::layout {

inline constexpr std::uint64_t page_size = 4096;

inline constexpr std::uint64_t guest_physical_size = 1ULL << x86::physical_address_bits;
inline constexpr std::uint64_t device_window = 1ULL << 41;
inline constexpr std::uint64_t hidden_physical = 1ULL << 42;
inline constexpr std::uint64_t hidden_size = 3 * page_size;
inline constexpr std::uint64_t barrier_physical = hidden_physical + 0x10000;
static_assert(guest_physical_size <= device_window);
static_assert(device_window + guest_physical_size <= hidden_physical);

inline constexpr std::uint64_t hidden_linear = 0x0000'8000'0000'0000;
inline constexpr std::uint64_t forget_window = 0x9000'0000'0000'0000;

} // namespace ringside::unicorn::layout

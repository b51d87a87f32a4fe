// Small questions about bits, named so that masks do not appear where they are used.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ringside {

constexpr bool bit(std::uint64_t value, unsigned index)
{
    return ((value >> index) & 1U) != 0;
}

/// Bits [low, low + count) of `value`, shifted down to bit 0.
constexpr std::uint64_t bits(std::uint64_t value, unsigned low, unsigned count)
{
    return (value >> low) & (count >= 64 ? ~0ULL : (1ULL << count) - 1);
}

/// The low `width` bytes of `value`; a width of 8 or more keeps all of it.
constexpr std::uint64_t truncate(std::uint64_t value, std::size_t width)
{
    return width >= 8 ? value : value & ((1ULL << (width * 8)) - 1);
}

constexpr std::uint64_t align_down(std::uint64_t value, std::uint64_t alignment)
{
    return value & ~(alignment - 1);
}

constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment)
{
    return align_down(value + alignment - 1, alignment);
}

} // namespace ringside

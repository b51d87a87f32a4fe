// Strong integers: an address the guest uses must not be mistaken for one the machine uses.
//
// A guest-virtual address (gva) becomes a guest-physical one (gpa) only through x86::walk(), and a
// gpa becomes bytes only through memory::GuestMemory. Mixing them up does not compile.
#pragma once

#include <compare>
#include <cstdint>

namespace ringside {

template <typename Tag, typename Integer>
struct StrongInteger {
    Integer value = 0;

    constexpr StrongInteger() = default;
    constexpr explicit StrongInteger(Integer initial) : value(initial) {}
    constexpr auto operator<=>(StrongInteger const&) const = default;
    constexpr StrongInteger operator+(Integer offset) const
    {
        return StrongInteger(static_cast<Integer>(value + offset));
    }
    constexpr StrongInteger operator-(Integer offset) const
    {
        return StrongInteger(static_cast<Integer>(value - offset));
    }
};

using Gva = StrongInteger<struct GvaTag, std::uint64_t>; ///< guest-virtual (linear) address
using Gpa = StrongInteger<struct GpaTag, std::uint64_t>; ///< guest-physical address
using VcpuId = StrongInteger<struct VcpuTag, std::uint8_t>;
using Irq = StrongInteger<struct IrqTag, std::uint8_t>; ///< an input pin of the PIC pair, 0 to 15

/// Virtual time in nanoseconds since the machine was created. It moves on one line of the run loop.
using VirtualTime = StrongInteger<struct VirtualTimeTag, std::uint64_t>;

} // namespace ringside

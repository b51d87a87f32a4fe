// An exception the guest caused. It is data, not an error of ours: tl::expected carries it to the
// place that delivers it.
#pragma once

#include <cstdint>
#include <optional>

#include <tl/expected.hpp>

namespace ringside::x86 {

struct Fault {
    std::uint8_t vector = 0;
    std::optional<std::uint16_t> error_code;
    std::uint64_t cr2 = 0; ///< of a #PF: written to CR2 when it is delivered
    bool operator==(Fault const&) const = default;
};

/// A value, or the exception that the attempt to get it raises.
template <typename T>
using Outcome = tl::expected<T, Fault>;

} // namespace ringside::x86

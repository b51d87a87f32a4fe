// An exception the guest caused. It is data, not an error of ours: tl::expected carries it to the
// place that delivers it.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include <tl/expected.hpp>

namespace ringside::x86 {

struct Fault {
    std::uint8_t vector = 0;
    std::optional<std::uint16_t> error_code;
    std::uint64_t cr2 = 0; ///< of a #PF: written to CR2 when it is raised
    bool operator==(Fault const&) const = default;
};

/// A value, or the exception that the attempt to get it raises.
template <typename T>
using Outcome = tl::expected<T, Fault>;

/// `return raise(vector::ud);` and `return raise(vector::gp, 0);`
inline tl::unexpected<Fault> raise(std::uint8_t vector)
{
    return tl::unexpected<Fault>(Fault{.vector = vector, .error_code = std::nullopt, .cr2 = 0});
}

inline tl::unexpected<Fault> raise(std::uint8_t vector, std::uint16_t error_code)
{
    return tl::unexpected<Fault>(Fault{.vector = vector, .error_code = error_code, .cr2 = 0});
}

/// The error code that names a selector: the selector without its RPL.
/// SDM Vol. 3A, "Error Code".
constexpr std::uint16_t selector_error(std::uint16_t selector)
{
    return selector & 0xfffcU;
}

// What GUEST_TRY hands out: the value, or nothing for an Outcome<void>.
template <typename T>
T unwrap(Outcome<T>&& outcome)
{
    return *std::move(outcome);
}
inline void unwrap(Outcome<void>&&) {}

} // namespace ringside::x86

// Unwraps an Outcome or hands its fault to the caller: TRY (base/result.hpp) for what the guest
// did. A statement expression; for an Outcome<void> its value is nothing.
#define GUEST_TRY(expression)                                                                      \
    __extension__({                                                                                \
        auto ringside_outcome = (expression);                                                      \
        if (!ringside_outcome)                                                                     \
            return tl::unexpected<::ringside::x86::Fault>(ringside_outcome.error());               \
        ::ringside::x86::unwrap(std::move(ringside_outcome));                                      \
    })

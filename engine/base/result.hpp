// The second of the three doors for trouble: what the *host* refused.
//
// What the guest did is data (a verdict and an event); what we got wrong is an ASSERT
// (base/assert.hpp); what the host refused is a Result, whose text is one line a person can act on:
// what was tried, on what, why it failed, and what to do next.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace ringside {

/// Which exit code of the command line an error leads to (see the README, "Exit codes").
enum class Blame : std::uint8_t {
    usage,       ///< the person asked for something that makes no sense: 64
    input,       ///< a guest image, a trace or another file is damaged or foreign: 65
    unavailable, ///< the backend, or an ability the guest needs, is missing on this host: 69
    host,        ///< the host refused something it should grant; our side of the house: 70
};

struct Error {
    std::string text;
    Blame blame = Blame::host;
};

template <typename T>
using Result = tl::expected<T, Error>;

/// "cannot open /dev/kvm: Permission denied; add yourself to group kvm". `error_number` is an errno
/// value; `advice` may be empty.
Error host_error(std::string_view tried, int error_number, std::string_view advice = {});

inline tl::unexpected<Error> fail(Error error)
{
    return tl::unexpected<Error>(std::move(error));
}

inline tl::unexpected<Error> fail(Blame blame, std::string text)
{
    return tl::unexpected<Error>(Error{std::move(text), blame});
}

// What TRY hands out: the value, or nothing for a Result<void> (tl::expected<void> has no value()).
template <typename T>
T unwrap(Result<T>&& result)
{
    return *std::move(result);
}
inline void unwrap(Result<void>&&) {}

} // namespace ringside

// Unwraps a Result or returns its error from the enclosing function. A statement expression, which
// both GCC and clang accept under __extension__; for a Result<void> its value is nothing.
#define TRY(expression)                                                                            \
    __extension__({                                                                                \
        auto ringside_result = (expression);                                                       \
        if (!ringside_result)                                                                      \
            return tl::unexpected<::ringside::Error>(std::move(ringside_result).error());          \
        ::ringside::unwrap(std::move(ringside_result));                                            \
    })

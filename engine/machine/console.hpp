// The machine's end of the serial line: where typed bytes come from and printed ones go.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

namespace ringside::machine {

/// Implementations: standard input in engine/cli, a string in the tests.
class ConsoleInput {
public:
    ConsoleInput() = default;
    ConsoleInput(ConsoleInput const&) = delete;
    ConsoleInput& operator=(ConsoleInput const&) = delete;
    virtual ~ConsoleInput() = default;

    /// The next byte, if one is there now. Never blocks.
    virtual std::optional<std::uint8_t> next() = 0;
    /// No byte will ever come again.
    virtual bool ended() const = 0;
    /// Blocks until a byte may be there, the input has ended, or `milliseconds` have passed.
    virtual void wait(std::uint32_t milliseconds) = 0;
};

using ConsoleOutput = std::function<void(std::uint8_t)>;

} // namespace ringside::machine

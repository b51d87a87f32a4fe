// What a controller may ask of a running machine. Commands travel apart from events, are polled at the
// head of the run loop only, and one controller at a time holds the channel.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace ringside::trace {

struct Command {
    enum class Kind : std::uint8_t {
        pause,
        resume,
        step_exit, ///< run to the end of the next exit, then pause again
        input,     ///< bytes typed on the serial line
        quit,
    };
    Kind kind = Kind::pause;
    std::vector<std::uint8_t> bytes; ///< of `input`, at most 4096
    bool operator==(Command const&) const = default;
};

/// Where the run loop looks for commands. Implementations: the control socket in engine/stream, a
/// list in the tests.
class CommandSource {
public:
    CommandSource() = default;
    CommandSource(CommandSource const&) = delete;
    CommandSource& operator=(CommandSource const&) = delete;
    virtual ~CommandSource() = default;

    /// The next command, if one is waiting. Called once for every turn of the loop: must cost
    /// nothing (one atomic load) when there is none.
    virtual std::optional<Command> poll() = 0;
    /// Blocks until a command is waiting or `milliseconds` have passed. Called only while paused or
    /// while every vCPU is halted without a deadline.
    virtual void wait(std::uint32_t milliseconds) = 0;
    /// Tells whoever is connected that the machine is paused, or goes on.
    virtual void paused(bool is_paused) = 0;
};

} // namespace ringside::trace

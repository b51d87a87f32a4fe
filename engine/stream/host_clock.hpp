// Host time for the two ends of an exit, cheap enough to take on every one: the time-stamp counter
// where it ticks evenly, else CLOCK_MONOTONIC.
//
// The ticks' rate is not calibrated in advance, which would delay the start: the recorder looks at
// both clocks now and then, and converts along the line between two such looks.
#pragma once

#include <cstdint>

#include "engine/trace/events.hpp"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace ringside::stream {

/// The two events worth a host stamp: between them lies everything the VMM did.
constexpr bool carries_host_stamp(std::uint8_t id)
{
    return id == trace::ExitBegin::id || id == trace::ExitEnd::id;
}

std::uint64_t monotonic_nanoseconds();

class HostClock {
public:
    /// Starts at 0 now.
    HostClock();

    /// The vCPU thread's part: raw ticks.
    std::uint64_t stamp() const { return counts_cycles_ ? read_cycles() : monotonic_nanoseconds(); }

    /// The recorder's part: looks at both clocks, at most every few milliseconds.
    void adjust();

    /// A stamp as nanoseconds since the start; never earlier than the one converted before it.
    std::uint64_t nanoseconds(std::uint64_t stamp);

private:
    struct Look {
        std::uint64_t ticks = 0;
        std::uint64_t nanoseconds = 0; ///< of CLOCK_MONOTONIC
    };
    Look look() const;

#if defined(__x86_64__)
    static std::uint64_t read_cycles()
    {
        return __rdtsc();
    }
#else
    static std::uint64_t read_cycles()
    {
        return monotonic_nanoseconds();
    }
#endif

    bool counts_cycles_;
    alignas(64) Look start_; ///< from here on the recorder's: off the vCPU thread's cache line
    Look latest_;
    double nanoseconds_per_tick_ = 1.0;
    std::uint64_t last_ = 0;
};

} // namespace ringside::stream

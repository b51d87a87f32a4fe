// A chip's clock, counted exactly: its ticks follow from virtual time by integer arithmetic, so
// that a timer programmed an hour ago has not drifted by a nanosecond.
//
// Tick n happens at the first whole nanosecond at or after n / hz seconds.
#pragma once

#include <cstdint>

#include "engine/base/ids.hpp"

namespace ringside::devices {

inline constexpr std::uint64_t nanoseconds_per_second = 1'000'000'000;

/// How many ticks of a clock of `hz` have happened by `time`.
constexpr std::uint64_t ticks_at(VirtualTime time, std::uint64_t hz)
{
    // Whole seconds and the rest apart: the product would not fit 64 bits after a few hours.
    std::uint64_t const seconds = time.value / nanoseconds_per_second;
    std::uint64_t const rest = time.value % nanoseconds_per_second;
    return seconds * hz + rest * hz / nanoseconds_per_second;
}

/// When tick number `tick` happens.
constexpr VirtualTime time_of_tick(std::uint64_t tick, std::uint64_t hz)
{
    std::uint64_t const seconds = tick / hz;
    std::uint64_t const rest = tick % hz;
    return VirtualTime(seconds * nanoseconds_per_second +
                       (rest * nanoseconds_per_second + hz - 1) / hz);
}

} // namespace ringside::devices

// The host's clocks in nanoseconds, for measurements.
//
// What one thread does again and again is timed by its own CPU time, which other programs on a busy
// machine do not lengthen by running; what waits for the kernel or for other threads, by the wall.
#pragma once

#include <ctime>

namespace ringside {

inline double clock_ns(clockid_t clock)
{
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

inline double thread_ns()
{
    return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

inline double wall_ns()
{
    return clock_ns(CLOCK_MONOTONIC);
}

} // namespace ringside

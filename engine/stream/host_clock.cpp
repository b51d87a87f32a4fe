#include "engine/stream/host_clock.hpp"

#include <algorithm>
#include <ctime>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace ringside::stream {

namespace {

constexpr std::uint64_t nanoseconds_per_second = 1'000'000'000;
constexpr std::uint64_t look_interval = 5'000'000; // nanoseconds: far more than a look's error

#if defined(__x86_64__)
bool cycles_tick_evenly()
{
    // SDM Vol. 3B, "Invariant TSC": CPUID.80000007H:EDX[8].
    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    return __get_cpuid(0x80000007, &eax, &ebx, &ecx, &edx) != 0 && (edx & (1U << 8)) != 0;
}
#else
bool cycles_tick_evenly()
{
    return false;
}
#endif

} // namespace

std::uint64_t monotonic_nanoseconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * nanoseconds_per_second +
           static_cast<std::uint64_t>(now.tv_nsec);
}

HostClock::HostClock() : counts_cycles_(cycles_tick_evenly()), start_(look()), latest_(start_) {}

HostClock::Look HostClock::look() const
{
    return Look{stamp(), monotonic_nanoseconds()};
}

void HostClock::adjust()
{
    if (!counts_cycles_)
        return;
    Look const now = look();
    bool const first = latest_.ticks == start_.ticks;
    if (now.ticks <= latest_.ticks ||
        (!first && now.nanoseconds - latest_.nanoseconds < look_interval))
        return;
    nanoseconds_per_tick_ = static_cast<double>(now.nanoseconds - latest_.nanoseconds) /
                            static_cast<double>(now.ticks - latest_.ticks);
    latest_ = now;
}

std::uint64_t HostClock::nanoseconds(std::uint64_t stamp)
{
    auto const since = static_cast<double>(static_cast<std::int64_t>(stamp - latest_.ticks));
    double const total = static_cast<double>(latest_.nanoseconds - start_.nanoseconds) +
                         since * nanoseconds_per_tick_;
    last_ = std::max(last_, total > 0 ? static_cast<std::uint64_t>(total) : 0);
    return last_;
}

} // namespace ringside::stream

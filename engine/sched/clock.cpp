#include "engine/sched/clock.hpp"

#include <algorithm>
#include <ctime>

namespace ringside::sched {

namespace {

std::uint64_t monotonic_ns()
{
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
           static_cast<std::uint64_t>(time.tv_nsec);
}

} // namespace

VirtualClock::VirtualClock(trace::Clock kind)
    : kind_(kind), host_start_(kind == trace::Clock::host ? monotonic_ns() : 0)
{
}

void VirtualClock::restore(State const& state)
{
    now_ = state.now;
    counted_ = state.counted;
    if (kind_ == trace::Clock::host)
        host_start_ = monotonic_ns() - now_.value;
}

std::uint64_t VirtualClock::host_now() const
{
    return monotonic_ns() - host_start_;
}

void VirtualClock::advance(std::optional<backend::Exit> const& exit, backend::Vcpu const& vcpu,
                           std::optional<VirtualTime> deadline)
{
    if (kind_ == trace::Clock::host) {
        now_ = std::max(now_, VirtualTime(host_now()));
        return;
    }
    if (!exit) {
        // Nobody runs, so nothing can happen before the next timer: time may jump there.
        if (deadline)
            now_ = std::max(now_, *deadline);
        return;
    }
    if (kind_ == trace::Clock::instructions) {
        std::uint64_t const instructions = vcpu.standing().instructions;
        now_ = now_ + (instructions - counted_);
        counted_ = instructions;
        return;
    }
    bool const spent = std::holds_alternative<backend::exit::BudgetSpent>(*exit);
    now_ = now_ + (spent ? spent_slice_ns : exit_step_ns);
}

} // namespace ringside::sched

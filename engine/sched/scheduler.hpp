// Who runs next: a round-robin run queue over the machine's vCPUs. Every decision is an event.
//
//     enqueued ──► picked ──► (runs: any number of exits) ──► preempted: the slice is over, to the
//     back
//                                                        └──► halted: HLT ──► woken: an interrupt
//                                                        came ──► enqueued
//
// Not modelled yet: several machines, weights, more than one host CPU.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/base/ids.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::sched {

class Scheduler {
public:
    explicit Scheduler(trace::Tracer& tracer) : tracer_(tracer) {}

    /// The vCPU must outlive the scheduler. It starts runnable, at the back of the queue.
    void add(VcpuId id, backend::Vcpu& vcpu, VirtualTime now);

    /// The same, but nobody is told: its place comes with restore().
    void adopt(VcpuId id, backend::Vcpu& vcpu) { entries_.push_back({id, &vcpu, false, {}}); }

    enum class Place : std::uint8_t { queued, running, halted };
    struct State {
        struct Entry {
            Place place = Place::queued;
            VirtualTime since{};
            std::uint8_t turn = 0; ///< of a queued one: how many are ahead of it
        };
        std::vector<Entry> entries; ///< in the order the vCPUs were added

        /// The queued ones' turns are 0, 1, 2 ..., and at most one vCPU runs.
        bool plausible() const;
    };
    State state() const;
    /// Of as many vCPUs as were added.
    void restore(State const& state);

    /// The vCPU to enter now, or null when all are halted. The same one until it is preempted or
    /// parked.
    backend::Vcpu* next(VirtualTime now);
    VcpuId current() const
    {
        return entries_[running_].id;
    } ///< of the last next() that was not null

    void preempt(VirtualTime now); ///< the running vCPU's slice is over
    void park(VirtualTime now);    ///< the running vCPU executed HLT
    void wake(VcpuId id, VirtualTime now);
    bool halted(VcpuId id) const;

private:
    static constexpr std::size_t nobody = static_cast<std::size_t>(-1);
    struct Entry {
        VcpuId id;
        backend::Vcpu* vcpu = nullptr;
        bool halted = false;
        VirtualTime since{}; ///< when it was last picked or parked
    };
    void tell(Entry const& entry, trace::SchedulingStep step, std::uint64_t amount);
    std::size_t index_of(VcpuId id) const;

    trace::Tracer& tracer_;
    std::vector<Entry> entries_;
    std::deque<std::size_t> queue_; ///< runnable, not running
    std::size_t running_ = nobody;
};

} // namespace ringside::sched

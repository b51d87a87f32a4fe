#include "engine/sched/scheduler.hpp"

#include "engine/base/assert.hpp"

namespace ringside::sched {

using trace::SchedulingStep;

void Scheduler::add(VcpuId id, backend::Vcpu& vcpu, VirtualTime now)
{
    entries_.push_back(Entry{id, &vcpu, false, now});
    queue_.push_back(entries_.size() - 1);
    tell(entries_.back(), SchedulingStep::enqueued, 0);
}

backend::Vcpu* Scheduler::next(VirtualTime now)
{
    if (running_ != nobody)
        return entries_[running_].vcpu;
    if (queue_.empty())
        return nullptr;
    running_ = queue_.front();
    queue_.pop_front();
    Entry& entry = entries_[running_];
    entry.since = now;
    tracer_.set_vcpu(entry.id);
    tell(entry, SchedulingStep::picked, 0);
    return entry.vcpu;
}

void Scheduler::preempt(VirtualTime now)
{
    ASSERT(running_ != nobody);
    // Alone in the queue, the vCPU would only be put back and picked again: it simply goes on.
    if (queue_.empty())
        return;
    Entry const& entry = entries_[running_];
    queue_.push_back(running_);
    tell(entry, SchedulingStep::preempted, now.value - entry.since.value);
    running_ = nobody;
}

void Scheduler::park(VirtualTime now)
{
    ASSERT(running_ != nobody);
    Entry& entry = entries_[running_];
    tell(entry, SchedulingStep::halted, now.value - entry.since.value);
    entry.halted = true;
    entry.since = now;
    running_ = nobody;
}

void Scheduler::wake(VcpuId id, VirtualTime now)
{
    std::size_t const index = index_of(id);
    Entry& entry = entries_[index];
    if (!entry.halted)
        return;
    entry.halted = false;
    queue_.push_back(index);
    tell(entry, SchedulingStep::woken, now.value - entry.since.value);
}

bool Scheduler::halted(VcpuId id) const
{
    return entries_[index_of(id)].halted;
}

std::size_t Scheduler::index_of(VcpuId id) const
{
    for (std::size_t index = 0; index < entries_.size(); ++index)
        if (entries_[index].id == id)
            return index;
    ASSERT(!"every vCPU that is asked about was added");
    return nobody;
}

void Scheduler::tell(Entry const& entry, SchedulingStep step, std::uint64_t amount)
{
    tracer_.set_vcpu(entry.id);
    trace::Scheduling event;
    event.step = step;
    event.runnable = static_cast<std::uint8_t>(queue_.size());
    event.amount = amount;
    tracer_.emit(event);
}

} // namespace ringside::sched

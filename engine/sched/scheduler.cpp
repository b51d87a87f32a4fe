#include "engine/sched/scheduler.hpp"

#include <algorithm>

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

bool Scheduler::State::plausible() const
{
    std::vector<bool> turns;
    for (Entry const& entry : entries)
        if (entry.place == Place::queued)
            turns.push_back(false);
    std::size_t running = 0;
    for (Entry const& entry : entries) {
        running += entry.place == Place::running ? 1 : 0;
        if (entry.place != Place::queued)
            continue;
        if (entry.turn >= turns.size() || turns[entry.turn])
            return false;
        turns[entry.turn] = true;
    }
    return running <= 1;
}

Scheduler::State Scheduler::state() const
{
    State state;
    for (std::size_t index = 0; index < entries_.size(); ++index) {
        Entry const& entry = entries_[index];
        Place const awake = index == running_ ? Place::running : Place::queued;
        state.entries.push_back({entry.halted ? Place::halted : awake, entry.since, 0});
    }
    for (std::size_t turn = 0; turn < queue_.size(); ++turn)
        state.entries[queue_[turn]].turn = static_cast<std::uint8_t>(turn);
    return state;
}

void Scheduler::restore(State const& state)
{
    ASSERT(state.entries.size() == entries_.size() && state.plausible());
    running_ = nobody;
    queue_.clear();
    for (std::size_t index = 0; index < entries_.size(); ++index) {
        State::Entry const& saved = state.entries[index];
        entries_[index].halted = saved.place == Place::halted;
        entries_[index].since = saved.since;
        if (saved.place == Place::running)
            running_ = index;
        else if (saved.place == Place::queued)
            queue_.push_back(index);
    }
    std::sort(queue_.begin(), queue_.end(), [&](std::size_t one, std::size_t other) {
        return state.entries[one].turn < state.entries[other].turn;
    });
    if (running_ != nobody)
        tracer_.set_vcpu(entries_[running_].id);
}

bool Scheduler::halted(VcpuId id) const
{
    return entries_[index_of(id)].halted;
}

std::size_t Scheduler::index_of(VcpuId id) const
{
    auto const found = std::find_if(entries_.begin(), entries_.end(),
                                    [id](Entry const& entry) { return entry.id == id; });
    ASSERT(found != entries_.end()); // every vCPU that is asked about was added
    return static_cast<std::size_t>(found - entries_.begin());
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

#include "visualizer/model/occurrences.hpp"

namespace ringside::visualizer {

namespace {

template <typename Map, typename Key>
RecordList const& found(Map const& map, Key const& key)
{
    static RecordList const none;
    auto const place = map.find(key);
    return place == map.end() ? none : place->second;
}

} // namespace

Told const* told_until(std::span<Told const> told, RecordIndex now)
{
    auto const after =
        std::upper_bound(told.begin(), told.end(), now,
                         [](RecordIndex wanted, Told const& each) { return wanted < each.record; });
    return after == told.begin() ? nullptr : &*(after - 1);
}

void Occurrences::add(RecordIndex index, trace::DeviceAccess const& e, RegisterName const* reached)
{
    accesses_[e.device].add(index);
    if (reached == nullptr)
        return;
    registers_[reached].by_direction[static_cast<std::size_t>(e.direction) & 1].add(index);
    // 8259A datasheet, "Operation Control Word 1": the mask, at A0 = 1 of each of the two chips.
    if (reached->short_name == "IMR" && e.direction == trace::Direction::write)
        masks_[e.offset >= 2 ? 1 : 0].push_back({index, e.value});
}

void Occurrences::add(RecordIndex index, trace::LineChanged const& e)
{
    lines_[e.irq % lines].changed.push_back({index, e.level ? 1U : 0U});
}

void Occurrences::add(RecordIndex index, trace::InterruptPending const& e)
{
    lines_[e.irq % lines].pending.push_back({index, static_cast<std::uint64_t>(e.reason)});
}

void Occurrences::add(RecordIndex index, trace::InterruptInjected const& e)
{
    lines_[e.irq % lines].injected.add(index);
    injected_[e.vector].add(index);
}

void Occurrences::add(RecordIndex index, trace::EndOfInterrupt const& e)
{
    lines_[e.irq % lines].ended.add(index);
}

// Tables are read far more often than they change: only a new value is worth an entry.
void Occurrences::add(RecordIndex index, trace::PageWalk const& e)
{
    for (trace::WalkStep const& step : e.steps.view()) {
        Entry& entry = entries_[step.entry_gpa];
        // SDM Vol. 3A, "32-Bit Paging": entries of four bytes; eight in every other mode.
        entry.width = e.paging == trace::PagingMode::bits32 ? 4 : 8;
        if (entry.told.empty() || entry.told.back().value != step.entry)
            entry.told.push_back({index, step.entry});
    }
}

RecordList const& Occurrences::exits_at(std::uint64_t rip) const
{
    return found(exits_, rip);
}

RecordList const& Occurrences::accesses_of(std::uint8_t device) const
{
    return found(accesses_, device);
}

RecordList const& Occurrences::notes_of(std::uint8_t device) const
{
    return found(notes_, device);
}

RecordList const& Occurrences::accesses_to(RegisterName const* reg,
                                           trace::Direction direction) const
{
    static RecordList const none;
    auto const place = registers_.find(reg);
    return place == registers_.end()
               ? none
               : place->second.by_direction[static_cast<std::size_t>(direction) & 1];
}

} // namespace ringside::visualizer

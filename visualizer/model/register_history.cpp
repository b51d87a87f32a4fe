#include "visualizer/model/register_history.hpp"

#include <algorithm>

#include "engine/base/bits.hpp"

namespace ringside::visualizer {

namespace {

// A seek reads at most this many changes; a checkpoint costs about half a kilobyte.
constexpr std::size_t changes_per_checkpoint = 128;

void apply(RegisterState& state, trace::Keyframe const& keyframe)
{
    state.known = 0;
    state.stale = false;
    for (std::size_t number = 0; number < keyframe.values.count; ++number) {
        state.values[number] = keyframe.values.items[number];
        state.known |= std::uint64_t{1} << number;
    }
}

void apply(RegisterState& state, trace::RegistersChanged const& change)
{
    std::size_t next = 0;
    for (unsigned number = 0; number < trace::register_count; ++number) {
        if (!bit(change.mask, number) || next >= change.values.count)
            continue;
        state.values[number] = change.values.items[next++];
        state.known |= std::uint64_t{1} << number;
    }
}

} // namespace

RegisterHistory::Line& RegisterHistory::line(std::uint8_t vcpu)
{
    if (lines_.size() <= vcpu)
        lines_.resize(std::size_t{vcpu} + 1);
    return lines_[vcpu];
}

void RegisterHistory::checkpoint(Line& line, RecordIndex index)
{
    line.checkpoints.push_back({index, line.now, line.changes.size()});
}

void RegisterHistory::add(RecordIndex index, std::uint8_t vcpu, trace::Keyframe const& keyframe)
{
    Line& own = line(vcpu);
    apply(own.now, keyframe);
    checkpoint(own, index);
}

void RegisterHistory::add(RecordIndex index, std::uint8_t vcpu,
                          trace::RegistersChanged const& change)
{
    Line& own = line(vcpu);
    apply(own.now, change);
    own.changes.push_back(index);
    if (own.checkpoints.empty() ||
        own.changes.size() - own.checkpoints.back().changes_before >= changes_per_checkpoint)
        checkpoint(own, index);
}

void RegisterHistory::lost(RecordIndex index, std::uint8_t vcpu)
{
    Line& own = line(vcpu);
    own.now.stale = own.now.known != 0;
    own.losses.push_back(index);
}

RegisterState RegisterHistory::at(RecordStore const& records, std::uint8_t vcpu,
                                  RecordIndex index) const
{
    if (vcpu >= lines_.size())
        return {};
    Line const& own = lines_[vcpu];
    auto const after = std::upper_bound(
        own.checkpoints.begin(), own.checkpoints.end(), index,
        [](RecordIndex wanted, Checkpoint const& point) { return wanted < point.at; });
    if (after == own.checkpoints.begin())
        return {};

    Checkpoint const& nearest = *(after - 1);
    RegisterState state = nearest.state;
    for (std::size_t next = nearest.changes_before;
         next < own.changes.size() && own.changes[next] <= index; ++next)
        if (auto const change = records.get<trace::RegistersChanged>(own.changes[next]))
            apply(state, *change);
    auto const loss = std::upper_bound(own.losses.begin(), own.losses.end(), index);
    state.stale |= loss != own.losses.begin() && *(loss - 1) >= nearest.at;
    return state;
}

} // namespace ringside::visualizer

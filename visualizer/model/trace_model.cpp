#include "visualizer/model/trace_model.hpp"

#include <algorithm>
#include <variant>

namespace ringside::visualizer {

// What each event adds to the indexes. The rows of the list are Moments' business.
struct TraceModel::Indexing {
    TraceModel& model;
    RecordIndex index;
    std::uint8_t vcpu;

    void operator()(trace::MachineCreated const& e) const { model.catalogue_.add(e); }
    void operator()(trace::SlotMapped const& e) const { model.catalogue_.add(e); }
    void operator()(trace::DeviceDefined const& e) const { model.catalogue_.add(e); }
    void operator()(trace::RegisterDefined const& e) const { model.catalogue_.add(e); }
    void operator()(trace::Symbol const& e) const { model.catalogue_.add(e); }
    void operator()(trace::Instruction const& e) const { model.catalogue_.add(index, e); }
    void operator()(trace::DeviceAccess const& e) const
    {
        model.reached_ = model.catalogue_.add(e);
        model.occurrences_.add(index, e, model.reached_);
    }
    void operator()(trace::MachineStopped const& e) const { model.stopped_ = e; }
    void operator()(trace::Keyframe const& e) const { model.registers_.add(index, vcpu, e); }
    void operator()(trace::RegistersChanged const& e) const
    {
        model.registers_.add(index, vcpu, e);
    }
    void operator()(trace::ConsoleByte const& e) const
    {
        if (e.direction == trace::Direction::write)
            model.console_.write(index, e.byte);
        else
            model.console_.typed(index, e.byte);
    }
    void operator()(trace::PageWalk const& e) const
    {
        model.walks_.push_back(index);
        model.occurrences_.add(index, e);
    }
    void operator()(trace::Marker const&) const { model.markers_.push_back(index); }
    void operator()(trace::ModeChanged const& e) const
    {
        model.mode_changes_.push_back({index, vcpu, e});
    }
    void operator()(trace::Dropped const& e) const
    {
        bool const late = e.reason == trace::DropReason::reader_late;
        (late ? model.missed_ : model.dropped_) += e.count;
        model.losses_.push_back(index);
        model.registers_.lost(index, vcpu);
    }
    void operator()(trace::ExitBegin const& e) const { model.occurrences_.add(index, e); }
    void operator()(trace::ExitEnd const&) const {}
    void operator()(trace::DeviceState const&) const {}
    void operator()(trace::Unclaimed const&) const {}
    void operator()(trace::DeviceNote const& e) const { model.occurrences_.add(index, e); }
    void operator()(trace::LineChanged const& e) const { model.occurrences_.add(index, e); }
    void operator()(trace::InterruptPending const& e) const { model.occurrences_.add(index, e); }
    void operator()(trace::InterruptInjected const& e) const { model.occurrences_.add(index, e); }
    void operator()(trace::EndOfInterrupt const& e) const { model.occurrences_.add(index, e); }
    void operator()(trace::Assertion const&) const {}
    void operator()(trace::Branched const&) const {}
    void operator()(trace::TracingSwitched const&) const {}
    void operator()(trace::Scheduling const&) const { model.occurrences_.add_scheduling(index); }
    void operator()(trace::Emulated const&) const {}
    void operator()(trace::Delivered const& e) const { model.occurrences_.add(index, e); }
};

void TraceModel::append(std::span<trace::Record const> records)
{
    for (trace::Record const& record : records)
        if (records_.append(record))
            index(records_.size() - 1, record);
        else
            ++not_kept_;
}

void TraceModel::append_block(std::shared_ptr<RecordBlock const> block, std::uint32_t number)
{
    RecordIndex const first = records_.size();
    if (!records_.append_block(block, number)) {
        not_kept_ += block->size();
        return;
    }
    trace::Record record;
    for (std::uint32_t place = 0; place < block->size(); ++place) {
        RecordHead const& head = block->head(place);
        record.seq = head.seq;
        record.vcpu = head.vcpu;
        record.time = head.time;
        record.host = head.host;
        block->read(place, record.event);
        index(first + place, record);
    }
}

void TraceModel::index(RecordIndex at, trace::Record const& record)
{
    end_time_ = std::max(end_time_, record.time);
    std::visit(Indexing{*this, at, record.vcpu}, record.event);
    Moments::Change const change = moments_.append(at, record, reached_);
    if (change.begun != no_moment) {
        Moment const& begun = moments_[change.begun];
        density_.add(begun.exit_class);
        lanes_.add(change.begun, begun.vcpu, begun.exit_class);
    }
    if (change.ended != no_moment && moments_[change.ended].cost != 0)
        costs_.add(moments_[change.ended].kind, moments_[change.ended].cost);
}

MomentIndex TraceModel::moment_of(RecordIndex index) const
{
    if (moments_.empty() || index >= records_.size())
        return no_moment;
    // Most machines have one vCPU: no need to look at the record.
    std::vector<Lane> const& lanes = lanes_.all();
    return moments_.at(index, lanes.size() == 1 ? lanes[0].vcpu : records_.head(index).vcpu);
}

std::optional<std::size_t> TraceModel::walk_before(RecordIndex index) const
{
    auto const after = std::upper_bound(walks_.begin(), walks_.end(), index);
    if (after == walks_.begin())
        return std::nullopt;
    return static_cast<std::size_t>(after - walks_.begin()) - 1;
}

} // namespace ringside::visualizer

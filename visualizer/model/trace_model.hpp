// The trace as every panel reads it: the records and the indexes over them. Its only input is
// append(); a file and a running machine look the same from here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/trace/events.hpp"
#include "visualizer/model/catalogue.hpp"
#include "visualizer/model/console_text.hpp"
#include "visualizer/model/costs.hpp"
#include "visualizer/model/density.hpp"
#include "visualizer/model/lanes.hpp"
#include "visualizer/model/moments.hpp"
#include "visualizer/model/occurrences.hpp"
#include "visualizer/model/record_store.hpp"
#include "visualizer/model/register_history.hpp"

namespace ringside::visualizer {

class TraceModel {
public:
    TraceModel() = default;
    explicit TraceModel(std::size_t byte_limit) : records_(byte_limit) {}

    void append(std::span<trace::Record const> records);
    /// Where records come from that are looked at again; then each block of it, in order.
    void set_source(std::shared_ptr<BlockSource const> source)
    {
        records_.set_source(std::move(source));
    }
    void append_block(std::shared_ptr<RecordBlock const> block, std::uint32_t number);
    void assume(trace::BackendKind backend) { catalogue_.assume(backend); }

    RecordStore const& records() const { return records_; }
    Moments const& moments() const { return moments_; }
    Catalogue const& catalogue() const { return catalogue_; }
    ConsoleText const& console() const { return console_; }
    Costs const& costs() const { return costs_; }
    Density const& density() const { return density_; }
    Lanes const& lanes() const { return lanes_; }
    Occurrences const& occurrences() const { return occurrences_; }

    /// Records of PageWalk, Marker, Dropped and ModeChanged events, in order.
    std::vector<RecordIndex> const& walks() const { return walks_; }
    std::vector<RecordIndex> const& markers() const { return markers_; }
    std::vector<RecordIndex> const& losses() const { return losses_; }
    struct ModeChange {
        RecordIndex record = 0;
        std::uint8_t vcpu = 0;
        trace::ModeChanged event;
    };
    std::vector<ModeChange> const& mode_changes() const { return mode_changes_; }

    /// Lost on the way to us; told before we came; not kept by us because our own store is full.
    std::uint64_t dropped() const { return dropped_; }
    std::uint64_t missed() const { return missed_; }
    std::uint64_t not_kept() const { return not_kept_; }
    std::optional<trace::MachineStopped> const& stopped() const { return stopped_; }
    std::uint64_t end_time() const { return records_.empty() ? 0 : end_time_; }

    RegisterState registers_at(std::uint8_t vcpu, RecordIndex index) const
    {
        return registers_.at(records_, vcpu, index);
    }
    /// The moment that record `index` belongs to.
    MomentIndex moment_of(RecordIndex index) const;
    /// The latest walk at or before `index`, as its position in walks(), or none.
    std::optional<std::size_t> walk_before(RecordIndex index) const;

private:
    struct Indexing;
    void index(RecordIndex at, trace::Record const& record);

    RecordStore records_;
    Moments moments_;
    Catalogue catalogue_;
    RegisterHistory registers_;
    ConsoleText console_;
    Costs costs_;
    Density density_;
    Lanes lanes_;
    Occurrences occurrences_;
    std::vector<RecordIndex> walks_;
    std::vector<RecordIndex> markers_;
    std::vector<RecordIndex> losses_;
    std::vector<ModeChange> mode_changes_;
    std::optional<trace::MachineStopped> stopped_;
    RegisterName const* reached_ = nullptr; ///< by the latest DeviceAccess
    std::uint64_t dropped_ = 0;
    std::uint64_t missed_ = 0;
    std::uint64_t not_kept_ = 0;
    std::uint64_t end_time_ = 0;
};

} // namespace ringside::visualizer

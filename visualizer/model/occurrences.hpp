// Where in the trace each thing happened: exits by address, accesses by register, stations of each
// interrupt line, what page tables held. Panels ask "how often until now, and when last?" without
// reading a record.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/trace/events.hpp"
#include "visualizer/model/record_store.hpp"
#include "visualizer/model/register_choice.hpp"

namespace ringside::visualizer {

/// Records of one kind of event, in order.
class RecordList {
public:
    void add(RecordIndex index) { records_.push_back(index); }
    std::size_t size() const { return records_.size(); }
    std::span<RecordIndex const> all() const { return records_; }
    std::size_t count_until(RecordIndex now) const
    {
        return static_cast<std::size_t>(std::upper_bound(records_.begin(), records_.end(), now) -
                                        records_.begin());
    }
    RecordIndex last_until(RecordIndex now) const
    {
        std::size_t const count = count_until(now);
        return count == 0 ? no_record : records_[count - 1];
    }
    RecordIndex next_after(RecordIndex now) const
    {
        std::size_t const count = count_until(now);
        return count == size() ? no_record : records_[count];
    }

private:
    std::vector<RecordIndex> records_;
};

/// A value that a record told.
struct Told {
    RecordIndex record = no_record;
    std::uint64_t value = 0;
};
/// The last one at or before `now`, or null.
Told const* told_until(std::span<Told const> told, RecordIndex now);

struct LineHistory {
    std::vector<Told> changed; ///< value: the level
    std::vector<Told> pending; ///< value: why it could not be delivered
    RecordList injected;
    RecordList ended;
};

class Occurrences {
public:
    static constexpr std::size_t lines = 16;

    void add(RecordIndex index, trace::ExitBegin const& e) { exits_[e.rip].add(index); }
    void add(RecordIndex index, trace::DeviceAccess const& e, RegisterName const* reached);
    void add(RecordIndex index, trace::DeviceNote const& e) { notes_[e.device].add(index); }
    void add(RecordIndex index, trace::LineChanged const& e);
    void add(RecordIndex index, trace::InterruptPending const& e);
    void add(RecordIndex index, trace::InterruptInjected const& e);
    void add(RecordIndex index, trace::EndOfInterrupt const& e);
    void add(RecordIndex index, trace::Delivered const& e) { delivered_[e.vector].add(index); }
    void add(RecordIndex index, trace::PageWalk const& e);
    void add_scheduling(RecordIndex index) { scheduling_.add(index); }

    RecordList const& exits_at(std::uint64_t rip) const;
    RecordList const& accesses_of(std::uint8_t device) const;
    RecordList const& notes_of(std::uint8_t device) const;
    /// Accesses that reached this register, each way.
    RecordList const& accesses_to(RegisterName const* reg, trace::Direction direction) const;
    LineHistory const& line(std::uint8_t irq) const { return lines_[irq % lines]; }
    /// What the guest wrote into the interrupt mask registers: [0] primary, [1] secondary.
    std::span<Told const> masks(std::size_t chip) const { return masks_[chip]; }
    RecordList const& injected(std::uint8_t vector) const { return injected_[vector]; }
    RecordList const& delivered(std::uint8_t vector) const { return delivered_[vector]; }
    RecordList const& scheduling() const { return scheduling_; }
    /// What walks read at each guest-physical address.
    struct Entry {
        std::vector<Told> told;
        std::uint8_t width = 8; ///< in bytes: four with 32-bit paging
    };
    std::map<std::uint64_t, Entry> const& entries() const { return entries_; }

private:
    struct Ways {
        std::array<RecordList, 2> by_direction;
    };

    std::unordered_map<std::uint64_t, RecordList> exits_;
    std::map<std::uint8_t, RecordList> accesses_;
    std::map<std::uint8_t, RecordList> notes_;
    std::unordered_map<RegisterName const*, Ways> registers_;
    std::array<LineHistory, lines> lines_;
    std::array<std::vector<Told>, 2> masks_;
    std::array<RecordList, 256> injected_;
    std::array<RecordList, 256> delivered_;
    RecordList scheduling_;
    std::map<std::uint64_t, Entry> entries_;
};

} // namespace ringside::visualizer

// Every record of the trace by its position, in blocks: those of a live stream stay in memory,
// those of a file are read again when somebody looks at them, a few at a time.
//
// Not modelled: writing a live stream out; a store that is full keeps no more.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "visualizer/model/record_block.hpp"

namespace ringside::visualizer {

/// Position in the order the records arrived. Sequence numbers are per vCPU; this is for all.
using RecordIndex = std::uint32_t;
inline constexpr RecordIndex no_record = 0xffff'ffff;

class RecordStore {
public:
    /// Keeps at most about `byte_limit` bytes.
    explicit RecordStore(std::size_t byte_limit = default_limit) : byte_limit_(byte_limit) {}

    /// False when the store is full: the record is not kept.
    bool append(trace::Record const& record);

    /// Where blocks come from that are not kept. It must outlive the store's use.
    void set_source(std::shared_ptr<BlockSource const> source) { source_ = std::move(source); }
    /// The next records are block `number` of the source, or are kept when `number` is `kept`.
    /// False when there are too many.
    bool append_block(std::shared_ptr<RecordBlock const> block, std::uint32_t number);
    static constexpr std::uint32_t kept = 0xffff'ffff;

    RecordIndex size() const { return size_; }
    bool empty() const { return size_ == 0; }
    RecordHead head(RecordIndex index) const;
    trace::Event event(RecordIndex index) const;
    std::size_t bytes_used() const { return bytes_used_; } ///< by what is kept

    /// The event at `index` when it is an `E`.
    template <typename E>
    std::optional<E> get(RecordIndex index) const
    {
        Place const place = find_place(index);
        return place.block->get<E>(place.within);
    }

    /// The record of `vcpu` with this sequence number, or the last one before it, or none.
    RecordIndex find(std::uint8_t vcpu, std::uint64_t seq) const;

    static constexpr std::size_t default_limit = std::size_t{2} << 30;

private:
    static constexpr std::uint32_t records_in_block = 2048; ///< that append() fills

    struct Slot {
        RecordIndex first = 0;
        std::uint32_t count = 0;
        std::uint32_t number = kept;
        std::shared_ptr<RecordBlock const> block; ///< when kept
    };
    struct Place {
        std::shared_ptr<RecordBlock const> block;
        std::uint32_t within = 0;
    };
    struct Loaded {
        std::uint32_t slot = kept;
        std::uint64_t used = 0;
        std::shared_ptr<RecordBlock const> block;
    };
    struct Cache {
        std::mutex mutex; ///< filters look from several threads
        std::array<Loaded, 64> loaded;
        std::uint64_t uses = 0;
    };
    /// Where a vCPU's records begin in a slot, for find().
    struct Entry {
        std::uint64_t seq = 0;
        std::uint32_t slot = 0;
    };

    Place find_place(RecordIndex index) const;
    std::uint32_t slot_of(RecordIndex index) const;
    std::shared_ptr<RecordBlock const> block_of(std::uint32_t slot) const;
    std::shared_ptr<RecordBlock const> load(std::uint32_t slot) const;
    void enter(RecordHead const& head, std::uint32_t slot);

    std::size_t byte_limit_;
    std::size_t bytes_used_ = 0;
    RecordIndex size_ = 0;
    std::vector<Slot> slots_;
    std::shared_ptr<RecordBlock> growing_; ///< the last slot's, when append() may add to it
    std::vector<std::vector<Entry>> by_vcpu_;
    std::shared_ptr<BlockSource const> source_;

    std::unique_ptr<Cache> cache_ = std::make_unique<Cache>();
};

} // namespace ringside::visualizer

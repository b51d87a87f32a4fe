// A run of records, packed: a fixed head for each and its event's bytes, cut behind the last list
// item in use. Reading one record of a block touches nothing else.
//
// A block is kept in memory (a live stream), or read again from its file when somebody looks at it:
// then a trace of any length costs no more memory than the indexes over it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "engine/trace/events.hpp"

namespace ringside::visualizer {

struct RecordHead {
    std::uint64_t seq = 0;
    std::uint64_t time = 0;   ///< virtual nanoseconds
    std::uint64_t host = 0;   ///< host nanoseconds, 0 where not stamped
    std::uint32_t offset = 0; ///< of the event's bytes in the block
    std::uint16_t size = 0;   ///< in bytes
    std::uint8_t vcpu = 0;
    std::uint8_t id = 0; ///< which event
};

class RecordBlock {
public:
    void append(trace::Record const& record);
    void reserve(std::size_t records, std::size_t bytes);

    std::uint32_t size() const { return static_cast<std::uint32_t>(heads_.size()); }
    std::size_t memory() const
    {
        return heads_.capacity() * sizeof(RecordHead) + bytes_.capacity();
    }
    RecordHead const& head(std::uint32_t place) const { return heads_[place]; }
    std::span<RecordHead const> heads() const { return heads_; }
    trace::Event event(std::uint32_t place) const
    {
        trace::Event event;
        read(place, event);
        return event;
    }
    /// The same into an event that is there: only the bytes in use are copied.
    void read(std::uint32_t place, trace::Event& event) const;

    /// The event at `place` when it is an `E`.
    template <typename E>
    std::optional<E> get(std::uint32_t place) const
    {
        static_assert(std::is_trivially_copyable_v<E>);
        if (heads_[place].id != E::id)
            return std::nullopt;
        std::optional<E> event(std::in_place);
        std::span<std::byte const> const bytes = payload(heads_[place]);
        std::memcpy(static_cast<void*>(&*event), bytes.data(), bytes.size());
        return event;
    }

private:
    std::span<std::byte const> payload(RecordHead const& head) const
    {
        return std::span(bytes_).subspan(head.offset, head.size);
    }

    std::vector<RecordHead> heads_;
    std::vector<std::byte> bytes_;
};

/// Where blocks that are not kept come from. Any thread may ask.
class BlockSource {
public:
    BlockSource() = default;
    BlockSource(BlockSource const&) = delete;
    BlockSource& operator=(BlockSource const&) = delete;
    virtual ~BlockSource() = default;

    /// The records of block `number`, the same as the first time; null when they are gone.
    virtual std::shared_ptr<RecordBlock const> load(std::uint32_t number) const = 0;
};

} // namespace ringside::visualizer

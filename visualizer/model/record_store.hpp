// Every record of the trace, packed: a fixed head per record and its event's bytes, cut behind the
// last list item in use. A page holds the bytes of many records and never moves.
//
// Not modelled: paging records out to the file they came from; a store that is full keeps no more.
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

/// Position in the order the records arrived. Sequence numbers are per vCPU; this is for all.
using RecordIndex = std::uint32_t;
inline constexpr RecordIndex no_record = 0xffff'ffff;

struct RecordHead {
    std::uint64_t seq = 0;
    std::uint64_t time = 0;   ///< virtual nanoseconds
    std::uint64_t host = 0;   ///< host nanoseconds, 0 where not stamped
    std::uint32_t page = 0;   ///< where the event's bytes lie
    std::uint16_t offset = 0; ///< in units of eight bytes
    std::uint16_t size = 0;   ///< in bytes
    std::uint8_t vcpu = 0;
    std::uint8_t id = 0; ///< which event
};

class RecordStore {
public:
    /// Keeps at most about `byte_limit` bytes.
    explicit RecordStore(std::size_t byte_limit = default_limit) : byte_limit_(byte_limit) {}

    /// False when the store is full: the record is not kept.
    bool append(trace::Record const& record);

    RecordIndex size() const { return static_cast<RecordIndex>(heads_.size()); }
    bool empty() const { return heads_.empty(); }
    RecordHead const& head(RecordIndex index) const { return heads_[index]; }
    trace::Event event(RecordIndex index) const;
    std::size_t bytes_used() const;

    /// The event at `index` when it is an `E`.
    template <typename E>
    std::optional<E> get(RecordIndex index) const
    {
        static_assert(std::is_trivially_copyable_v<E>);
        if (heads_[index].id != E::id)
            return std::nullopt;
        std::optional<E> event(std::in_place);
        std::span<std::byte const> const bytes = payload(heads_[index]);
        std::memcpy(static_cast<void*>(&*event), bytes.data(), bytes.size());
        return event;
    }

    /// The record of `vcpu` with this sequence number, or the last one before it, or none.
    RecordIndex find(std::uint8_t vcpu, std::uint64_t seq) const;

    /// Every record of one vCPU, in order.
    std::span<RecordIndex const> of_vcpu(std::uint8_t vcpu) const;

    static constexpr std::size_t default_limit = std::size_t{2} << 30;

private:
    static constexpr std::size_t page_bytes = std::size_t{1} << 18;

    std::span<std::byte const> payload(RecordHead const& head) const;
    void store(RecordHead& head, std::span<std::byte const> bytes);

    std::size_t byte_limit_;
    std::vector<RecordHead> heads_;
    std::vector<std::unique_ptr<std::byte[]>> pages_;
    std::size_t used_in_page_ = page_bytes;
    std::vector<std::vector<RecordIndex>> by_vcpu_;
};

} // namespace ringside::visualizer

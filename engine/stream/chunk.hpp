// Chunks being filled and chunks being read: a run of one vCPU's records that needs nothing before
// it to be understood.
//
// Host stamps live in a section of their own, behind the events, so that the event bytes of two
// runs can be compared. Where one chunk ends and the next begins does not show in the event bytes
// either.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/stream/format.hpp"
#include "engine/trace/codec.hpp"
#include "engine/trace/events.hpp"
#include "engine/trace/tracer.hpp"

struct ZSTD_CCtx_s; // NOLINT: zstd's own name, so that its header stays out of ours

namespace ringside::stream {

/// zstd at level 1, with the working memory it wants to keep.
class Compressor {
public:
    Compressor();
    /// The compressed bytes, or nothing when they would not be fewer.
    std::optional<std::vector<std::byte>> compress(std::span<std::byte const> bytes);

private:
    struct Free {
        void operator()(ZSTD_CCtx_s* context) const;
    };
    std::unique_ptr<ZSTD_CCtx_s, Free> context_;
};

struct Chunk {
    ChunkHeader header;
    std::vector<std::byte> bytes; ///< header and payload, as they are written
};

class ChunkBuilder {
public:
    explicit ChunkBuilder(std::uint8_t stream, std::uint64_t first_seq = 0)
        : stream_(stream), next_seq_(first_seq)
    {
    }

    bool empty() const { return header_.count == 0; }
    bool full() const { return events_.size() >= chunk_target || stamps_.size() >= chunk_target; }
    std::uint64_t next_seq() const { return next_seq_; }
    std::uint64_t last_time() const { return last_time_; }

    /// The next record of this stream; `host` counts only where an event carries a stamp.
    void append(trace::RawRecord const& record, std::optional<std::uint64_t> host);

    /// Records [next_seq(), to) are lost; nothing happens when there are none.
    void append_gap(std::uint64_t to, std::uint64_t time, trace::DropReason reason);

    /// Closes the chunk and begins the next one. `compressor` may be null.
    Chunk seal(DropCounters const& dropped, Compressor* compressor);

private:
    void add(trace::RawRecord const& record, std::uint64_t seqs);

    std::uint8_t stream_;
    std::uint64_t next_seq_;
    std::uint64_t last_time_ = 0;
    std::uint64_t last_stamp_ = 0;
    ChunkHeader header_;
    std::vector<std::byte> events_;
    std::vector<std::byte> stamps_;
};

/// The records of an events chunk. `payload` is what followed the header and may hold anything.
Result<std::vector<trace::Record>>
decode_chunk(ChunkHeader const& header, std::span<std::byte const> payload, trace::FieldRule rule);

/// The same without a list: hands each record to `action`, always in the same place, so that a
/// chunk costs no more memory than one record. When it fails, forget what `action` was handed.
Result<void> visit_chunk(ChunkHeader const& header, std::span<std::byte const> payload,
                         trace::FieldRule rule,
                         std::function<void(trace::Record const&)> const& action);

/// How strictly the events of a trace with this header must fit ours.
trace::FieldRule field_rule(FileHeader const& header);

/// A Dropped record for [first_seq, first_seq + count).
trace::Record dropped_record(std::uint8_t vcpu, std::uint64_t first_seq, std::uint64_t count,
                             std::uint64_t time, trace::DropReason reason);

} // namespace ringside::stream

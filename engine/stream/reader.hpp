// A recorded trace, opened for reading: chunk by chunk, or as a whole.
//
// A trace is hostile input. Every length is checked before it is used, and damage costs no more
// than the chunk it lies in: what is missing becomes a Dropped{unreadable} record, so that the
// sequence numbers of each vCPU still have no gaps.
//
// Not modelled: memory-mapping. Chunks are compressed, so they are copied anyway, and a mapped file
// that somebody cuts short kills its reader with SIGBUS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/stream/byte_source.hpp"
#include "engine/stream/chunk_index.hpp"
#include "engine/stream/format.hpp"
#include "engine/trace/events.hpp"

namespace ringside::stream {

class TraceReader {
public:
    static Result<TraceReader> open(std::filesystem::path const& path);
    /// The same for bytes in memory; `name` appears in messages.
    static Result<TraceReader> from_bytes(std::vector<std::byte> bytes, std::string name);

    FileHeader const& header() const { return header_; }

    std::size_t chunk_count() const { return chunks_.size(); }
    ChunkInfo const& chunk_info(std::size_t index) const { return chunks_[index]; }

    /// The records of one chunk in order. When `missing` is not 0, a Dropped record that covers the
    /// gap comes first. An error when the chunk is damaged: `unreadable()` then stands for it.
    Result<std::vector<trace::Record>> read_chunk(std::size_t index) const;

    /// The same, record by record: `action` is handed each in turn, always in the same place. When
    /// it fails, forget what `action` was handed. Several threads may do this at once.
    Result<void> visit_chunk(std::size_t index,
                             std::function<void(trace::Record const&)> const& action) const;

    /// The one Dropped record that takes the place of a chunk that cannot be read.
    trace::Record unreadable(std::size_t index) const;

    /// The loss counters as they stood when chunk `index` was closed.
    Result<DropCounters> dropped_until(std::size_t index) const;

    /// Records in all chunks, as their headers tell.
    std::uint64_t record_count() const { return record_count_; }

    /// True when the recorder finished the file and nothing is missing from it.
    bool complete() const { return problem_.empty(); }

    /// Why `complete()` is false, in one line; empty when it is true.
    std::string const& problem() const { return problem_; }

    /// Hands every record to `action`, in the order of (time, vCPU), each vCPU's own order kept,
    /// with one chunk of each vCPU in memory. `unreadable()` stands for damaged chunks; each adds a
    /// line to `problems` when that is not null.
    void for_each(std::function<void(trace::Record const&)> const& action,
                  std::vector<std::string>* problems = nullptr) const;

    /// The same as a list. Refused beyond `read_all_limit` records, which are more than two
    /// gigabytes of memory.
    Result<std::vector<trace::Record>> read_all(std::vector<std::string>* problems = nullptr) const;
    static constexpr std::uint64_t read_all_limit = 4'000'000;

private:
    TraceReader(ByteSource source, FileHeader header);
    static Result<TraceReader> from_source(ByteSource source);

    ByteSource source_;
    FileHeader header_;
    std::vector<ChunkInfo> chunks_;
    std::uint64_t record_count_ = 0;
    std::string problem_;
};

/// Opens `path` and reads all of it.
Result<std::vector<trace::Record>> read_all(std::filesystem::path const& path);

} // namespace ringside::stream

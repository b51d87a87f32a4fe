// The table of a trace's chunks: written behind the last chunk of a finished file, so that a large
// trace opens without touching most of it, and put together from the chunk headers when it is not
// there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/stream/byte_source.hpp"
#include "engine/stream/format.hpp"

namespace ringside::stream {

/// Where a chunk lies and what it covers, known without reading it.
struct ChunkInfo {
    std::uint64_t offset = 0; ///< of its header in the file
    std::uint64_t size = 0;   ///< header and payload
    std::uint8_t vcpu = 0;
    std::uint32_t count = 0; ///< records in it
    std::uint64_t first_seq = 0;
    std::uint64_t next_seq = 0; ///< behind its last record
    std::uint64_t t_begin = 0;  ///< virtual time of its first record
    std::uint64_t t_end = 0;    ///< and of its last
    std::uint64_t missing = 0;  ///< records lost to damage between the vCPU's chunk before and it
    bool operator==(ChunkInfo const&) const = default;
};

/// What the header of a chunk at `offset` says, with nothing missing before it.
ChunkInfo info_of(ChunkHeader const& header, std::uint64_t offset);

struct ChunkList {
    std::vector<ChunkInfo> chunks;
    std::string problem; ///< the first thing that was wrong, as one line; empty: nothing

    /// Appends a chunk and finds out what is missing before it. False, and nothing appended, when
    /// its sequence numbers were there already: two chunks cannot both be right.
    bool add(ChunkInfo info);

private:
    std::array<std::uint64_t, 256> next_seq_{};
};

/// Index chunk and trailer, to be written at `offset`.
std::vector<std::byte> index_bytes(std::vector<ChunkInfo> const& chunks, std::uint64_t offset);

/// The index at the end of the file, if there is a sound one.
Result<ChunkList> read_index(ByteSource const& source);

/// Goes from chunk header to chunk header; where one is damaged, to the next that is not.
Result<ChunkList> scan_chunks(ByteSource const& source);

} // namespace ringside::stream

// What somebody who missed a part of the stream must still be told: every definition and lifecycle
// record, and the latest keyframe. A viewer that comes late or reads too slowly and a file whose
// disk was full for a while are helped by the same chunks.
//
// Bounded: a guest that keeps defining things fills the store once; later definitions then reach
// only those who listen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "engine/stream/chunk.hpp"
#include "engine/stream/format.hpp"
#include "engine/trace/names.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::stream {

struct CatchUpChunk {
    Chunk chunk;
    std::uint64_t lost = 0; ///< how many records it tells as lost
};

class KeptRecords {
public:
    static constexpr std::size_t byte_limit = 1024 * 1024;

    /// Keeps the record if it is one to keep.
    void note(trace::RawRecord const& record, std::uint64_t seq);

    /// Takes a reader of `stream` from sequence number `from` to `to`: what is kept in between, and
    /// Dropped records with this reason for everything else.
    std::vector<CatchUpChunk> catch_up(std::uint8_t stream, std::uint64_t from, std::uint64_t to,
                                       trace::DropReason reason, DropCounters const& dropped) const;

private:
    struct Kept {
        std::uint8_t id = 0;
        trace::Category category = trace::Category::definition;
        std::uint64_t seq = 0;
        std::uint64_t time = 0;
        std::vector<std::byte> bytes;
    };
    struct Stream {
        std::vector<Kept> definitions; ///< and lifecycle, by seq
        std::vector<Kept> keyframe;    ///< the latest group of adjacent keyframe records
    };

    static std::vector<Kept const*> between(Stream const& stream, std::uint64_t from,
                                            std::uint64_t to);
    static void note_keyframe(Stream& stream, Kept kept);

    std::map<std::uint8_t, Stream> streams_;
    std::size_t bytes_ = 0;
};

} // namespace ringside::stream

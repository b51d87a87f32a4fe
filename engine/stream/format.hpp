// The bytes of a trace, in a file and on a socket alike: one file header, then chunks that stand on
// their own, then (in a finished file) an index chunk and a trailer.
//
//     file header | chunk header, events, host stamps | chunk ... | index chunk | trailer
//
// All numbers are little-endian. Every header carries a checksum of itself; a chunk's header also
// carries one of its payload. The records inside a chunk: engine/trace/codec.hpp.
//
// Not modelled: compression across chunks, which would save a little and cost every seek.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/trace/names.hpp"

namespace ringside::stream {

inline constexpr std::size_t category_count = 8;
using DropCounters = std::array<std::uint64_t, category_count>; ///< indexed by trace::Category

/// A chunk is closed when its records reach this many bytes.
inline constexpr std::size_t chunk_target = 64 * 1024;
/// No honest chunk is larger before compression; a reader refuses one that claims to be.
inline constexpr std::size_t chunk_limit = 128 * 1024;

/// No record is shorter: id, length and time take a byte each.
inline constexpr std::size_t shortest_record = 3;

/// How every chunk begins; what a reader looks for behind damage.
inline constexpr std::string_view chunk_magic = "RINGCHNK";

/// What a build without a feature must not try to read. None of these bits means "may be ignored".
enum class Feature : std::uint32_t {
    zstd = 1U << 0,        ///< chunks may be compressed with zstd
    host_stamps = 1U << 1, ///< chunks carry a section of host times
};

struct FileHeader {
    static constexpr std::size_t size = 64;

    std::uint16_t schema_major = 0;
    std::uint16_t schema_minor = 0;
    std::uint32_t features = 0;
    trace::BackendKind backend = trace::BackendKind::unicorn;
    trace::Clock clock = trace::Clock::exits;
    std::uint64_t schema_hash = 0;

    bool has(Feature feature) const
    {
        return (features & static_cast<std::uint32_t>(feature)) != 0;
    }
    bool operator==(FileHeader const&) const = default;
};

enum class ChunkKind : std::uint8_t { events = 1, index = 2 };
enum class Codec : std::uint8_t { none = 0, zstd = 1 };

struct ChunkHeader {
    static constexpr std::size_t size = 144;

    ChunkKind kind = ChunkKind::events;
    Codec codec = Codec::none;        ///< of the events; the stamps are never compressed
    std::uint8_t stream = 0;          ///< the vCPU
    std::uint32_t count = 0;          ///< records, Dropped ones included
    std::uint64_t first_seq = 0;      ///< of the first record
    std::uint64_t next_seq = 0;       ///< behind the last record: the next chunk's first_seq
    std::uint64_t base_time = 0;      ///< what the first record's time is counted from
    std::uint64_t t_begin = 0;        ///< time of the first record
    std::uint64_t t_end = 0;          ///< time of the last record
    DropCounters dropped{};           ///< in the ring, since the start, all vCPUs together
    std::uint32_t raw_length = 0;     ///< bytes of the events before compression
    std::uint32_t encoded_length = 0; ///< bytes of the events that follow the header
    std::uint32_t stamps_length = 0;  ///< bytes of the host stamps behind them
    std::uint32_t payload_crc = 0;    ///< of events and stamps as they are stored

    std::uint64_t payload_length() const { return std::uint64_t{encoded_length} + stamps_length; }
    bool operator==(ChunkHeader const&) const = default;
};

/// The last bytes of a finished file: where its index chunk begins.
struct Trailer {
    static constexpr std::size_t size = 24;
    std::uint64_t index_offset = 0;
};

/// What a new trace of this build says about itself.
FileHeader file_header(trace::BackendKind, trace::Clock);

/// Each appends exactly `size` bytes.
void write(FileHeader const&, std::vector<std::byte>& out);
void write(ChunkHeader const&, std::vector<std::byte>& out);
void write(Trailer const&, std::vector<std::byte>& out);

/// Each looks at the first `size` bytes and says what is wrong with them. A FileHeader is also
/// refused when this build cannot read what follows it.
Result<FileHeader> read_file_header(std::span<std::byte const>);
Result<ChunkHeader> read_chunk_header(std::span<std::byte const>);
Result<Trailer> read_trailer(std::span<std::byte const>);

} // namespace ringside::stream

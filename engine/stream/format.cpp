#include "engine/stream/format.hpp"

#include "engine/base/assert.hpp"
#include "engine/stream/crc32.hpp"
#include "engine/trace/bytes.hpp"
#include "engine/trace/events.hpp"
#include "engine/trace/schema.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

namespace ringside::stream {

namespace {

constexpr std::string_view file_magic = "RINGSIDE";
constexpr std::string_view trailer_magic = "RINGEND\n";
constexpr std::uint32_t byte_order_mark = 0x01020304;
constexpr std::uint32_t known_features =
    static_cast<std::uint32_t>(Feature::zstd) | static_cast<std::uint32_t>(Feature::host_stamps);

/// Fills one fixed-size header: a magic, what the caller writes, zeros, a checksum of it all.
template <typename Header, typename Body>
void write_sealed(std::string_view magic, std::vector<std::byte>& out, Body&& body)
{
    std::array<std::byte, Header::size> bytes{};
    trace::ByteWriter writer(bytes.data());
    writer.raw(magic.data(), magic.size());
    body(writer);
    ASSERT(writer.position() <= bytes.data() + Header::size - 4);
    trace::ByteWriter seal(bytes.data() + Header::size - 4);
    seal.little_endian(crc32(std::span(bytes).first(Header::size - 4)), 4);
    out.insert(out.end(), bytes.begin(), bytes.end());
}

bool starts_with(std::span<std::byte const> bytes, std::string_view magic)
{
    return bytes.size() >= magic.size() &&
           std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

template <typename Header>
bool is_sealed(std::span<std::byte const> bytes)
{
    trace::ByteReader seal(bytes.subspan(Header::size - 4, 4));
    return seal.little_endian(4) == crc32(bytes.first(Header::size - 4));
}

/// A reader for what stands between the magic and the checksum.
template <typename Header>
Result<trace::ByteReader> open_sealed(std::span<std::byte const> bytes, std::string_view magic,
                                      std::string_view what)
{
    std::string const name(what);
    if (bytes.size() < Header::size)
        return fail(Blame::input, name + " is cut off");
    if (!starts_with(bytes, magic))
        return fail(Blame::input, name + " does not begin as it must");
    if (!is_sealed<Header>(bytes))
        return fail(Blame::input, name + " is damaged (its checksum does not fit)");
    return trace::ByteReader(bytes.subspan(magic.size(), Header::size - magic.size() - 4));
}

std::string version(std::uint16_t major, std::uint16_t minor)
{
    return std::to_string(major) + "." + std::to_string(minor);
}

Result<void> check_readable(FileHeader const& header)
{
    std::string const theirs = version(header.schema_major, header.schema_minor);
    std::string const ours = version(trace::schema_major, trace::schema_minor);
    if (header.schema_major != trace::schema_major)
        return fail(Blame::input, "it has schema " + theirs + " and this build reads " + ours +
                                      "; open it with the version of Ringside that wrote it");
    if ((header.features & ~known_features) != 0)
        return fail(Blame::input, "it uses features this build does not know; open it with a "
                                  "newer version of Ringside");
    if (theirs == ours && header.schema_hash != trace::schema_hash())
        return fail(Blame::input, "it has schema " + theirs +
                                      " as this build does, but other events: it comes from "
                                      "another state of the source; record it again");
    return {};
}

Result<void> check_lengths(ChunkHeader const& header)
{
    bool const is_index = header.kind == ChunkKind::index;
    bool const plain_fits =
        header.codec != Codec::none || header.raw_length == header.encoded_length;
    bool const small = header.raw_length <= chunk_limit && header.encoded_length <= chunk_limit &&
                       header.stamps_length <= chunk_limit;
    bool const codec_known = header.codec == Codec::none || header.codec == Codec::zstd;
    bool const count_fits = header.count <= header.raw_length / shortest_record;
    bool const span_fits = count_fits && header.next_seq >= header.first_seq &&
                           header.next_seq - header.first_seq >= header.count;
    if (!codec_known || !plain_fits || (!small && !is_index) || (!span_fits && !is_index))
        return fail(Blame::input, "a chunk's header contradicts itself");
    return {};
}

} // namespace

FileHeader file_header(trace::BackendKind backend, trace::Clock clock)
{
    FileHeader header;
    header.schema_major = trace::schema_major;
    header.schema_minor = trace::schema_minor;
    header.backend = backend;
    header.clock = clock;
    header.schema_hash = trace::schema_hash();
    return header;
}

void write(FileHeader const& header, std::vector<std::byte>& out)
{
    write_sealed<FileHeader>(file_magic, out, [&](trace::ByteWriter& writer) {
        writer.little_endian(header.schema_major, 2);
        writer.little_endian(header.schema_minor, 2);
        writer.little_endian(byte_order_mark, 4);
        writer.little_endian(header.features, 4);
        writer.byte(static_cast<std::uint8_t>(header.backend));
        writer.byte(static_cast<std::uint8_t>(header.clock));
        writer.little_endian(0, 2);
        writer.little_endian(header.schema_hash, 8);
    });
}

void write(ChunkHeader const& header, std::vector<std::byte>& out)
{
    write_sealed<ChunkHeader>(chunk_magic, out, [&](trace::ByteWriter& writer) {
        writer.byte(static_cast<std::uint8_t>(header.kind));
        writer.byte(static_cast<std::uint8_t>(header.codec));
        writer.byte(header.stream);
        writer.byte(0);
        writer.little_endian(header.count, 4);
        for (std::uint64_t value :
             {header.first_seq, header.next_seq, header.base_time, header.t_begin, header.t_end})
            writer.little_endian(value, 8);
        for (std::uint64_t value : header.dropped)
            writer.little_endian(value, 8);
        for (std::uint32_t value :
             {header.raw_length, header.encoded_length, header.stamps_length, header.payload_crc})
            writer.little_endian(value, 4);
    });
}

void write(Trailer const& trailer, std::vector<std::byte>& out)
{
    write_sealed<Trailer>(trailer_magic, out, [&](trace::ByteWriter& writer) {
        writer.little_endian(trailer.index_offset, 8);
    });
}

Result<FileHeader> read_file_header(std::span<std::byte const> bytes)
{
    if (bytes.empty())
        return fail(Blame::input, "it is empty");
    if (!starts_with(bytes, file_magic.substr(0, std::min(bytes.size(), file_magic.size()))))
        return fail(Blame::input, "it is not a Ringside trace");
    trace::ByteReader reader = TRY(open_sealed<FileHeader>(bytes, file_magic, "the file's header"));
    FileHeader header;
    header.schema_major = static_cast<std::uint16_t>(reader.little_endian(2));
    header.schema_minor = static_cast<std::uint16_t>(reader.little_endian(2));
    if (reader.little_endian(4) != byte_order_mark)
        return fail(Blame::input, "its numbers are not little-endian");
    header.features = static_cast<std::uint32_t>(reader.little_endian(4));
    header.backend = static_cast<trace::BackendKind>(reader.byte());
    header.clock = static_cast<trace::Clock>(reader.byte());
    reader.little_endian(2);
    header.schema_hash = reader.little_endian(8);
    TRY(check_readable(header));
    return header;
}

Result<ChunkHeader> read_chunk_header(std::span<std::byte const> bytes)
{
    trace::ByteReader reader =
        TRY(open_sealed<ChunkHeader>(bytes, chunk_magic, "a chunk's header"));
    ChunkHeader header;
    header.kind = static_cast<ChunkKind>(reader.byte());
    header.codec = static_cast<Codec>(reader.byte());
    header.stream = reader.byte();
    reader.byte();
    header.count = static_cast<std::uint32_t>(reader.little_endian(4));
    for (std::uint64_t* value :
         {&header.first_seq, &header.next_seq, &header.base_time, &header.t_begin, &header.t_end})
        *value = reader.little_endian(8);
    for (std::uint64_t& value : header.dropped)
        value = reader.little_endian(8);
    for (std::uint32_t* value :
         {&header.raw_length, &header.encoded_length, &header.stamps_length, &header.payload_crc})
        *value = static_cast<std::uint32_t>(reader.little_endian(4));
    TRY(check_lengths(header));
    return header;
}

Result<Trailer> read_trailer(std::span<std::byte const> bytes)
{
    trace::ByteReader reader = TRY(open_sealed<Trailer>(bytes, trailer_magic, "the trailer"));
    return Trailer{reader.little_endian(8)};
}

} // namespace ringside::stream

#include "engine/stream/chunk_index.hpp"

#include "engine/stream/crc32.hpp"
#include "engine/trace/bytes.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <utility>

namespace ringside::stream {

namespace {

constexpr std::size_t entry_size = 56;
constexpr std::uint64_t largest_chunk = ChunkHeader::size + 2 * chunk_limit;

void write_entry(trace::ByteWriter& out, ChunkInfo const& info)
{
    for (std::uint64_t value :
         {info.offset, info.first_seq, info.next_seq, info.t_begin, info.t_end})
        out.little_endian(value, 8);
    out.little_endian(info.size, 4);
    out.little_endian(info.count, 4);
    out.little_endian(info.vcpu, 8); // a whole word: it leaves room and keeps entries aligned
}

ChunkInfo read_entry(trace::ByteReader& in)
{
    ChunkInfo info;
    for (std::uint64_t* value :
         {&info.offset, &info.first_seq, &info.next_seq, &info.t_begin, &info.t_end})
        *value = in.little_endian(8);
    info.size = in.little_endian(4);
    info.count = static_cast<std::uint32_t>(in.little_endian(4));
    info.vcpu = static_cast<std::uint8_t>(in.little_endian(8));
    return info;
}

tl::unexpected<Error> bad_index()
{
    return fail(Blame::input, "its index is damaged");
}

/// The index chunk's payload, checked against its header.
Result<std::vector<std::byte>> index_payload(ByteSource const& source)
{
    if (source.size() < FileHeader::size + ChunkHeader::size + Trailer::size)
        return fail(Blame::input, "it has no index");
    std::uint64_t const trailer_at = source.size() - Trailer::size;
    Result<Trailer> const trailer = read_trailer(TRY(source.read(trailer_at, Trailer::size)));
    if (!trailer)
        return fail(Blame::input, "it has no index");
    std::uint64_t const index_at = trailer->index_offset;
    if (index_at > trailer_at - ChunkHeader::size)
        return bad_index();
    std::vector<std::byte> const bytes = TRY(source.read(index_at, trailer_at - index_at));
    ChunkHeader const header = TRY(read_chunk_header(bytes));
    std::span<std::byte const> const payload = std::span(bytes).subspan(ChunkHeader::size);
    bool const fits = header.kind == ChunkKind::index && header.codec == Codec::none &&
                      header.payload_length() == payload.size() &&
                      std::uint64_t{header.count} * entry_size == payload.size();
    if (!fits || crc32(payload) != header.payload_crc)
        return bad_index();
    return std::vector<std::byte>(payload.begin(), payload.end());
}

/// The header of a chunk that lies wholly inside the file.
std::optional<ChunkHeader> whole_chunk(ByteSource const& source, std::uint64_t offset,
                                       std::span<std::byte const> bytes)
{
    Result<ChunkHeader> const header = read_chunk_header(bytes);
    if (!header || header->payload_length() > source.size() - offset - ChunkHeader::size)
        return std::nullopt;
    return *header;
}

/// Where the next sound chunk begins, at or behind `offset`; the file's size when nowhere.
Result<std::uint64_t> find_chunk(ByteSource const& source, std::uint64_t offset)
{
    constexpr std::uint64_t block = 64 * 1024;
    auto const same = [](std::byte byte, char character) {
        return std::to_integer<char>(byte) == character;
    };
    for (; offset < source.size(); offset += block) {
        // Enough to see the whole header of a chunk that begins in this block.
        std::vector<std::byte> const bytes =
            TRY(source.read(offset, block + ChunkHeader::size - 1));
        auto at = bytes.begin();
        while ((at = std::search(at, bytes.end(), chunk_magic.begin(), chunk_magic.end(), same)) !=
               bytes.end()) {
            auto const position = static_cast<std::size_t>(at - bytes.begin());
            if (whole_chunk(source, offset + position, std::span(bytes).subspan(position)))
                return offset + position;
            ++at;
        }
    }
    return source.size();
}

} // namespace

ChunkInfo info_of(ChunkHeader const& header, std::uint64_t offset)
{
    return ChunkInfo{offset,
                     ChunkHeader::size + header.payload_length(),
                     header.stream,
                     header.count,
                     header.first_seq,
                     header.next_seq,
                     header.t_begin,
                     header.t_end,
                     0};
}

bool ChunkList::add(ChunkInfo info)
{
    std::uint64_t& expected = next_seq_[info.vcpu];
    if (info.first_seq < expected)
        return false;
    info.missing = info.first_seq - expected;
    if (info.missing != 0 && problem.empty())
        problem = std::to_string(info.missing) + " records before number " +
                  std::to_string(info.first_seq) + " of vCPU " + std::to_string(info.vcpu) +
                  " are missing";
    expected = info.next_seq;
    chunks.push_back(info);
    return true;
}

std::vector<std::byte> index_bytes(std::vector<ChunkInfo> const& chunks, std::uint64_t offset)
{
    std::vector<std::byte> payload(chunks.size() * entry_size);
    trace::ByteWriter writer(payload.data());
    for (ChunkInfo const& info : chunks)
        write_entry(writer, info);

    ChunkHeader header;
    header.kind = ChunkKind::index;
    header.count = static_cast<std::uint32_t>(chunks.size());
    header.raw_length = static_cast<std::uint32_t>(payload.size());
    header.encoded_length = header.raw_length;
    header.payload_crc = crc32(payload);
    std::vector<std::byte> out;
    write(header, out);
    out.insert(out.end(), payload.begin(), payload.end());
    write(Trailer{offset}, out);
    return out;
}

Result<ChunkList> read_index(ByteSource const& source)
{
    std::vector<std::byte> const payload = TRY(index_payload(source));
    trace::ByteReader reader(payload);
    ChunkList list;
    std::uint64_t end = FileHeader::size; // of what is accounted for
    std::uint64_t const limit = source.size() - Trailer::size - ChunkHeader::size - payload.size();
    while (reader.left() != 0) {
        ChunkInfo const info = read_entry(reader);
        bool const inside = info.offset >= end && info.offset <= limit &&
                            info.size >= ChunkHeader::size && info.size <= largest_chunk &&
                            info.size <= limit - info.offset;
        if (!inside || info.count > chunk_limit / shortest_record ||
            info.next_seq < info.first_seq || !list.add(info))
            return bad_index();
        end = info.offset + info.size;
    }
    return list;
}

Result<ChunkList> scan_chunks(ByteSource const& source)
{
    ChunkList list;
    std::uint64_t offset = FileHeader::size;
    while (offset < source.size()) {
        std::vector<std::byte> const bytes = TRY(source.read(offset, ChunkHeader::size));
        std::optional<ChunkHeader> const header = whole_chunk(source, offset, bytes);
        bool const taken =
            header && (header->kind != ChunkKind::events || list.add(info_of(*header, offset)));
        if (taken) { // kinds we do not know are stepped over: a newer version's, not damage
            offset += ChunkHeader::size + header->payload_length();
            continue;
        }
        std::uint64_t const next = TRY(find_chunk(source, offset + 1));
        bool const is_tail = next == source.size(); // cut off, or an index that is not sound
        if (list.problem.empty() && !is_tail)
            list.problem = "it is damaged at byte " + std::to_string(offset);
        offset = next;
    }
    return list;
}

} // namespace ringside::stream

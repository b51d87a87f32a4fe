#include "engine/stream/chunk.hpp"

#include "engine/base/assert.hpp"
#include "engine/stream/crc32.hpp"
#include "engine/stream/host_clock.hpp"
#include "engine/trace/bytes.hpp"
#include "engine/trace/raw_record.hpp"

#include <zstd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace ringside::stream {

Compressor::Compressor() : context_(ZSTD_createCCtx()) {}

void Compressor::Free::operator()(ZSTD_CCtx_s* context) const
{
    ZSTD_freeCCtx(context);
}

std::optional<std::vector<std::byte>> Compressor::compress(std::span<std::byte const> bytes)
{
    constexpr int fastest_standard_level = 1;
    std::vector<std::byte> packed(bytes.size());
    std::size_t const size = ZSTD_compressCCtx(context_.get(), packed.data(), packed.size(),
                                               bytes.data(), bytes.size(), fastest_standard_level);
    if (ZSTD_isError(size) != 0) // most often: it did not fit, so it is not worth it
        return std::nullopt;
    packed.resize(size);
    return packed;
}

void ChunkBuilder::append(trace::RawRecord const& record, std::optional<std::uint64_t> host)
{
    add(record, 1);
    if (!host || !carries_host_stamp(record.id))
        return;
    std::size_t const before = stamps_.size();
    stamps_.resize(before + trace::longest_varint);
    trace::ByteWriter writer(stamps_.data() + before);
    writer.varint(*host - last_stamp_);
    stamps_.resize(static_cast<std::size_t>(writer.position() - stamps_.data()));
    last_stamp_ = *host;
}

void ChunkBuilder::append_gap(std::uint64_t to, std::uint64_t time, trace::DropReason reason)
{
    if (to == next_seq_)
        return;
    ASSERT(to > next_seq_);
    trace::Dropped const dropped{next_seq_, to - next_seq_, reason};
    add(trace::raw_record(dropped, stream_, time), dropped.count);
}

void ChunkBuilder::add(trace::RawRecord const& record, std::uint64_t seqs)
{
    if (empty()) {
        header_.first_seq = next_seq_;
        header_.base_time = last_time_;
        header_.t_begin = record.time;
    }
    trace::encode(record, last_time_, events_);
    last_time_ = record.time;
    next_seq_ += seqs;
    ++header_.count;
}

Chunk ChunkBuilder::seal(DropCounters const& dropped, Compressor* compressor)
{
    ASSERT(!empty());
    std::optional<std::vector<std::byte>> packed;
    if (compressor != nullptr)
        packed = compressor->compress(events_);
    std::vector<std::byte> payload = packed ? std::move(*packed) : events_;

    Chunk chunk{header_, {}};
    chunk.header.codec = packed ? Codec::zstd : Codec::none;
    chunk.header.stream = stream_;
    chunk.header.next_seq = next_seq_;
    chunk.header.t_end = last_time_;
    chunk.header.dropped = dropped;
    chunk.header.raw_length = static_cast<std::uint32_t>(events_.size());
    chunk.header.encoded_length = static_cast<std::uint32_t>(payload.size());
    chunk.header.stamps_length = static_cast<std::uint32_t>(stamps_.size());
    payload.insert(payload.end(), stamps_.begin(), stamps_.end());
    chunk.header.payload_crc = crc32(payload);
    chunk.bytes.reserve(ChunkHeader::size + payload.size());
    write(chunk.header, chunk.bytes);
    chunk.bytes.insert(chunk.bytes.end(), payload.begin(), payload.end());

    header_ = {};
    events_.clear();
    stamps_.clear();
    last_stamp_ = 0; // a chunk's first stamp is absolute: chunks stand on their own
    return chunk;
}

namespace {

tl::unexpected<Error> damaged(std::string const& what)
{
    return fail(Blame::input, "a chunk is damaged: " + what);
}

Result<std::vector<std::byte>> unpack(ChunkHeader const& header, std::span<std::byte const> packed)
{
    std::vector<std::byte> bytes(header.raw_length);
    std::size_t const size =
        ZSTD_decompress(bytes.data(), bytes.size(), packed.data(), packed.size());
    if (ZSTD_isError(size) != 0 || size != bytes.size())
        return damaged("its compressed events do not unpack");
    return bytes;
}

/// Turns decoded records back into numbered, timed ones.
class ChunkReader {
public:
    ChunkReader(ChunkHeader const& header, std::span<std::byte const> stamps)
        : header_(header),
          stamps_(stamps),
          has_stamps_(!stamps.empty()),
          seq_(header.first_seq),
          time_(header.base_time)
    {
    }

    /// Writes into `record` in place: events are half a kilobyte, and there are millions of them.
    Result<void> next(std::span<std::byte const>& events, trace::FieldRule rule,
                      trace::Record& record)
    {
        trace::Decoded const decoded = TRY(trace::decode(events, rule, record.event));
        time_ += decoded.time_delta;
        record.seq = seq_;
        record.vcpu = header_.stream;
        record.time = time_;
        if (has_stamps_ && carries_host_stamp(decoded.id))
            record.host = host_ += stamps_.varint();
        if (!decoded.known) // a newer version's: we know where it stood, not what it said
            record.event = trace::Dropped{seq_, 1, trace::DropReason::unreadable};
        return advance(record.event);
    }

    Result<void> check_end(std::span<std::byte const> events) const
    {
        if (!events.empty() || stamps_.left() != 0 || !stamps_.ok())
            return damaged("its records do not fill it");
        if (seq_ != header_.next_seq || time_ != header_.t_end)
            return damaged("its records do not fit its header");
        return {};
    }

private:
    Result<void> advance(trace::Event const& event)
    {
        std::uint64_t covered = 1;
        if (auto const* dropped = std::get_if<trace::Dropped>(&event)) {
            if (dropped->first_seq != seq_ || dropped->count == 0)
                return damaged("a loss is told in the wrong place");
            covered = dropped->count;
        }
        if (covered > header_.next_seq - seq_)
            return damaged("it holds more records than its header says");
        seq_ += covered;
        return {};
    }

    ChunkHeader const& header_;
    trace::ByteReader stamps_;
    bool has_stamps_;
    std::uint64_t seq_;
    std::uint64_t time_;
    std::uint64_t host_ = 0;
};

} // namespace

Result<void> visit_chunk(ChunkHeader const& header, std::span<std::byte const> payload,
                         trace::FieldRule rule,
                         std::function<void(trace::Record const&)> const& action)
{
    if (payload.size() != header.payload_length() || crc32(payload) != header.payload_crc)
        return damaged("its checksum does not fit");
    std::span<std::byte const> events = payload.first(header.encoded_length);
    std::vector<std::byte> unpacked;
    if (header.codec == Codec::zstd) {
        unpacked = TRY(unpack(header, events));
        events = unpacked;
    }

    if (header.count > events.size() / shortest_record)
        return damaged("it is too short for its records");
    ChunkReader reader(header, payload.subspan(header.encoded_length));
    trace::Record record;
    for (std::uint32_t index = 0; index < header.count; ++index) {
        record.host = 0;
        TRY(reader.next(events, rule, record));
        action(record);
    }
    return reader.check_end(events);
}

Result<std::vector<trace::Record>>
decode_chunk(ChunkHeader const& header, std::span<std::byte const> payload, trace::FieldRule rule)
{
    std::vector<trace::Record> records;
    TRY(visit_chunk(header, payload, rule,
                    [&](trace::Record const& record) { records.push_back(record); }));
    return records;
}

trace::FieldRule field_rule(FileHeader const& header)
{
    return header.schema_minor == trace::schema_minor ? trace::FieldRule::exact
                                                      : trace::FieldRule::other_minor;
}

trace::Record dropped_record(std::uint8_t vcpu, std::uint64_t first_seq, std::uint64_t count,
                             std::uint64_t time, trace::DropReason reason)
{
    return trace::Record{first_seq, vcpu, time, 0, trace::Dropped{first_seq, count, reason}};
}

} // namespace ringside::stream

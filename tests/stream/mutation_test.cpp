// Damage of every kind, thousands of times, always the same: the reader never crashes, never takes
// memory it has no reason for, and what it gives has no gaps. With the address sanitizer this is the
// deterministic half of fuzzing; tests/fuzz is the other.

#include "engine/stream/crc32.hpp"
#include "engine/stream/reader.hpp"
#include "tests/catch.hpp"
#include "tests/stream/sample_trace.hpp"
#include "tests/trace/random_events.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

using namespace ringside;
using namespace ringside::stream;

namespace {

using Bytes = std::vector<std::byte>;

void flip_some(Bytes& bytes, trace::RandomEvents& random)
{
    for (std::uint64_t count = 1 + random.below(8); count != 0; --count)
        bytes[random.below(bytes.size())] = static_cast<std::byte>(random.number());
}

void move_a_piece(Bytes& bytes, trace::RandomEvents& random)
{
    std::uint64_t const size = 1 + random.below(bytes.size() / 2);
    std::uint64_t const from = random.below(bytes.size() - size);
    std::uint64_t const to = random.below(bytes.size() - size);
    Bytes const piece(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                      bytes.begin() + static_cast<std::ptrdiff_t>(from + size));
    std::copy(piece.begin(), piece.end(), bytes.begin() + static_cast<std::ptrdiff_t>(to));
}

void cut(Bytes& bytes, trace::RandomEvents& random)
{
    bytes.resize(1 + random.below(bytes.size()));
}

void repeat_the_end(Bytes& bytes, trace::RandomEvents& random)
{
    Bytes const tail(bytes.begin() + static_cast<std::ptrdiff_t>(random.below(bytes.size())),
                     bytes.end());
    bytes.insert(bytes.end(), tail.begin(), tail.end());
}

/// What bit rot does not do and a liar does: makes the checksums of a chunk fit again.
void reseal(Bytes& bytes, std::size_t offset)
{
    if (offset + ChunkHeader::size > bytes.size())
        return;
    auto const put = [&](std::size_t at, std::uint32_t value) {
        for (std::size_t index = 0; index < 4; ++index)
            bytes[at + index] = static_cast<std::byte>(value >> (8 * index));
    };
    std::span<std::byte const> const header = std::span(bytes).subspan(offset, ChunkHeader::size);
    put(offset + ChunkHeader::size - 4, crc32(header.first(ChunkHeader::size - 4)));
    Result<ChunkHeader> const told = read_chunk_header(header);
    if (!told || offset + ChunkHeader::size + told->payload_length() > bytes.size())
        return;
    std::span<std::byte const> const payload = std::span(bytes).subspan(
        offset + ChunkHeader::size, static_cast<std::size_t>(told->payload_length()));
    constexpr std::size_t payload_crc = 132; // its place in the header
    put(offset + payload_crc, crc32(payload));
    put(offset + ChunkHeader::size - 4, crc32(header.first(ChunkHeader::size - 4)));
}

void check_reading(Bytes bytes)
{
    Result<TraceReader> const reader = TraceReader::from_bytes(std::move(bytes), "mutant");
    if (!reader) {
        CHECK_FALSE(reader.error().text.empty());
        return;
    }
    Result<std::vector<trace::Record>> const records = reader->read_all();
    REQUIRE(records);
    CHECK(without_gaps(*records));
}

} // namespace

TEST_CASE("a mutated trace is read or refused, and what is read has no gaps")
{
    trace::RandomEvents random(10);
    for (Codec codec : {Codec::none, Codec::zstd}) {
        SampleTrace const sample = sample_trace(codec);
        for (int round = 0; round < 2000; ++round) {
            Bytes bytes = sample.bytes;
            for (std::uint64_t step = 1 + random.below(3); step != 0; --step)
                switch (random.below(4)) {
                case 0:
                    flip_some(bytes, random);
                    break;
                case 1:
                    move_a_piece(bytes, random);
                    break;
                case 2:
                    cut(bytes, random);
                    break;
                default:
                    repeat_the_end(bytes, random);
                }
            check_reading(std::move(bytes));
        }
    }
}

TEST_CASE("a trace that lies with fitting checksums is read or refused all the same")
{
    trace::RandomEvents random(11);
    for (Codec codec : {Codec::none, Codec::zstd}) {
        SampleTrace const sample = sample_trace(codec);
        for (int round = 0; round < 4000; ++round) {
            Bytes bytes = sample.bytes;
            std::size_t const chunk = sample.chunk_offsets[random.below(6)];
            std::uint64_t const reach = random.below(2) == 0 ? ChunkHeader::size : 700;
            for (std::uint64_t count = 1 + random.below(4); count != 0; --count)
                bytes[std::min(chunk + random.below(reach), bytes.size() - 1)] =
                    static_cast<std::byte>(random.number());
            if (random.below(2) == 0)
                bytes.resize(sample.index_offset); // so that headers are believed, not the index
            reseal(bytes, chunk);
            check_reading(std::move(bytes));
        }
    }
}

TEST_CASE("bytes that were never a trace are refused")
{
    trace::RandomEvents random(12);
    for (int round = 0; round < 500; ++round) {
        Bytes bytes(random.below(400));
        for (std::byte& byte : bytes)
            byte = static_cast<std::byte>(random.number());
        CHECK_FALSE(TraceReader::from_bytes(bytes, "noise"));
        SampleTrace sample; // noise behind a sound header
        write(file_header(trace::BackendKind::kvm, trace::Clock::host), sample.bytes);
        sample.bytes.insert(sample.bytes.end(), bytes.begin(), bytes.end());
        check_reading(std::move(sample.bytes));
    }
}

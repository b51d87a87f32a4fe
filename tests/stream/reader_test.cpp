// Opening traces: whole ones, unfinished ones, damaged ones, foreign ones.

#include "engine/stream/chunk_index.hpp"
#include "engine/stream/crc32.hpp"
#include "engine/stream/reader.hpp"
#include "tests/catch.hpp"
#include "tests/stream/sample_trace.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace ringside;
using namespace ringside::stream;

namespace {

Result<TraceReader> opened(std::vector<std::byte> bytes)
{
    return TraceReader::from_bytes(std::move(bytes), "sample.ring");
}

std::vector<std::byte> first(std::vector<std::byte> bytes, std::size_t size)
{
    bytes.resize(size);
    return bytes;
}

/// Changes bytes of a sealed header and seals it again, as a hostile writer would.
void reseal(std::vector<std::byte>& bytes, std::size_t offset, std::size_t size)
{
    std::uint32_t const crc = crc32(std::span(bytes).subspan(offset, size - 4));
    for (std::size_t index = 0; index < 4; ++index)
        bytes[offset + size - 4 + index] = static_cast<std::byte>(crc >> (8 * index));
}

std::string refusal(std::vector<std::byte> bytes)
{
    Result<TraceReader> const reader = opened(std::move(bytes));
    return reader ? "" : reader.error().text;
}

bool contains(std::string const& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("a finished trace is read as it was written, compressed or not")
{
    for (Codec codec : {Codec::none, Codec::zstd}) {
        SampleTrace const sample = sample_trace(codec);
        Result<TraceReader> const reader = opened(sample.bytes);
        REQUIRE(reader);
        CHECK(reader->complete());
        CHECK(reader->problem().empty());
        CHECK(reader->chunk_count() == 6);
        CHECK(reader->record_count() == sample.records.size());
        Result<std::vector<trace::Record>> const records = reader->read_all();
        REQUIRE(records);
        CHECK(same_events(*records, sample.records));
    }
}

TEST_CASE("beginnings and ends of exits carry host stamps, other events none")
{
    SampleTrace const sample = sample_trace(Codec::none);
    Result<TraceReader> const reader = opened(sample.bytes);
    REQUIRE(reader);
    std::vector<trace::Record> const records = *reader->read_all();
    for (trace::Record const& record : records) {
        bool const stamped = std::holds_alternative<trace::ExitBegin>(record.event) ||
                             std::holds_alternative<trace::ExitEnd>(record.event);
        CHECK(record.host == (stamped ? 1000 + record.time : 0));
    }
}

TEST_CASE("a chunk's place and extent are known without reading it")
{
    SampleTrace const sample = sample_trace(Codec::zstd);
    Result<TraceReader> const reader = opened(sample.bytes);
    REQUIRE(reader);
    for (std::size_t index = 0; index < reader->chunk_count(); ++index) {
        ChunkInfo const& info = reader->chunk_info(index);
        std::vector<trace::Record> const records = *reader->read_chunk(index);
        CHECK(info.offset == sample.chunk_offsets[index]);
        CHECK(info.count == records.size());
        CHECK(info.first_seq == records.front().seq);
        CHECK(info.next_seq == records.back().seq + 1);
        CHECK(info.t_begin == records.front().time);
        CHECK(info.t_end == records.back().time);
        CHECK(info.missing == 0);
    }
}

TEST_CASE("without its index, a trace has the same chunks")
{
    SampleTrace const sample = sample_trace(Codec::zstd);
    Result<TraceReader> const whole = opened(sample.bytes);
    Result<TraceReader> const cut = opened(first(sample.bytes, sample.index_offset));
    REQUIRE(whole);
    REQUIRE(cut);
    CHECK_FALSE(cut->complete());
    CHECK(contains(cut->problem(), "it has no index"));
    REQUIRE(cut->chunk_count() == whole->chunk_count());
    for (std::size_t index = 0; index < whole->chunk_count(); ++index)
        CHECK(cut->chunk_info(index) == whole->chunk_info(index));
}

TEST_CASE("a trace cut off at any byte gives the records before the cut, or says what is wrong")
{
    SampleTrace const sample = sample_trace(Codec::zstd);
    for (std::size_t size = 0; size < sample.bytes.size(); ++size) {
        Result<TraceReader> const reader = opened(first(sample.bytes, size));
        CHECK(reader.has_value() == (size >= FileHeader::size));
        if (!reader)
            continue;
        CHECK_FALSE(reader->complete());
        CHECK_FALSE(reader->problem().empty());
        std::vector<trace::Record> const records = *reader->read_all();
        CHECK(without_gaps(records));
        CHECK(balance(records).dropped == 0);
        CHECK(records.size() == reader->record_count());
    }
}

TEST_CASE("a flipped bit anywhere is noticed, and costs no more than one chunk")
{
    SampleTrace const sample = sample_trace(Codec::zstd);
    Result<TraceReader> const whole = opened(sample.bytes);
    REQUIRE(whole);
    std::uint64_t largest_chunk = 0;
    for (std::size_t index = 0; index < whole->chunk_count(); ++index)
        largest_chunk = std::max<std::uint64_t>(largest_chunk, whole->chunk_info(index).count);
    for (std::size_t position = 0; position < sample.bytes.size(); ++position) {
        std::vector<std::byte> bytes = sample.bytes;
        bytes[position] ^= static_cast<std::byte>(1U << (position % 8));
        Result<TraceReader> const reader = opened(bytes);
        CHECK(reader.has_value() == (position >= FileHeader::size));
        if (!reader)
            continue;
        std::vector<std::string> problems;
        std::vector<trace::Record> const records = *reader->read_all(&problems);
        CHECK((!problems.empty() || !reader->complete()));
        CHECK(without_gaps(records));
        CHECK(balance(records).delivered + largest_chunk >= sample.records.size());
    }
}

TEST_CASE("a damaged chunk is one Dropped record and one line of explanation")
{
    SampleTrace const sample = sample_trace(Codec::zstd);
    std::vector<std::byte> bytes = sample.bytes;
    bytes[sample.chunk_offsets[2] + ChunkHeader::size + 5] ^= std::byte{0x10};
    Result<TraceReader> const reader = opened(bytes);
    REQUIRE(reader);
    CHECK(reader->complete()); // nobody has looked yet
    CHECK_FALSE(reader->read_chunk(2));

    std::vector<std::string> problems;
    std::vector<trace::Record> const records = *reader->read_all(&problems);
    REQUIRE(problems.size() == 1);
    CHECK(contains(problems[0], "sample.ring"));
    CHECK(contains(problems[0], "its checksum does not fit"));
    ChunkInfo const& lost = reader->chunk_info(2);
    CHECK(balance(records).dropped == lost.next_seq - lost.first_seq);
    CHECK(without_gaps(records));
    CHECK(std::get<trace::Dropped>(reader->unreadable(2).event).reason ==
          trace::DropReason::unreadable);
}

TEST_CASE("a damaged chunk header without an index is a gap before the vCPU's next chunk")
{
    SampleTrace const sample = sample_trace(Codec::zstd);
    std::vector<std::byte> bytes = first(sample.bytes, sample.index_offset);
    bytes[sample.chunk_offsets[2] + 20] ^= std::byte{1};
    Result<TraceReader> const reader = opened(bytes);
    REQUIRE(reader);
    CHECK(reader->chunk_count() == 5);
    CHECK(
        contains(reader->problem(), "damaged at byte " + std::to_string(sample.chunk_offsets[2])));
    std::vector<trace::Record> const records = *reader->read_all();
    CHECK(without_gaps(records));
    CHECK(balance(records).delivered + balance(records).dropped == sample.records.size());
}

TEST_CASE("what is no trace is refused in words")
{
    SampleTrace const sample = sample_trace(Codec::none);
    CHECK(contains(refusal({}), "it is empty"));
    CHECK(contains(refusal(std::vector<std::byte>(1000, std::byte{0x7f})),
                   "it is not a Ringside trace"));
    CHECK(
        contains(refusal(std::vector<std::byte>(3, std::byte{'R'})), "it is not a Ringside trace"));
    CHECK(contains(refusal(first(sample.bytes, 20)), "the file's header is cut off"));
    std::vector<std::byte> damaged = sample.bytes;
    damaged[40] ^= std::byte{1};
    CHECK(contains(refusal(damaged), "checksum"));
}

TEST_CASE("a trace of a newer major version is refused with both versions")
{
    SampleTrace sample = sample_trace(Codec::none);
    sample.bytes[8] = std::byte{9};
    reseal(sample.bytes, 0, FileHeader::size);
    CHECK(contains(refusal(sample.bytes), "it has schema 9."));
    CHECK(contains(refusal(sample.bytes), "this build reads "));
}

TEST_CASE("a trace of a newer minor version is read")
{
    SampleTrace sample = sample_trace(Codec::none);
    sample.bytes[10] = std::byte{200};
    sample.bytes[32] ^= std::byte{0xff}; // its schema hash is another one, of course
    reseal(sample.bytes, 0, FileHeader::size);
    Result<TraceReader> const reader = opened(sample.bytes);
    REQUIRE(reader);
    CHECK(same_events(*reader->read_all(), sample.records));
}

TEST_CASE("the same version with other events is refused: its numbers would be misread")
{
    SampleTrace sample = sample_trace(Codec::none);
    sample.bytes[28] ^= std::byte{0xff};
    reseal(sample.bytes, 0, FileHeader::size);
    CHECK(contains(refusal(sample.bytes), "but other events"));
}

TEST_CASE("a feature this build does not know is refused")
{
    SampleTrace sample = sample_trace(Codec::none);
    sample.bytes[19] = std::byte{0x80};
    reseal(sample.bytes, 0, FileHeader::size);
    CHECK(contains(refusal(sample.bytes), "features this build does not know"));
}

TEST_CASE("a chunk that lies about its lengths is refused before memory is taken for them")
{
    SampleTrace const sample = sample_trace(Codec::none);
    for (std::size_t field : {120U, 124U, 128U}) { // raw, encoded and stamps length
        std::vector<std::byte> bytes = first(sample.bytes, sample.index_offset);
        std::memset(&bytes[sample.chunk_offsets[0] + field], 0xff, 4);
        reseal(bytes, sample.chunk_offsets[0], ChunkHeader::size);
        Result<TraceReader> const reader = opened(bytes);
        REQUIRE(reader);
        CHECK(reader->chunk_count() == 5);
        CHECK(without_gaps(*reader->read_all()));
    }
}

TEST_CASE("an index that does not fit the chunks is found out when a chunk is read")
{
    SampleTrace const sample = sample_trace(Codec::none);
    std::vector<ChunkInfo> chunks;
    std::vector<std::byte> bytes = first(sample.bytes, sample.index_offset);
    Result<TraceReader> const honest = opened(sample.bytes);
    for (std::size_t index = 0; index < honest->chunk_count(); ++index)
        chunks.push_back(honest->chunk_info(index));
    chunks[0].count += 1;
    std::vector<std::byte> const index = index_bytes(chunks, bytes.size());
    bytes.insert(bytes.end(), index.begin(), index.end());
    Result<TraceReader> const reader = opened(bytes);
    REQUIRE(reader);
    Result<std::vector<trace::Record>> const records = reader->read_chunk(0);
    REQUIRE_FALSE(records);
    CHECK(contains(records.error().text, "does not fit the index"));
}

TEST_CASE("a file that is cut short while it is open gives errors, not crashes")
{
    TemporaryFolder const folder;
    SampleTrace const sample = sample_trace(Codec::none);
    write_file(folder / "trace.ring", sample.bytes);
    Result<TraceReader> const reader = TraceReader::open(folder / "trace.ring");
    REQUIRE(reader);
    std::filesystem::resize_file(folder / "trace.ring", 100);
    CHECK_FALSE(reader->read_chunk(1));
    std::vector<std::string> problems;
    CHECK(without_gaps(*reader->read_all(&problems)));
    CHECK(problems.size() == reader->chunk_count());
}

TEST_CASE("what cannot be opened is refused with the path and the reason")
{
    TemporaryFolder const folder;
    Result<TraceReader> const missing = TraceReader::open(folder / "nothing.ring");
    REQUIRE_FALSE(missing);
    CHECK(contains(missing.error().text, "nothing.ring: No such file or directory"));
    Result<TraceReader> const device = TraceReader::open("/dev/null");
    REQUIRE_FALSE(device);
    CHECK(contains(device.error().text, "not a regular file"));
    CHECK(device.error().blame == Blame::input);
}

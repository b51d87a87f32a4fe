// What a chunk promises, and what those who missed some are told.

#include "engine/stream/chunk.hpp"
#include "engine/stream/kept_records.hpp"
#include "engine/trace/raw_record.hpp"
#include "tests/catch.hpp"
#include "tests/stream/sample_trace.hpp"
#include "tests/trace/random_events.hpp"

#include <span>
#include <variant>
#include <vector>

using namespace ringside;
using namespace ringside::stream;

namespace {

std::span<std::byte const> events_of(Chunk const& chunk)
{
    return std::span(chunk.bytes).subspan(ChunkHeader::size, chunk.header.encoded_length);
}

std::vector<trace::Record> records_of(Chunk const& chunk)
{
    Result<std::vector<trace::Record>> records = decode_chunk(
        chunk.header, std::span(chunk.bytes).subspan(ChunkHeader::size), trace::FieldRule::exact);
    REQUIRE(records);
    return *records;
}

template <typename E>
trace::RawRecord raw(E const& event, std::uint64_t time)
{
    return trace::raw_record(event, 0, time);
}

std::vector<trace::Record> caught_up(KeptRecords const& kept, std::uint64_t from, std::uint64_t to)
{
    std::vector<trace::Record> records;
    for (auto const& [chunk, lost] :
         kept.catch_up(0, from, to, trace::DropReason::reader_late, DropCounters{}))
        for (trace::Record const& record : records_of(chunk))
            records.push_back(record);
    return records;
}

} // namespace

TEST_CASE("the event bytes of a run do not depend on where its chunks end")
{
    trace::RandomEvents random(5);
    std::vector<trace::Event> const events = random.one_of_each();
    ChunkBuilder one(0);
    ChunkBuilder many(0);
    std::vector<std::byte> pieces;
    std::uint64_t time = 0;
    for (trace::Event const& event : events) {
        time += 17;
        one.append(trace::raw_record(event, 0, time), std::nullopt);
        many.append(trace::raw_record(event, 0, time), std::nullopt);
        Chunk const piece = many.seal(DropCounters{}, nullptr);
        std::span<std::byte const> const bytes = events_of(piece);
        pieces.insert(pieces.end(), bytes.begin(), bytes.end());
    }
    Chunk const whole = one.seal(DropCounters{}, nullptr);
    std::span<std::byte const> const bytes = events_of(whole);
    CHECK(pieces == std::vector<std::byte>(bytes.begin(), bytes.end()));
}

TEST_CASE("host stamps do not show in the event bytes")
{
    ChunkBuilder stamped(0);
    ChunkBuilder plain(0);
    stamped.append(raw(trace::ExitBegin{}, 5), 123456789);
    plain.append(raw(trace::ExitBegin{}, 5), std::nullopt);
    Chunk const with = stamped.seal(DropCounters{}, nullptr);
    Chunk const without = plain.seal(DropCounters{}, nullptr);
    CHECK(with.header.stamps_length != 0);
    CHECK(without.header.stamps_length == 0);
    CHECK(std::vector<std::byte>(events_of(with).begin(), events_of(with).end()) ==
          std::vector<std::byte>(events_of(without).begin(), events_of(without).end()));
}

TEST_CASE("a chunk stands on its own: time and stamps need nothing before it")
{
    ChunkBuilder builder(0);
    builder.append(raw(trace::ExitBegin{}, 1000), 50);
    builder.seal(DropCounters{}, nullptr);
    builder.append(raw(trace::ExitEnd{}, 3000), 80);
    std::vector<trace::Record> const records = records_of(builder.seal(DropCounters{}, nullptr));
    REQUIRE(records.size() == 1);
    CHECK(records[0].seq == 1);
    CHECK(records[0].time == 3000);
    CHECK(records[0].host == 80);
}

TEST_CASE("a gap is one Dropped record that stands for the numbers it counts")
{
    ChunkBuilder builder(0);
    builder.append(raw(trace::LineChanged{}, 10), std::nullopt);
    builder.append_gap(1, 20, trace::DropReason::ring_full); // none missing: no record
    builder.append_gap(5, 30, trace::DropReason::ring_full);
    builder.append(raw(trace::LineChanged{}, 30), std::nullopt);
    Chunk const chunk = builder.seal(DropCounters{}, nullptr);
    std::vector<trace::Record> const records = records_of(chunk);
    REQUIRE(records.size() == 3);
    CHECK(std::get<trace::Dropped>(records[1].event) ==
          trace::Dropped{1, 4, trace::DropReason::ring_full});
    CHECK(records[1].seq == 1);
    CHECK(records[2].seq == 5);
    CHECK(chunk.header.next_seq == 6);
    CHECK(without_gaps(records));
}

TEST_CASE("who comes late is told definitions and the latest keyframe, and what is lost between")
{
    KeptRecords kept;
    kept.note(raw(trace::MachineCreated{}, 10), 0);
    kept.note(raw(trace::Keyframe{}, 20), 1);
    kept.note(raw(trace::ExitBegin{}, 30), 2);
    kept.note(raw(trace::Instruction{}, 40), 3);
    kept.note(raw(trace::Keyframe{}, 50), 7);
    kept.note(raw(trace::DeviceState{}, 50), 8);
    kept.note(raw(trace::DeviceState{}, 50), 9);

    std::vector<trace::Record> const records = caught_up(kept, 0, 20);
    CHECK(without_gaps(records));
    std::vector<std::uint8_t> kinds;
    for (trace::Record const& record : records)
        kinds.push_back(trace::raw_record(record.event, 0, 0).id);
    using trace::Dropped;
    CHECK(kinds == std::vector<std::uint8_t>{trace::MachineCreated::id, Dropped::id,
                                             trace::Instruction::id, Dropped::id,
                                             trace::Keyframe::id, trace::DeviceState::id,
                                             trace::DeviceState::id, Dropped::id});
    CHECK(balance(records).delivered == 5);
    CHECK(balance(records).dropped == 15);
}

TEST_CASE("who missed only a part is told only of that part")
{
    KeptRecords kept;
    kept.note(raw(trace::MachineCreated{}, 10), 0);
    kept.note(raw(trace::Instruction{}, 20), 5);
    kept.note(raw(trace::Instruction{}, 30), 9);
    std::vector<trace::Record> const records = caught_up(kept, 3, 9);
    REQUIRE(records.size() == 3);
    CHECK(records[0].seq == 3);
    CHECK(records[1].seq == 5);
    CHECK(std::get<trace::Dropped>(records[2].event).count == 3);
    CHECK(caught_up(kept, 4, 4).empty());
}

TEST_CASE("a guest that defines without end fills the store once, and its first definitions stay")
{
    KeptRecords kept;
    trace::Symbol symbol;
    symbol.text = trace::Text("a name of some length, so that it adds up");
    std::uint64_t const many = 50'000;
    for (std::uint64_t seq = 0; seq < many; ++seq)
        kept.note(raw(symbol, seq), seq);
    std::vector<trace::Record> const records = caught_up(kept, 0, many);
    CHECK(without_gaps(records));
    CHECK(balance(records).delivered < many / 2);
    CHECK(balance(records).delivered > 1000);
    CHECK(std::holds_alternative<trace::Symbol>(records.front().event));
}

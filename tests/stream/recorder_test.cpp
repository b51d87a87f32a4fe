// From the tracer to the file: nothing lost, nothing changed, and trouble with the file told in one
// line while the run goes on.

#include "engine/base/fd.hpp"
#include "engine/stream/reader.hpp"
#include "engine/stream/recorder.hpp"
#include "engine/trace/memory_sink.hpp"
#include "engine/trace/raw_record.hpp"
#include "engine/trace/tracer.hpp"
#include "tests/catch.hpp"
#include "tests/stream/sample_trace.hpp"
#include "tests/trace/random_events.hpp"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <variant>
#include <vector>

using namespace ringside;
using namespace ringside::stream;

namespace {

/// As a reader orders them: by time, the lower vCPU first.
std::vector<trace::Record> expected_rounds(int rounds)
{
    trace::MemorySink sink;
    emit_rounds(sink, rounds);
    std::vector<trace::Record> records = sink.take();
    std::stable_sort(
        records.begin(), records.end(), [](trace::Record const& left, trace::Record const& right) {
            return left.time < right.time || (left.time == right.time && left.vcpu < right.vcpu);
        });
    return records;
}

RecorderOptions into(std::filesystem::path const& file)
{
    RecorderOptions options;
    options.file = file;
    return options;
}

/// The event bytes of all chunks of a vCPU, one behind the other.
std::vector<std::byte> event_bytes(std::filesystem::path const& path)
{
    std::vector<std::byte> const file = read_file(path);
    Result<TraceReader> const reader = TraceReader::open(path);
    REQUIRE(reader);
    std::vector<std::byte> events;
    for (std::size_t index = 0; index < reader->chunk_count(); ++index) {
        ChunkInfo const& info = reader->chunk_info(index);
        std::span<std::byte const> const chunk = std::span(file).subspan(info.offset, info.size);
        Result<ChunkHeader> const header = read_chunk_header(chunk);
        REQUIRE(header);
        std::span<std::byte const> const part =
            chunk.subspan(ChunkHeader::size, header->encoded_length);
        if (info.vcpu == 0)
            events.insert(events.end(), part.begin(), part.end());
    }
    return events;
}

} // namespace

TEST_CASE("a recorded run is read back event by event, with every codec and with or without stamps")
{
    TemporaryFolder const folder;
    std::vector<trace::Record> const expected = expected_rounds(400);
    for (Codec codec : {Codec::none, Codec::zstd})
        for (HostStamps stamps : {HostStamps::off, HostStamps::on}) {
            RecorderOptions options = into(folder / "run.ring");
            options.codec = codec;
            options.intake.stamps = stamps;
            std::unique_ptr<Recorder> recorder = *Recorder::create(options);
            emit_rounds(*recorder, 400);
            recorder->finish();
            CHECK(recorder->problem().empty());
            Result<TraceReader> const reader = TraceReader::open(folder / "run.ring");
            REQUIRE(reader);
            CHECK(reader->complete());
            CHECK(reader->header().has(Feature::host_stamps) == (stamps == HostStamps::on));
            Result<std::vector<trace::Record>> const records = reader->read_all();
            REQUIRE(records);
            CHECK(same_events(*records, expected));
        }
}

TEST_CASE("the totals of a run balance")
{
    TemporaryFolder const folder;
    std::unique_ptr<Recorder> recorder = *Recorder::create(into(folder / "run.ring"));
    emit_rounds(*recorder, 100);
    recorder->finish();
    RecorderTotals const totals = recorder->totals();
    CHECK(totals.emitted == expected_rounds(100).size());
    CHECK(totals.emitted == totals.delivered + totals.dropped);
    CHECK(totals.dropped == 0);
    CHECK(totals.file_refused == 0);
    CHECK(totals.file_bytes == std::filesystem::file_size(folder / "run.ring"));
}

TEST_CASE("two runs of the same guest have the same event bytes, stamped or not")
{
    TemporaryFolder const folder;
    for (char const* name : {"first.ring", "second.ring", "unstamped.ring"}) {
        RecorderOptions options = into(folder / name);
        options.codec = Codec::none;
        options.intake.stamps =
            name == std::string("unstamped.ring") ? HostStamps::off : HostStamps::on;
        std::unique_ptr<Recorder> recorder = *Recorder::create(options);
        emit_rounds(*recorder, 300);
    }
    CHECK(event_bytes(folder / "first.ring") == event_bytes(folder / "second.ring"));
    CHECK(event_bytes(folder / "first.ring") == event_bytes(folder / "unstamped.ring"));
}

TEST_CASE("a ring that is much too small loses detail, and the file says how much")
{
    TemporaryFolder const folder;
    RecorderOptions options = into(folder / "run.ring");
    options.intake.ring_bytes = 4096;
    options.intake.exits = WhenFull::drop_newest;
    std::unique_ptr<Recorder> recorder = *Recorder::create(options);
    emit_rounds(*recorder, 200);
    recorder->finish();
    RecorderTotals const totals = recorder->totals();
    CHECK(totals.emitted == totals.delivered + totals.dropped);
    CHECK(totals.dropped > 0);

    Result<TraceReader> const reader = TraceReader::open(folder / "run.ring");
    REQUIRE(reader);
    CHECK(reader->complete());
    std::vector<trace::Record> const records = *reader->read_all();
    CHECK(without_gaps(records));
    CHECK(balance(records).delivered == totals.delivered);
    CHECK(balance(records).dropped == totals.dropped);
    DropCounters const counters = *reader->dropped_until(reader->chunk_count() - 1);
    CHECK(counters[static_cast<std::size_t>(trace::Category::lifecycle)] == 0);
    CHECK(counters[static_cast<std::size_t>(trace::Category::definition)] == 0);
    CHECK(counters[static_cast<std::size_t>(trace::Category::keyframe)] == 0);
}

TEST_CASE("finishing twice, or not at all before the end, gives a whole file")
{
    TemporaryFolder const folder;
    {
        std::unique_ptr<Recorder> recorder = *Recorder::create(into(folder / "run.ring"));
        emit_rounds(*recorder, 2);
        recorder->finish();
        recorder->finish();
    }
    CHECK(TraceReader::open(folder / "run.ring")->complete());
    {
        std::unique_ptr<Recorder> recorder = *Recorder::create(into(folder / "run.ring"));
        emit_rounds(*recorder, 1);
    }
    CHECK(TraceReader::open(folder / "run.ring")->complete());
    CHECK(same_events(*read_all(folder / "run.ring"), expected_rounds(1)));
}

TEST_CASE("a run without a single event gives a whole, empty trace")
{
    TemporaryFolder const folder;
    (*Recorder::create(into(folder / "run.ring")))->finish();
    Result<TraceReader> const reader = TraceReader::open(folder / "run.ring");
    REQUIRE(reader);
    CHECK(reader->complete());
    CHECK(reader->record_count() == 0);
}

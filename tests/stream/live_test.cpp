// Watching a run: from the beginning, late, slowly, and through the death of either side.

#include "engine/stream/live.hpp"
#include "engine/stream/local_socket.hpp"
#include "engine/stream/reader.hpp"
#include "engine/stream/recorder.hpp"
#include "engine/trace/raw_record.hpp"
#include "tests/catch.hpp"
#include "tests/stream/sample_trace.hpp"
#include "tests/trace/random_events.hpp"

#include <csignal>
#include <cstdint>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <variant>
#include <vector>

using namespace ringside;
using namespace ringside::stream;

namespace {

RecorderOptions live(TemporaryFolder const& folder)
{
    RecorderOptions options;
    options.file = folder / "run.ring";
    options.socket = folder / "live";
    return options;
}

/// Everything that still comes, until the engine is gone.
std::vector<trace::Record> rest_of(LiveReader& reader, std::vector<trace::Record> records = {})
{
    bool const ended = eventually([&] {
        Result<bool> const open = reader.poll(records);
        REQUIRE(open);
        return !*open;
    });
    REQUIRE(ended);
    return records;
}

std::uint64_t sum(Balance const& both)
{
    return both.delivered + both.dropped;
}

} // namespace

TEST_CASE("a viewer that is there from the beginning sees what the file holds")
{
    TemporaryFolder const folder;
    std::unique_ptr<Recorder> recorder = *Recorder::create(live(folder));
    Result<LiveReader> reader = LiveReader::connect(folder / "live");
    REQUIRE(reader);
    std::thread engine([&] {
        emit_rounds(*recorder, 300);
        recorder->finish();
    });
    std::vector<trace::Record> const seen = rest_of(*reader);
    engine.join();
    CHECK(without_gaps(seen));
    CHECK(balance(seen).delivered == emitted_in(300));
    std::vector<trace::Record> const recorded = *read_all(folder / "run.ring");
    for (std::uint8_t vcpu : std::vector<std::uint8_t>{0, 1}) {
        std::vector<trace::Record> of_live;
        std::vector<trace::Record> of_file;
        for (trace::Record const& record : seen)
            if (record.vcpu == vcpu)
                of_live.push_back(record);
        for (trace::Record const& record : recorded)
            if (record.vcpu == vcpu)
                of_file.push_back(record);
        CHECK(same_events(of_live, of_file));
    }
    CHECK(reader->header() == TraceReader::open(folder / "run.ring")->header());
}

TEST_CASE("events are seen while the machine runs, not only at its end")
{
    TemporaryFolder const folder;
    std::unique_ptr<Recorder> recorder = *Recorder::create(live(folder));
    Result<LiveReader> reader = LiveReader::connect(folder / "live");
    REQUIRE(reader);
    for (int round = 0; round < 3; ++round) {
        std::vector<trace::Record> seen;
        emit_rounds(*recorder, 1);
        CHECK(eventually([&] {
            REQUIRE(reader->poll(seen));
            return seen.size() == emitted_in(1);
        }));
    }
}

TEST_CASE("a viewer that comes late is told what was defined, and how much it missed")
{
    TemporaryFolder const folder;
    std::unique_ptr<Recorder> recorder = *Recorder::create(live(folder));
    emit_rounds(*recorder, 50);
    REQUIRE(eventually(
        [&] { return std::filesystem::file_size(folder / "run.ring") > FileHeader::size; }));
    Result<LiveReader> reader = LiveReader::connect(folder / "live");
    REQUIRE(reader);
    emit_rounds(*recorder, 20);
    recorder->finish();
    std::vector<trace::Record> const seen = rest_of(*reader);

    CHECK(without_gaps(seen));
    CHECK(sum(balance(seen)) == emitted_in(70));
    CHECK(balance(seen).dropped > 0);
    std::size_t created = 0;
    bool keyframe_before_exits = false;
    for (trace::Record const& record : seen) {
        created += std::holds_alternative<trace::MachineCreated>(record.event) ? 1 : 0;
        if (std::holds_alternative<trace::Keyframe>(record.event))
            keyframe_before_exits = true;
        if (std::holds_alternative<trace::ExitBegin>(record.event))
            break;
        if (auto const* dropped = std::get_if<trace::Dropped>(&record.event))
            CHECK(dropped->reason == trace::DropReason::reader_late);
    }
    CHECK(created > 0);
    CHECK(keyframe_before_exits);
}

TEST_CASE("a viewer that reads nothing for a while loses chunks, is told so, and goes on")
{
    TemporaryFolder const folder;
    RecorderOptions options = live(folder);
    options.codec = Codec::none;
    options.viewer_window = 100'000;
    std::unique_ptr<Recorder> recorder = *Recorder::create(options);
    Result<LiveReader> reader = LiveReader::connect(folder / "live");
    REQUIRE(reader);
    emit_rounds(*recorder, 1000); // about two megabytes: more than window and socket hold
    std::thread engine([&] {
        emit_rounds(*recorder, 10);
        recorder->finish();
    });
    std::vector<trace::Record> const seen = rest_of(*reader);
    engine.join();

    CHECK(without_gaps(seen));
    CHECK(sum(balance(seen)) == emitted_in(1010));
    bool told = false;
    for (trace::Record const& record : seen)
        if (auto const* dropped = std::get_if<trace::Dropped>(&record.event))
            told = told || dropped->reason == trace::DropReason::reader_slow;
    CHECK(told);
    CHECK(TraceReader::open(folder / "run.ring")->complete());
    CHECK(recorder->totals().dropped == 0);
}

TEST_CASE("a viewer that never reads does not keep a run from ending")
{
    TemporaryFolder const folder;
    RecorderOptions options = live(folder);
    options.codec = Codec::none;
    std::unique_ptr<Recorder> recorder = *Recorder::create(options);
    Result<LiveReader> const reader = LiveReader::connect(folder / "live");
    REQUIRE(reader);
    emit_rounds(*recorder, 1000);
    recorder->finish();
    CHECK(recorder->totals().dropped == 0);
    CHECK(TraceReader::open(folder / "run.ring")->complete());
}

TEST_CASE("killing a viewer leaves the run and other viewers as they were")
{
    TemporaryFolder const folder;
    std::filesystem::path const socket = folder / "live";
    pid_t const victim = ::fork();
    if (victim == 0) {
        eventually([&] { return LiveReader::connect(socket).has_value(); });
        eventually([&] {
            Result<LiveReader> reader = LiveReader::connect(socket);
            std::vector<trace::Record> records;
            while (reader && reader->poll(records) && records.size() < 100)
                ;
            ::kill(::getpid(), SIGKILL);
            return false;
        });
        ::_exit(1);
    }
    std::unique_ptr<Recorder> recorder = *Recorder::create(live(folder));
    Result<LiveReader> reader = LiveReader::connect(socket);
    REQUIRE(reader);
    std::vector<trace::Record> seen;
    int rounds = 0;
    int status = 0;
    REQUIRE(eventually([&] {
        emit_rounds(*recorder, 10);
        rounds += 10;
        REQUIRE(reader->poll(seen));
        return ::waitpid(victim, &status, WNOHANG) == victim;
    }));
    CHECK(WIFSIGNALED(status));
    emit_rounds(*recorder, 10);
    recorder->finish();
    seen = rest_of(*reader, std::move(seen));
    CHECK(without_gaps(seen));
    CHECK(sum(balance(seen)) == emitted_in(rounds + 10));
}

TEST_CASE("when the engine is killed, the viewer keeps what it has and hears of the end")
{
    TemporaryFolder const folder;
    std::filesystem::path const socket = folder / "live";
    pid_t const engine = ::fork();
    if (engine == 0) {
        std::unique_ptr<Recorder> recorder = *Recorder::create(live(folder));
        for (;;)
            emit_rounds(*recorder, 1);
    }
    std::vector<trace::Record> seen;
    Result<LiveReader> reader = fail(Blame::input, "not yet");
    REQUIRE(eventually([&] {
        reader = LiveReader::connect(socket);
        return reader.has_value();
    }));
    REQUIRE(eventually([&] {
        REQUIRE(reader->poll(seen));
        return seen.size() > 2000;
    }));
    ::kill(engine, SIGKILL);
    ::waitpid(engine, nullptr, 0);
    seen = rest_of(*reader, std::move(seen));
    CHECK(without_gaps(seen));
    CHECK(seen.size() > 2000);
}

// Trouble with the file: told in one line, counted, and never the end of a run.

#include "engine/base/fd.hpp"
#include "engine/stream/reader.hpp"
#include "engine/stream/recorder.hpp"
#include "tests/catch.hpp"
#include "tests/stream/sample_trace.hpp"

#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <memory>
#include <optional>
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

RecorderOptions into(std::filesystem::path const& file)
{
    RecorderOptions options;
    options.file = file;
    return options;
}

/// Runs `story` in a child process, where it may set limits, and returns its exit status.
template <typename Story>
int in_a_child(Story const& story)
{
    pid_t const child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0)
        ::_exit(story());
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

} // namespace

TEST_CASE("a trace that cannot be begun is refused at once, with the path and the reason")
{
    Result<std::unique_ptr<Recorder>> const nowhere = Recorder::create(into("/nowhere/run.ring"));
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().text ==
          "cannot create the trace /nowhere/run.ring: No such file or directory");
    Result<std::unique_ptr<Recorder>> const full = Recorder::create(into("/dev/full"));
    REQUIRE_FALSE(full);
    CHECK(full.error().text.find("/dev/full: No space left on device") != std::string::npos);
}

TEST_CASE("when the disk fills up, the run goes on and the trace is readable up to that point")
{
    TemporaryFolder const folder;
    std::filesystem::path const path = folder / "run.ring";
    int const status = in_a_child([&] {
        rlimit const limit{60'000, 60'000};
        ::setrlimit(RLIMIT_FSIZE, &limit); // larger writes fail, as on a full disk
        RecorderOptions options = into(path);
        options.codec = Codec::none;
        std::unique_ptr<Recorder> recorder = *Recorder::create(options);
        emit_rounds(*recorder, 400);
        recorder->finish();
        RecorderTotals const totals = recorder->totals();
        bool const told = recorder->problem().find("File too large") != std::string::npos;
        bool const balanced = totals.emitted == totals.delivered + totals.dropped;
        return told && balanced && totals.file_refused > 0 ? 0 : 1;
    });
    CHECK(status == 0);
    CHECK(std::filesystem::file_size(path) <= 60'000);
    Result<TraceReader> const reader = TraceReader::open(path);
    REQUIRE(reader);
    CHECK_FALSE(reader->complete());
    CHECK(without_gaps(*reader->read_all()));
}

TEST_CASE("when the disk takes bytes again, the loss is told and definitions are not missing")
{
    TemporaryFolder const folder;
    std::filesystem::path const path = folder / "run.ring";
    int const status = in_a_child([&] {
        RecorderOptions options = into(path);
        options.codec = Codec::none;
        std::unique_ptr<Recorder> recorder = *Recorder::create(options);
        rlimit const small{30'000, RLIM_INFINITY};
        rlimit const large{RLIM_INFINITY, RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &small);
        emit_rounds(*recorder, 200);
        bool const refused = eventually([&] { return !recorder->problem().empty(); });
        ::setrlimit(RLIMIT_FSIZE, &large);
        emit_rounds(*recorder, 200);
        recorder->finish();
        return refused && recorder->totals().file_refused > 0 ? 0 : 1;
    });
    CHECK(status == 0);
    Result<TraceReader> const reader = TraceReader::open(path);
    REQUIRE(reader);
    CHECK(reader->complete());
    std::vector<trace::Record> const records = *reader->read_all();
    CHECK(without_gaps(records));
    CHECK(balance(records).dropped > 0);
    CHECK(balance(records).delivered + balance(records).dropped == 2 * emitted_in(200));
    std::size_t definitions = 0;
    for (trace::Record const& record : records)
        definitions += std::holds_alternative<trace::Instruction>(record.event) ? 1 : 0;
    CHECK(definitions == 400);
}

TEST_CASE("a pipe whose reader leaves costs the rest of the trace and nothing else")
{
    TemporaryFolder const folder;
    std::filesystem::path const path = folder / "pipe";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    int const status = in_a_child([&] {
        std::optional<Fd> reader(::open(path.c_str(), O_RDONLY | O_NONBLOCK));
        RecorderOptions options = into(path);
        options.codec = Codec::none;
        std::unique_ptr<Recorder> recorder = *Recorder::create(options);
        emit_rounds(*recorder, 5);
        reader.reset();
        emit_rounds(*recorder, 400);
        recorder->finish();
        return recorder->problem().find("Broken pipe") != std::string::npos ? 0 : 1;
    });
    CHECK(status == 0);
}

TEST_CASE("an engine killed in the middle leaves a trace that opens")
{
    TemporaryFolder const folder;
    std::filesystem::path const path = folder / "run.ring";
    int const status = in_a_child([&] {
        RecorderOptions options = into(path);
        std::unique_ptr<Recorder> recorder = *Recorder::create(options);
        emit_rounds(*recorder, 400);
        eventually([&] { return std::filesystem::file_size(path) > 20'000; });
        ::kill(::getpid(), SIGKILL);
        return 0;
    });
    CHECK(status == 1000 + SIGKILL);
    Result<TraceReader> const reader = TraceReader::open(path);
    REQUIRE(reader);
    CHECK_FALSE(reader->complete());
    CHECK(reader->record_count() > 0);
    CHECK(without_gaps(*reader->read_all()));
}

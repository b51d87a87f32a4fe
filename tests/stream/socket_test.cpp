// The socket itself: whose it is, what stands in its way, and what comes through it from servers that
// are no recorders.

#include "engine/stream/live.hpp"
#include "engine/stream/local_socket.hpp"
#include "engine/stream/recorder.hpp"
#include "tests/catch.hpp"
#include "tests/stream/sample_trace.hpp"

#include <algorithm>
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
std::vector<trace::Record> rest_of(LiveReader& reader)
{
    std::vector<trace::Record> records;
    bool const ended = eventually([&] {
        Result<bool> const open = reader.poll(records);
        REQUIRE(open);
        return !*open;
    });
    REQUIRE(ended);
    return records;
}

/// A server that is not a recorder: sends `bytes` in pieces, then closes.
class FakeEngine {
public:
    FakeEngine(std::filesystem::path const& path, std::vector<std::byte> bytes, std::size_t piece)
        : socket_(*ListeningSocket::create(path)),
          thread_([this, bytes = std::move(bytes), piece] { serve(bytes, piece); })
    {
    }
    FakeEngine(FakeEngine const&) = delete;
    FakeEngine& operator=(FakeEngine const&) = delete;
    ~FakeEngine() { thread_.join(); }

private:
    void serve(std::span<std::byte const> bytes, std::size_t piece)
    {
        Fd viewer;
        eventually([&] {
            viewer = socket_.accept();
            return bool(viewer);
        });
        while (!bytes.empty()) {
            std::span<std::byte const> const part = bytes.first(std::min(piece, bytes.size()));
            std::size_t sent = 0;
            if (send_some(viewer.get(), part, sent) == SocketState::closed)
                return;
            bytes = bytes.subspan(sent);
        }
    }

    ListeningSocket socket_;
    std::thread thread_;
};

} // namespace

TEST_CASE("a stream that arrives in pieces of any size is the same stream")
{
    TemporaryFolder const folder;
    SampleTrace const sample = sample_trace(Codec::zstd);
    std::vector<std::byte> bytes = sample.bytes;
    bytes.resize(sample.index_offset);
    for (std::size_t piece : {1U, 7U, 100U, 100'000U}) {
        FakeEngine const engine(folder / "live", bytes, piece);
        Result<LiveReader> reader = LiveReader::connect(folder / "live");
        REQUIRE(reader);
        std::vector<trace::Record> const seen = rest_of(*reader);
        CHECK(seen.size() == sample.records.size());
        CHECK(without_gaps(seen));
    }
}

TEST_CASE("a stream cut off at any byte gives the chunks before it")
{
    TemporaryFolder const folder;
    SampleTrace const sample = sample_trace(Codec::zstd);
    for (std::size_t size = FileHeader::size; size < sample.index_offset; size += 41) {
        std::vector<std::byte> bytes = sample.bytes;
        bytes.resize(size);
        FakeEngine const engine(folder / "live", bytes, 4096);
        Result<LiveReader> reader = LiveReader::connect(folder / "live");
        REQUIRE(reader);
        CHECK(without_gaps(rest_of(*reader)));
    }
}

TEST_CASE("a stream that makes no sense is refused in words and closed")
{
    TemporaryFolder const folder;
    SampleTrace const sample = sample_trace(Codec::zstd);
    std::vector<std::byte> bytes = sample.bytes;
    bytes[sample.chunk_offsets[1] + 30] ^= std::byte{1};
    FakeEngine const engine(folder / "live", bytes, 4096);
    Result<LiveReader> reader = LiveReader::connect(folder / "live");
    REQUIRE(reader);
    std::vector<trace::Record> seen;
    std::string text;
    REQUIRE(eventually([&] {
        Result<bool> const open = reader->poll(seen);
        text = open ? "" : open.error().text;
        return !open;
    }));
    CHECK(text == "a chunk's header is damaged (its checksum does not fit)");
    CHECK(*reader->poll(seen) == false);
}

TEST_CASE("a server that is no recorder is refused in words")
{
    TemporaryFolder const folder;
    FakeEngine const engine(folder / "live", std::vector<std::byte>(80, std::byte{'x'}), 80);
    Result<LiveReader> const reader = LiveReader::connect(folder / "live");
    REQUIRE_FALSE(reader);
    CHECK(reader.error().text.find("it is not a Ringside trace") != std::string::npos);
    Result<LiveReader> const nobody = LiveReader::connect(folder / "nobody");
    REQUIRE_FALSE(nobody);
    CHECK(nobody.error().text.find("No such file or directory") != std::string::npos);
}

TEST_CASE("the socket belongs to its owner alone and is gone after the run")
{
    TemporaryFolder const folder;
    std::unique_ptr<Recorder> recorder = *Recorder::create(live(folder));
    struct stat status = {};
    REQUIRE(::lstat((folder / "live").c_str(), &status) == 0);
    CHECK(S_ISSOCK(status.st_mode));
    CHECK((status.st_mode & 0777) == 0600);
    recorder.reset();
    CHECK_FALSE(std::filesystem::exists(folder / "live"));
}

TEST_CASE("a path that is taken is left alone, and a stale socket is replaced")
{
    TemporaryFolder const folder;
    std::ofstream(folder / "live") << "precious";
    Result<std::unique_ptr<Recorder>> const refused = Recorder::create(live(folder));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text.find("not a socket") != std::string::npos);
    CHECK(std::filesystem::file_size(folder / "live") == 8);
    std::filesystem::remove(folder / "live");

    std::unique_ptr<Recorder> first = *Recorder::create(live(folder));
    Result<std::unique_ptr<Recorder>> const second = Recorder::create(live(folder));
    REQUIRE_FALSE(second);
    CHECK(second.error().text.find("another program serves it") != std::string::npos);
    CHECK(std::filesystem::exists(folder / "live"));
    first.reset();

    pid_t const child = ::fork();
    if (child == 0) {
        std::unique_ptr<Recorder> const recorder = *Recorder::create(live(folder));
        ::kill(::getpid(), SIGKILL);
    }
    ::waitpid(child, nullptr, 0);
    CHECK(std::filesystem::exists(folder / "live"));
    CHECK(Recorder::create(live(folder)).has_value());
}

TEST_CASE("a socket path that is too long is refused with the limit")
{
    Result<ListeningSocket> const socket = ListeningSocket::create("/tmp/" + std::string(200, 'x'));
    REQUIRE_FALSE(socket);
    CHECK(socket.error().text.find("must have 1 to 107 bytes") != std::string::npos);
    CHECK(socket.error().blame == Blame::usage);
}

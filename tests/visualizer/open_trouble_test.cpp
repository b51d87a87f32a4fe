// What cannot be opened, or only in part: every kind of damage ends in a readable line or in a trace
// with its losses told, never in a crash.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "engine/stream/format.hpp"
#include "engine/stream/recorder.hpp"
#include "visualizer/app/feed.hpp"
#include "visualizer/model/describe.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

namespace fs = std::filesystem;

class Folder {
public:
    Folder()
    {
        std::string pattern = (fs::temp_directory_path() / "ringside-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    fs::path operator/(std::string_view name) const { return path_ / name; }

private:
    fs::path path_;
};

std::string story_bytes()
{
    Folder const folder;
    stream::RecorderOptions options;
    options.file = folder / "story.ring";
    auto recorder = stream::Recorder::create(options);
    REQUIRE(recorder);
    story::tell(**recorder);
    (*recorder)->finish();
    std::ifstream file(options.file, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Opens it as the window does. A refusal is one line; else what could be read is described.
std::string open_and_describe(fs::path const& path)
{
    auto feed = Feed::of_file(path, [] {});
    if (!feed) {
        CHECK(feed.error().text.size() > 20);
        CHECK(feed.error().text.find('\n') == std::string::npos);
        return "refused: " + feed.error().text;
    }
    Session session;
    session.assume((*feed)->backend());
    session.set_source((*feed)->blocks());
    bool finished = false;
    while (!finished) {
        if (!(*feed)->has_something()) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            continue;
        }
        Delivery const delivery = (*feed)->take();
        session.append(delivery.records);
        for (Delivery::Block const& block : delivery.blocks)
            session.append_block(block.records, block.number);
        finished = delivery.finished;
    }
    for (MomentIndex row = 0; row < session.trace().moments().size(); row += 9) {
        session.focus_moment(row, FocusHistory::Move::jump);
        CHECK_FALSE(describe(session).empty());
    }
    return "opened";
}

std::string try_bytes(Folder const& folder, std::string const& bytes)
{
    fs::path const path = folder / "x.ring";
    std::ofstream(path, std::ios::binary) << bytes;
    return open_and_describe(path);
}

} // namespace

TEST_CASE("an empty, a foreign, a missing and a much too short file are refused in one line")
{
    Folder const folder;
    CHECK(try_bytes(folder, "").starts_with("refused"));
    CHECK(try_bytes(folder, "PK\x03\x04 this is something else").starts_with("refused"));
    CHECK(try_bytes(folder, story_bytes().substr(0, 40)).starts_with("refused"));
    CHECK(open_and_describe(folder / "missing.ring").starts_with("refused"));
    CHECK(open_and_describe(fs::temp_directory_path()).starts_with("refused"));
}

TEST_CASE("a trace of a newer major version is refused, and the line says that it is newer")
{
    Folder const folder;
    stream::FileHeader header = stream::file_header(trace::BackendKind::kvm, trace::Clock::exits);
    header.schema_major = static_cast<std::uint16_t>(header.schema_major + 1);
    std::vector<std::byte> bytes;
    stream::write(header, bytes);
    std::string text(reinterpret_cast<char const*>(bytes.data()), bytes.size());
    std::string const said = try_bytes(folder, text + story_bytes().substr(bytes.size()));
    CHECK(said.starts_with("refused"));
    CHECK((said.find("newer") != std::string::npos || said.find("version") != std::string::npos));
}

TEST_CASE("a trace cut short anywhere shows what is there, or says why it cannot")
{
    Folder const folder;
    std::string const whole = story_bytes();
    for (std::size_t length = 0; length < whole.size(); length += whole.size() / 40 + 1)
        CHECK_FALSE(try_bytes(folder, whole.substr(0, length)).empty());
}

TEST_CASE("a trace with damage anywhere shows what is there, or says why it cannot")
{
    Folder const folder;
    std::string const whole = story_bytes();
    std::mt19937 random(2026); // NOLINT: the same damage every time
    for (int round = 0; round < 60; ++round) {
        std::string damaged = whole;
        for (int hits = 0; hits < 1 + round % 9; ++hits)
            damaged[random() % damaged.size()] = static_cast<char>(random());
        CHECK_FALSE(try_bytes(folder, damaged).empty());
    }
}

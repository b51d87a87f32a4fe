// What the program writes without a window: a part of a trace, a Perfetto trace, personal files.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/stream/reader.hpp"
#include "engine/stream/recorder.hpp"
#include "visualizer/app/exports.hpp"
#include "visualizer/app/personal_files.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

namespace fs = std::filesystem;

// A folder of its own that goes away with it.
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

fs::path recorded_story(Folder const& folder)
{
    fs::path const path = folder / "story.ring";
    stream::RecorderOptions options;
    options.file = path;
    auto recorder = stream::Recorder::create(options);
    REQUIRE(recorder);
    story::tell(**recorder);
    (*recorder)->finish();
    return path;
}

Session opened(fs::path const& path)
{
    auto const records = stream::read_all(path);
    REQUIRE(records);
    Session session;
    session.append(*records);
    return session;
}

} // namespace

TEST_CASE("a trimmed trace has the range as it was, and everything needed to read it")
{
    Folder const folder;
    fs::path const whole_path = recorded_story(folder);
    fs::path const part_path = folder / "part.ring";
    auto const count = trim_trace(whole_path, {300, 400}, part_path);
    REQUIRE(count);
    CHECK(*count == 101);

    Session whole = opened(whole_path);
    Session part = opened(part_path);
    CHECK(part.trace().catalogue().guest() == whole.trace().catalogue().guest());
    CHECK(part.trace().catalogue().ranges().size() == whole.trace().catalogue().ranges().size());
    for (std::uint64_t seq = 300; seq <= 400; ++seq) {
        RecordIndex const there = whole.trace().records().find(0, seq);
        RecordIndex const here = part.trace().records().find(0, seq);
        REQUIRE(part.trace().records().head(here).seq == seq);
        CHECK(part.trace().records().event(here) == whole.trace().records().event(there));
    }
}

TEST_CASE("what is left out of a trimmed trace is no loss")
{
    Folder const folder;
    fs::path const part_path = folder / "part.ring";
    REQUIRE(trim_trace(recorded_story(folder), {300, 400}, part_path));
    auto const reader = stream::TraceReader::open(part_path);
    REQUIRE(reader);
    CHECK(reader->complete());
    Session const part = opened(part_path);
    CHECK(part.trace().dropped() == 0);
    CHECK(part.trace().missed() > 0);
}

TEST_CASE("trimming refuses a range without records, a file that is no trace, and itself as target")
{
    Folder const folder;
    fs::path const path = recorded_story(folder);
    CHECK_FALSE(trim_trace(path, {10'000'000, 10'000'001}, folder / "x.ring"));
    CHECK_FALSE(trim_trace(path, {1, 2}, path));
    std::ofstream(folder / "foreign") << "no trace";
    CHECK_FALSE(trim_trace(folder / "foreign", {1, 2}, folder / "x.ring"));
    CHECK(stream::TraceReader::open(path));
}

TEST_CASE("a Perfetto trace is written beside the recording")
{
    Folder const folder;
    REQUIRE(export_perfetto(recorded_story(folder), folder / "x.pftrace"));
    CHECK(fs::file_size(folder / "x.pftrace") > 1000);
}

TEST_CASE("bookmarks and notes are there again when the trace is opened again")
{
    Folder const folder;
    ::setenv("XDG_CONFIG_HOME", (folder / "config").c_str(), 1);
    fs::path const path = recorded_story(folder);
    CommandRegistry const commands = CommandRegistry::standard();
    {
        Session session = opened(path);
        PersonalFiles personal;
        personal.open_trace(session, path);
        session.focus_moment(12, FocusHistory::Move::jump);
        CHECK(commands.run(session, "bookmark.set-4") == "");
        CHECK(commands.run(session, "note.add look here") == "");
        CHECK(commands.run(session, "view.theme light") == "");
        personal.keep(session);
        CHECK(session.notes.empty());
    }
    Session session = opened(path);
    PersonalFiles personal;
    personal.load_settings(session);
    personal.open_trace(session, path);
    CHECK(session.view.theme == ThemeName::light);
    CHECK(session.view.recent.size() == 1);
    CHECK(commands.run(session, "bookmark.go-4") == "");
    CHECK(session.moment() == 12);
    CHECK(session.sidecar.notes.at(0).text == "look here");
}

TEST_CASE("notes that cannot be read are told, and never overwritten")
{
    Folder const folder;
    fs::path const path = recorded_story(folder);
    std::ofstream(sidecar_path(path)) << "{ not ours";
    Session session = opened(path);
    PersonalFiles personal;
    personal.open_trace(session, path);
    CHECK(session.notes.size() == 1);
    session.sidecar.add({{3, 0}, "new"});
    personal.keep(session);
    std::ifstream file(sidecar_path(path));
    CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == "{ not ours");
}

TEST_CASE("a folder that takes no settings is told once, and the window goes on")
{
    Folder const folder;
    std::ofstream(folder / "file") << "x";
    ::setenv("XDG_CONFIG_HOME", (folder / "file").c_str(), 1);
    Session session;
    PersonalFiles personal;
    session.view.scale = 2;
    personal.keep(session);
    session.view.scale = 1.5F;
    personal.keep(session);
    CHECK(session.notes.size() == 1);
}

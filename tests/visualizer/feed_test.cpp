// Recorded files as the window reads them: chunk by chunk, by all cores, whole or damaged.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "engine/stream/reader.hpp"
#include "engine/stream/recorder.hpp"
#include "visualizer/app/feed.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

// The story in a file of its own, which vanishes with this.
class StoryFile {
public:
    explicit StoryFile(unsigned rounds)
    {
        std::string name = (std::filesystem::temp_directory_path() / "ringside-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder_ = name;
        stream::RecorderOptions options;
        options.file = path();
        options.intake.details = stream::WhenFull::wait; // nothing is lost, however fast it is told
        options.intake.patience = std::chrono::seconds(60);
        auto recorder = stream::Recorder::create(options);
        REQUIRE(recorder);
        story::tell(**recorder, {.rounds = rounds});
        (*recorder)->finish();
    }
    ~StoryFile() { std::filesystem::remove_all(folder_); }
    StoryFile(StoryFile const&) = delete;
    StoryFile& operator=(StoryFile const&) = delete;

    std::filesystem::path path() const { return folder_ / "story.ring"; }
    void damage(std::uint64_t offset) const
    {
        std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(offset));
        file.put('\x55');
        file.put('\x55');
    }

private:
    std::filesystem::path folder_;
};

struct Opened {
    Session session;
    std::vector<std::string> notes;
    std::unique_ptr<Feed> feed;
};

Opened open(StoryFile const& file)
{
    Opened opened;
    auto feed = Feed::of_file(file.path(), [] {});
    REQUIRE(feed);
    opened.feed = std::move(*feed);
    opened.session.set_source(opened.feed->blocks());
    for (bool finished = false; !finished;) {
        Delivery const delivery = opened.feed->take();
        for (Delivery::Block const& block : delivery.blocks)
            opened.session.append_block(block.records, block.number);
        opened.notes.insert(opened.notes.end(), delivery.notes.begin(), delivery.notes.end());
        finished = delivery.finished;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return opened;
}

} // namespace

TEST_CASE("a file of many chunks is read whole and in order, by however many threads")
{
    StoryFile const file(8000);
    auto const expected = stream::read_all(file.path());
    REQUIRE(expected);
    Opened const opened = open(file);
    RecordStore const& records = opened.session.trace().records();
    CHECK(opened.notes.empty());
    REQUIRE(records.size() == expected->size());
    CHECK(opened.feed->expected() == expected->size());
    for (RecordIndex index = 0; index < records.size(); index += 17) {
        REQUIRE(records.event(index) == (*expected)[index].event);
        REQUIRE(records.head(index).seq == (*expected)[index].seq);
        REQUIRE(records.head(index).host == (*expected)[index].host);
    }
}

TEST_CASE("a damaged chunk is one loss, one note, and the same again when it is looked at")
{
    StoryFile const file(8000);
    auto const reader = stream::TraceReader::open(file.path());
    REQUIRE(reader);
    REQUIRE(reader->chunk_count() > 3);
    file.damage(reader->chunk_info(2).offset + 200);
    Opened const opened = open(file);
    REQUIRE(opened.notes.size() == 1);
    CHECK(opened.notes[0].find("damaged") != std::string::npos);
    TraceModel const& trace = opened.session.trace();
    REQUIRE(trace.losses().size() == 1);
    auto const lost = trace.records().get<trace::Dropped>(trace.losses()[0]);
    REQUIRE(lost.has_value());
    CHECK(lost->count == reader->chunk_info(2).next_seq - reader->chunk_info(2).first_seq);
    CHECK(trace.dropped() == lost->count);
}

TEST_CASE("a file that is cut off opens to its last whole chunk and says so")
{
    StoryFile const file(8000);
    auto const reader = stream::TraceReader::open(file.path());
    REQUIRE(reader);
    std::filesystem::resize_file(file.path(), reader->chunk_info(2).offset + 50);
    Opened const opened = open(file);
    CHECK(opened.notes.size() == 1);
    CHECK(opened.session.trace().records().size() ==
          reader->chunk_info(0).count + reader->chunk_info(1).count);
}

TEST_CASE("a file that vanishes under the window leaves records that say nothing")
{
    StoryFile const file(8000);
    Opened const opened = open(file);
    std::filesystem::resize_file(file.path(), 64);
    RecordIndex const last = opened.session.trace().records().size() - 1;
    CHECK(opened.session.trace().records().get<trace::Dropped>(last).has_value());
}

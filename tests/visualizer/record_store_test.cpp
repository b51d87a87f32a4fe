// Records in blocks: kept ones, and those that are read again when somebody looks at them.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"
#include "visualizer/model/session.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

// The story in blocks, handed out again and again; counts how often.
class StoryBlocks final : public BlockSource {
public:
    explicit StoryBlocks(std::vector<trace::Record> const& records, std::size_t each = 100)
    {
        for (std::size_t place = 0; place < records.size(); ++place) {
            if (place % each == 0)
                blocks.push_back(std::make_shared<RecordBlock>());
            blocks.back()->append(records[place]);
        }
    }
    std::shared_ptr<RecordBlock const> load(std::uint32_t number) const override
    {
        ++loads;
        return gone ? nullptr : blocks[number];
    }

    std::vector<std::shared_ptr<RecordBlock>> blocks;
    mutable unsigned loads = 0;
    bool gone = false;
};

void append_all(Session& session, std::shared_ptr<StoryBlocks> const& source)
{
    session.set_source(source);
    for (std::uint32_t number = 0; number < source->blocks.size(); ++number)
        session.append_block(source->blocks[number], number);
}

} // namespace

TEST_CASE("a trace read in blocks is the same trace")
{
    std::vector<trace::Record> const told = story::records({.rounds = 50});
    TraceModel kept;
    kept.append(told);
    Session session;
    append_all(session, std::make_shared<StoryBlocks>(told));
    TraceModel const& read = session.trace();
    REQUIRE(read.records().size() == kept.records().size());
    for (RecordIndex index = 0; index < read.records().size(); ++index) {
        REQUIRE(read.records().event(index) == told[index].event);
        REQUIRE(read.records().head(index).seq == told[index].seq);
    }
    REQUIRE(read.moments().size() == kept.moments().size());
    for (MomentIndex row = 0; row < read.moments().size(); ++row) {
        CHECK(read.moments()[row].value == kept.moments()[row].value);
        CHECK(read.moments()[row].last == kept.moments()[row].last);
    }
    CHECK(read.console().characters() == kept.console().characters());
    CHECK(read.registers_at(0, 700).values == kept.registers_at(0, 700).values);
}

TEST_CASE("blocks of a file are not kept, and looked for only when somebody looks")
{
    auto const source = std::make_shared<StoryBlocks>(story::records({.rounds = 50}));
    Session session;
    append_all(session, source);
    unsigned const before = source->loads;
    CHECK(session.trace().records().bytes_used() == 0);
    (void)session.trace().records().head(250);
    (void)session.trace().records().head(251);
    CHECK(source->loads == before + 1);
}

TEST_CASE("a record is found by its number in every block")
{
    std::vector<trace::Record> const told = story::records({.rounds = 50});
    Session session;
    append_all(session, std::make_shared<StoryBlocks>(told, 64));
    for (std::size_t place = 0; place < told.size(); place += 31)
        REQUIRE(session.trace().records().find(0, told[place].seq) == place);
    CHECK(session.trace().records().find(0, 1'000'000'000) == told.size() - 1);
    CHECK(session.trace().records().find(3, 5) == no_record);
}

TEST_CASE("a file that vanished leaves records that say nothing")
{
    auto const source = std::make_shared<StoryBlocks>(story::records({.rounds = 50}));
    Session session;
    append_all(session, source);
    source->gone = true;
    auto const lost = session.trace().records().get<trace::Dropped>(1234);
    REQUIRE(lost.has_value());
    CHECK(lost->reason == trace::DropReason::unreadable);
}

TEST_CASE("a filter answered in slices answers the same as one answered at once")
{
    TraceModel model;
    model.append(story::records({.rounds = 20'000}));
    for (std::string_view const text : {"halt", "port == 0x3f8", "com1", "seq > 5000 && out"}) {
        Filter const filter = parse_filter(text).filter;
        std::vector<MomentIndex> expected;
        for (MomentIndex row = 0; row < model.moments().size(); ++row)
            if (filter.matches(model, model.moments()[row]))
                expected.push_back(row);
        RowScan scan;
        scan.restart(filter);
        MomentIndex before = 0;
        while (!scan.work(model, RowScan::Budget(1))) {
            REQUIRE(scan.scanned() > before);
            before = scan.scanned();
        }
        CHECK(scan.rows() == expected);
        CHECK_FALSE(expected.empty());
    }
}

TEST_CASE("rows that come later are asked, too")
{
    std::vector<trace::Record> const told = story::records({.rounds = 50});
    Session session;
    session.set_filter("kind == halt");
    session.append(std::span(told).first(told.size() / 2));
    std::uint32_t const half = session.row_count();
    session.append(std::span(told).subspan(told.size() / 2));
    CHECK(half > 10);
    CHECK(session.row_count() == 50);
    CHECK(session.filter_progress() == 1.0F);
}

TEST_CASE("a frame's worth of questions about rows reads no record again")
{
    auto const source = std::make_shared<StoryBlocks>(story::records({.rounds = 400}), 16);
    Session session;
    append_all(session, source);
    unsigned const before = source->loads;
    for (RecordIndex const walk : session.trace().walks())
        (void)session.trace().moment_of(walk);
    for (RecordIndex const marker : session.trace().markers())
        (void)session.trace().moment_of(marker);
    (void)session.trace().density().between(100, 5000);
    CHECK(source->loads == before);
}

// Rows of the exit list: spans, what lies between them, damage.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"
#include "visualizer/model/trace_model.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

trace::Record record(std::uint64_t seq, trace::Event event, std::uint64_t host = 0,
                     std::uint8_t vcpu = 0)
{
    return {seq, vcpu, seq * 10, host, std::move(event)};
}

trace::ExitBegin port_in()
{
    trace::ExitBegin begin;
    begin.kind = trace::ExitKind::port_in;
    begin.address = 0x3fd;
    begin.width = 1;
    return begin;
}

} // namespace

TEST_CASE("an exit is one row from its beginning to its end")
{
    TraceModel model;
    std::vector<trace::Record> const records = {
        record(0, port_in(), 100),
        record(1, trace::DeviceAccess{2, 1, trace::Direction::read, 5, 0x60}),
        record(2, trace::ExitEnd{trace::VerdictKind::answer, 0x60, 0x1000, 0}, 9'100),
    };
    model.append(records);
    REQUIRE(model.moments().size() == 1);
    Moment const& exit = model.moments()[0];
    CHECK(exit.first == 0);
    CHECK(exit.last == 2);
    CHECK_FALSE(exit.open);
    CHECK(exit.value == 0x60);
    CHECK(exit.device == 2);
    CHECK(exit.cost == 9'000);
    CHECK(exit.exit_class == ExitClass::port);
}

TEST_CASE("an exit that is cut in two by two appends is still one row")
{
    TraceModel model;
    std::vector<trace::Record> const first = {record(0, port_in())};
    std::vector<trace::Record> const rest = {
        record(1, trace::ExitEnd{trace::VerdictKind::answer, 7, 0x1000, 0})};
    model.append(first);
    CHECK(model.moments()[0].open);
    model.append(rest);
    REQUIRE(model.moments().size() == 1);
    CHECK_FALSE(model.moments()[0].open);
    CHECK(model.moments()[0].value == 7);
}

TEST_CASE("an interrupt between two exits is a row and the second exit's preface starts behind it")
{
    TraceModel model;
    std::vector<trace::Record> const records = {
        record(0, port_in()),
        record(1, trace::ExitEnd{trace::VerdictKind::answer, 0, 0, 0}),
        record(2, trace::InterruptInjected{4, 0x24}),
        record(3, trace::Scheduling{}),
        record(4, port_in()),
    };
    model.append(records);
    REQUIRE(model.moments().size() == 3);
    CHECK(kind_name(model.moments()[1]) == "irq-injected");
    CHECK(model.moments()[1].exit_class == ExitClass::interrupt);
    CHECK(model.moments()[2].preface == 3);
    CHECK(model.moment_of(3) == 2);
    CHECK(model.moment_of(1) == 0);
}

TEST_CASE("an end whose beginning was lost makes no row and breaks none")
{
    TraceModel model;
    std::vector<trace::Record> const records = {
        record(7, trace::ExitEnd{trace::VerdictKind::resume, 0, 0, 3}),
        record(8, port_in()),
        record(9, trace::ExitEnd{trace::VerdictKind::resume, 0, 0, 99}),
    };
    model.append(records);
    REQUIRE(model.moments().size() == 1);
    CHECK(model.moments()[0].open);
}

TEST_CASE("a second beginning closes an exit whose end was lost")
{
    TraceModel model;
    std::vector<trace::Record> const records = {record(0, port_in()), record(1, port_in())};
    model.append(records);
    CHECK(model.moments().size() == 2);
    CHECK(model.moment_of(1) == 1);
}

TEST_CASE("losses in a row are one row that counts them all")
{
    TraceModel model;
    std::vector<trace::Record> const records = {
        record(0, trace::Dropped{0, 3, trace::DropReason::reader_late}),
        record(3, trace::SlotMapped{}),
        record(4, trace::Dropped{4, 5, trace::DropReason::reader_late}),
        record(9, port_in()),
        record(10, trace::Dropped{10, 7, trace::DropReason::ring_full}),
    };
    model.append(records);
    REQUIRE(model.moments().size() == 3);
    CHECK(model.moments()[0].value == 8);
    CHECK(model.moments()[2].value == 7);
    CHECK(model.missed() == 8);
    CHECK(model.dropped() == 7);
}

TEST_CASE("two vCPUs keep their exits apart")
{
    TraceModel model;
    std::vector<trace::Record> const records = {
        record(0, port_in(), 0, 0),
        record(0, port_in(), 0, 1),
        record(1, trace::ExitEnd{trace::VerdictKind::answer, 1, 0, 0}, 0, 0),
        record(1, trace::ExitEnd{trace::VerdictKind::answer, 2, 0, 0}, 0, 1),
    };
    model.append(records);
    REQUIRE(model.moments().size() == 2);
    CHECK(model.moments()[0].value == 1);
    CHECK(model.moments()[1].value == 2);
    CHECK(model.moment_of(2) == 0);
    CHECK(model.moment_of(3) == 1);
    CHECK(model.records().find(1, 1) == 3);
}

TEST_CASE("the store gives back every event as it was appended")
{
    std::vector<trace::Record> const told = story::records();
    TraceModel model;
    model.append(told);
    REQUIRE(model.records().size() == told.size());
    for (RecordIndex index = 0; index < model.records().size(); ++index)
        REQUIRE(model.records().event(index) == told[index].event);
}

TEST_CASE("a full store keeps no more and counts what it did not keep")
{
    TraceModel model(std::size_t{1} << 18);
    std::vector<trace::Record> const told = story::records({.rounds = 4000});
    model.append(told);
    CHECK(model.not_kept() > 0);
    CHECK(model.records().size() + model.not_kept() == told.size());
    CHECK(model.records().bytes_used() < (std::size_t{1} << 20));
}

TEST_CASE("the density of a range is the count of its rows by class")
{
    TraceModel model;
    model.append(story::records({.rounds = 60}));
    MomentIndex const begin = 37;
    MomentIndex const end = model.moments().size() - 11;
    ClassCounts counted{};
    for (MomentIndex index = begin; index < end; ++index)
        ++counted[static_cast<std::size_t>(model.moments()[index].exit_class)];
    CHECK(model.density().between(begin, end) == counted);
}

TEST_CASE("half of a kind's exits cost less than its median")
{
    Costs costs;
    for (std::uint64_t nanoseconds = 1; nanoseconds <= 1000; ++nanoseconds)
        costs.add(trace::ExitKind::halt, nanoseconds * 16);
    Costs::Spread const spread = costs.spread(trace::ExitKind::halt);
    CHECK(spread.count == 1000);
    CHECK(spread.median >= 6'000);
    CHECK(spread.median <= 8'000);
    CHECK(spread.low < spread.median);
    CHECK(spread.high > spread.median);
}

TEST_CASE("every cost falls into the bucket whose floor is at or below it")
{
    for (std::uint64_t cost = 0; cost < 100'000; cost += 7) {
        std::size_t const bucket = Costs::bucket_of(cost);
        REQUIRE(Costs::floor_of(bucket) <= cost);
        REQUIRE(Costs::floor_of(bucket + 1) > cost);
    }
}

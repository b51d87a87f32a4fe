// The event set as a whole, and the raw records sinks are handed.

#include "engine/trace/memory_sink.hpp"
#include "engine/trace/raw_record.hpp"
#include "engine/trace/schema.hpp"
#include "engine/trace/tracer.hpp"
#include "tests/catch.hpp"
#include "tests/trace/random_events.hpp"

#include <set>
#include <string_view>
#include <vector>

using namespace ringside;
using namespace ringside::trace;

TEST_CASE("no two events share a name")
{
    std::set<std::string_view> names;
    for_each_event_type([&](auto tag) { CHECK(names.insert(decltype(tag)::type::name).second); });
}

TEST_CASE("within an event, no two fields share a name and each has a sentence of help")
{
    for_each_event_type([](auto tag) {
        std::set<std::string_view> names;
        for_each_field<typename decltype(tag)::type>([&](auto const& field) {
            CHECK(names.insert(field.name).second);
            CHECK_FALSE(field.help.empty());
        });
    });
}

TEST_CASE("an event is found by its id, and an unknown id has no event")
{
    CHECK(event_name(ExitBegin::id) == "exit");
    CHECK(event_category(Keyframe::id) == Category::keyframe);
    CHECK(event_name(0) == "unknown");
    CHECK(event_name(255) == "unknown");
}

TEST_CASE("every enumerator that is written has a name")
{
    CHECK(name_of(DropReason::unreadable) == "unreadable");
    CHECK(name_of(StopCause::failed) == "failed");
    CHECK(name_of(ExitKind::unhandled) == "unhandled");
    CHECK(name_of(WalkProblem::smap) == "SMAP");
    CHECK(name_of(SchedulingStep::idle) == "idle");
}

TEST_CASE("an event survives being handed to a sink as raw bytes")
{
    RandomEvents random(4);
    for (int round = 0; round < 100; ++round)
        for (Event const& event : random.one_of_each())
            CHECK(to_event(raw_record(event, 0, 0)) == event);
}

TEST_CASE("a raw record ends behind the last list item in use")
{
    Keyframe const empty;
    Keyframe one;
    one.values.push(7);
    CHECK(raw_record(one, 0, 0).bytes.size() == raw_record(empty, 0, 0).bytes.size() + 8);
    CHECK(raw_record(empty, 0, 0).bytes.size() <= 8);
}

TEST_CASE("the memory sink numbers the records of each vCPU on their own")
{
    MemorySink sink;
    Tracer tracer(&sink);
    for (std::uint8_t const vcpu : std::vector<std::uint8_t>{0, 1, 0, 0, 1}) {
        tracer.set_vcpu(VcpuId{vcpu});
        tracer.set_time(VirtualTime{sink.records().size() * 10});
        tracer.emit(LineChanged{vcpu, true});
    }
    std::vector<std::uint64_t> seqs;
    for (Record const& record : sink.records())
        seqs.push_back(record.seq);
    CHECK(seqs == std::vector<std::uint64_t>{0, 0, 1, 2, 1});
    CHECK(sink.records().back().time == 40);
    CHECK(sink.all<LineChanged>().size() == 5);
    CHECK(sink.all<Marker>().empty());
}

TEST_CASE("the tracer and its sink agree on the next sequence number")
{
    MemorySink sink;
    Tracer tracer(&sink);
    tracer.emit(ConsoleByte{Direction::write, 'a'});
    tracer.silence(true);
    tracer.emit(ConsoleByte{Direction::write, 'b'}); // silenced: it has no number either
    tracer.emit(Marker{Text("told all the same")});
    CHECK(tracer.next_seq() == 2);
    CHECK(sink.records().back().seq == 1);
}

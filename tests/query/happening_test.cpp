// Events by the names of their fields, and exits as one happening.
#include "engine/query/happening.hpp"
#include "tests/catch.hpp"

using namespace ringside;
using namespace ringside::query;

namespace {

struct Stream {
    HappeningReader reader;
    std::uint64_t seq = 0;

    Happening const* tell(trace::Event const& event, std::uint8_t vcpu = 0)
    {
        trace::Record record;
        record.seq = seq++;
        record.vcpu = vcpu;
        record.time = record.seq * 1000;
        record.event = event;
        return reader.take(record);
    }
};

bool holds(Happening const* happening, std::string_view text)
{
    Result<Condition> const condition = parse_condition(text);
    INFO(text << ": " << (condition ? std::string() : condition.error().text));
    REQUIRE(condition);
    REQUIRE(happening != nullptr);
    return matches(*condition, *happening);
}

trace::ExitBegin port_in(std::uint64_t rip)
{
    trace::ExitBegin begin;
    begin.kind = trace::ExitKind::port_in;
    begin.width = 1;
    begin.address = 0x3fd;
    begin.rip = rip;
    return begin;
}

} // namespace

TEST_CASE("an exit is one happening, with the answer a read was given")
{
    Stream stream;
    trace::DeviceDefined device;
    device.device = 3;
    device.label = trace::Text("COM1");
    stream.tell(device);
    CHECK(stream.tell(port_in(0x7c1f)) == nullptr);
    trace::DeviceAccess access;
    access.device = 3;
    stream.tell(access);
    trace::ExitEnd end;
    end.verdict = trace::VerdictKind::answer;
    end.answer = 0x60;
    end.began = 1;
    Happening const* const exit = stream.tell(end);
    CHECK(holds(exit, "kind == port-in && port == 0x3fd && value == 0x60 && width == 1"));
    CHECK(holds(exit, "rip == 0x7c1f && device == COM1 && verdict == answer && seq == 1"));
    CHECK_FALSE(holds(exit, "gpa != 0"));
}

TEST_CASE("a write keeps what was written")
{
    Stream stream;
    trace::ExitBegin begin = port_in(0);
    begin.kind = trace::ExitKind::port_out;
    begin.value = 'H';
    stream.tell(begin);
    Happening const* const exit = stream.tell(trace::ExitEnd{});
    CHECK(holds(exit, "value == 'H' && verdict == resume"));
    CHECK_FALSE(holds(exit, "rip >= 0"));
}

TEST_CASE("an end whose beginning was lost is no happening")
{
    Stream stream;
    CHECK(stream.tell(trace::ExitEnd{}) == nullptr);
    stream.tell(port_in(1));
    trace::ExitEnd end;
    end.began = 77;
    CHECK(stream.tell(end) == nullptr);
}

TEST_CASE("exits of two vCPUs do not mix")
{
    Stream stream;
    stream.tell(port_in(0x10), 0);
    stream.tell(port_in(0x20), 1);
    trace::ExitEnd end;
    end.began = 0;
    CHECK(holds(stream.tell(end, 0), "rip == 0x10 && vcpu == 0"));
    end.began = 1;
    CHECK(holds(stream.tell(end, 1), "rip == 0x20 && vcpu == 1"));
}

TEST_CASE("a marker is a happening itself, and belongs to the exit that carried it")
{
    Stream stream;
    stream.tell(port_in(0));
    trace::Marker marker;
    marker.text = trace::Text("phase 2");
    CHECK(holds(stream.tell(marker), "kind == marker && marker ~ \"phase 2\""));
    CHECK(holds(stream.tell(trace::ExitEnd{}), "kind == port-in && marker == \"phase 2\""));
}

TEST_CASE("interrupts, exceptions, walks and modes have their numbers")
{
    Stream stream;
    trace::InterruptInjected injected;
    injected.irq = 4;
    injected.vector = 0x24;
    CHECK(holds(stream.tell(injected), "irq == 4 && vector == 0x24 && kind == irq-injected"));
    trace::Delivered delivered;
    delivered.vector = 14;
    delivered.from_rip = 0x1234;
    CHECK(holds(stream.tell(delivered), "vector == 14 && rip == 0x1234"));
    trace::PageWalk walk;
    walk.gva = 0xffff8000;
    walk.gpa = 0x2000;
    CHECK(holds(stream.tell(walk), "kind == page-walk && address == 0xffff8000 && gpa == 0x2000"));
    trace::ModeChanged mode;
    mode.to = trace::CpuMode::long64;
    CHECK(holds(stream.tell(mode), "mode == long64"));
}

TEST_CASE("a search looks at the words of an event")
{
    Stream stream;
    trace::Emulated emulated;
    emulated.mnemonic = trace::Text("lgdt");
    Happening const* const happening = stream.tell(emulated);
    CHECK((holds(happening, "lgdt") && holds(happening, "emulated") && !holds(happening, "sgdt")));
}

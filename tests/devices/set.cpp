// The standard machine: where its devices are, what their lines are soldered to, what is told.
#include "engine/devices/set.hpp"

#include "guest-programs/abi/ringside.h"
#include "tests/catch.hpp"
#include "tests/devices/standard.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace ringside;
using namespace ringside::devices;

TEST_CASE("Every device answers at its addresses")
{
    Standard machine;
    CHECK(machine.in(0x3fd) == 0x60); // LSR
    CHECK(machine.in(RINGSIDE_PORT_TEACH_COMMAND) == RINGSIDE_TEACH_MAGIC);
    CHECK(machine.mmio.read(RINGSIDE_MMIO_BASE, 4) == 0x474e4952);
    machine.out(0x70, 0x0d);
    CHECK(machine.in(0x71) == 0x80);
    machine.out(0x4d1, 0xff);
    CHECK(machine.in(0x4d1) == 0xde);
    machine.out(0x61, 0x02);
    CHECK((machine.in(0x61) & 0x0f) == 0x02);
    machine.out(0x43, 0xe2); // status of counter 0
    CHECK((machine.in(0x40) & 0x80) != 0);
    CHECK(machine.events.of<trace::Unclaimed>().empty());
}

TEST_CASE("Devices are numbered in the order of their list, each once")
{
    Standard machine;
    REQUIRE(machine.devices.devices().size() == device_count);
    std::set<std::string_view> names;
    for (std::size_t index = 0; index < device_count; ++index) {
        CHECK(machine.devices.devices()[index].number == index);
        names.insert(machine.devices.devices()[index].device->name());
    }
    CHECK(names == std::set<std::string_view>{"uart16550", "pic8259", "pit8254", "port61", "rtc",
                                              "exit-port", "teaching-port", "mmio-window"});
    CHECK(machine.devices.devices()[static_cast<std::size_t>(DeviceNumber::pit)].device->name() ==
          "pit8254");
}

TEST_CASE("Announcing tells every range and every register once")
{
    Standard machine;
    machine.devices.announce(machine.tracer);
    auto const ranges = machine.events.of<trace::DeviceDefined>();
    REQUIRE(ranges.size() == standard_map().size());
    for (auto const& range : ranges)
        if (range.device == static_cast<std::uint8_t>(DeviceNumber::uart))
            CHECK(range == trace::DeviceDefined{0, trace::Space::port, 0x3f8, 8,
                                                std::string_view("uart16550")});

    std::size_t registers = 0;
    for (auto const& part : machine.devices.devices())
        registers += part.device->registers().size();
    auto const defined = machine.events.of<trace::RegisterDefined>();
    CHECK(defined.size() == registers);
    CHECK(std::any_of(defined.begin(), defined.end(), [](trace::RegisterDefined const& info) {
        return info.label.text() == "LSR: Line Status Register" && info.offset == 5;
    }));
}

TEST_CASE("Every register's labels fit into an event and its help is a sentence")
{
    Standard machine;
    for (auto const& part : machine.devices.devices()) {
        for (RegisterInfo const& info : part.device->registers()) {
            CAPTURE(info.name);
            CHECK_FALSE(info.name.empty());
            CHECK(info.name.size() + 2 + info.long_name.size() <= trace::Text::capacity);
            REQUIRE_FALSE(info.help.empty());
            CHECK(info.help.back() == '.');
        }
    }
}

TEST_CASE("Building the machine tells nothing: the story begins with the guest")
{
    Standard machine;
    CHECK(machine.events.ids().empty());
}

TEST_CASE("The timer raises IRQ 0, the controller gives its vector, and EOI is told")
{
    Standard machine;
    machine.initialise_pics();
    machine.start_timer(1193);
    machine.events.clear();
    VirtualTime const due = *machine.devices.deadline();
    machine.devices.advance_to(due);
    CHECK(machine.devices.pic().pending() == Irq(0));
    CHECK(machine.devices.pic().acknowledge() == Acknowledged{Irq(0), 0x20});
    machine.out(0x20, 0x20);
    CHECK(machine.events.of<trace::LineChanged>() ==
          std::vector<trace::LineChanged>{{0, false}, {0, true}});
    CHECK(machine.events.of<trace::EndOfInterrupt>() == std::vector<trace::EndOfInterrupt>{{0}});
    CHECK(machine.devices.deadline() > due);
}

TEST_CASE("The serial port's line is IRQ 4")
{
    Standard machine;
    machine.initialise_pics();
    machine.out(0x3fc, 0x08);
    machine.out(0x3f9, 0x01);
    CHECK(machine.devices.receive('k'));
    CHECK(machine.devices.pic().pending() == Irq(4));
    CHECK(machine.in(0x3f8) == 'k');
    CHECK_FALSE(machine.devices.pic().pending());
}

TEST_CASE("The clock's line is IRQ 8, through the slave")
{
    Standard machine;
    machine.initialise_pics();
    machine.out(0x70, 0x0b);
    machine.out(0x71, 0x12); // update-ended
    REQUIRE(machine.devices.deadline() == VirtualTime(1'000'000'000));
    machine.devices.advance_to(VirtualTime(1'000'000'000));
    CHECK(machine.devices.pic().acknowledge() == Acknowledged{Irq(8), 0x28});
}

TEST_CASE("The deadline is the earliest of timer and clock, and none when both rest")
{
    Standard machine;
    CHECK_FALSE(machine.devices.deadline());
    machine.out(0x70, 0x0b);
    machine.out(0x71, 0x12);
    CHECK(machine.devices.deadline() == VirtualTime(1'000'000'000));
    machine.start_timer(1193);
    CHECK(machine.devices.deadline() < VirtualTime(1'002'000));
}

TEST_CASE("What the guest prints goes out and into the stream")
{
    Standard machine;
    machine.out(0x3f8, 'H');
    machine.out(0x3f8, 'i');
    CHECK(machine.printed == "Hi");
    CHECK(machine.events.of<trace::ConsoleByte>() ==
          std::vector<trace::ConsoleByte>{{trace::Direction::write, 'H'},
                                          {trace::Direction::write, 'i'}});
}

TEST_CASE("What is typed or piped is in the stream when it enters the FIFO")
{
    Standard machine;
    machine.piped = {'p'};
    CHECK(machine.in(0x3f8) == 'p');
    CHECK(machine.devices.receive('t'));
    CHECK_FALSE(machine.devices.receive('x')); // an overrun: never entered
    CHECK(machine.events.of<trace::ConsoleByte>() ==
          std::vector<trace::ConsoleByte>{{trace::Direction::read, 'p'},
                                          {trace::Direction::read, 't'}});
    auto const notes = machine.events.of<trace::DeviceNote>();
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].what.text() == "receive overrun");
    CHECK(notes[0].device == static_cast<std::uint8_t>(DeviceNumber::uart));
}

TEST_CASE("A write is told before what it causes")
{
    Standard machine;
    machine.out(0x3f8, 'H');
    CHECK(machine.events.ids() ==
          std::vector<unsigned>{trace::DeviceAccess::id, trace::ConsoleByte::id});
}

TEST_CASE("The exit port's result is there for the machine")
{
    Standard machine;
    CHECK_FALSE(machine.devices.exit_requested());
    machine.out(RINGSIDE_PORT_EXIT, 7);
    CHECK(machine.devices.exit_requested() == std::uint8_t{7});
}

TEST_CASE("Markers, symbols and assertions of the guest are events")
{
    Standard machine;
    for (char character : std::string("loop"))
        machine.out(RINGSIDE_PORT_TEACH_TEXT, static_cast<std::uint8_t>(character));
    machine.out(RINGSIDE_PORT_TEACH_COMMAND, RINGSIDE_TEACH_MARKER);
    machine.ports.write(RINGSIDE_PORT_TEACH_ADDRESS, 4, 0x10000);
    machine.out(RINGSIDE_PORT_TEACH_COMMAND, RINGSIDE_TEACH_SYMBOL);
    machine.out(RINGSIDE_PORT_TEACH_COMMAND, RINGSIDE_TEACH_ASSERT_FAILED);
    REQUIRE(machine.events.of<trace::Marker>().size() == 1);
    CHECK(machine.events.of<trace::Marker>()[0].text.text() == "loop");
    REQUIRE(machine.events.of<trace::Symbol>().size() == 1);
    CHECK(machine.events.of<trace::Symbol>()[0].address == 0x10000);
    REQUIRE(machine.events.of<trace::Assertion>().size() == 1);
    CHECK_FALSE(machine.events.of<trace::Assertion>()[0].held);
}

TEST_CASE("The guest silences the stream and gives it its voice back; both switches are told")
{
    Standard machine;
    machine.out(RINGSIDE_PORT_TEACH_COMMAND, RINGSIDE_TEACH_TRACE_OFF);
    machine.events.clear();
    machine.out(0x80, 1);
    machine.out(0x3f8, 'x');
    CHECK(machine.events.ids().empty());
    machine.out(RINGSIDE_PORT_TEACH_COMMAND, RINGSIDE_TEACH_TRACE_ON);
    machine.out(0x80, 1);
    CHECK(machine.events.ids() ==
          std::vector<unsigned>{trace::TracingSwitched::id, trace::Unclaimed::id});
    CHECK(machine.printed == "x");
}

TEST_CASE("A machine restored device by device goes on like the other")
{
    Standard one;
    one.initialise_pics();
    one.start_timer(1000);
    one.out(0x3fc, 0x08);
    one.out(0x3f9, 0x01);
    one.devices.advance_to(VirtualTime(2'500'000));
    one.devices.receive('k');
    one.devices.pic().acknowledge();
    one.out(RINGSIDE_PORT_TEACH_COMMAND, RINGSIDE_TEACH_TRACE_OFF);

    Standard other;
    for (auto const& part : one.devices.devices())
        REQUIRE(other.devices.restore(part.number, part.device->save()));
    CHECK_FALSE(other.tracer.on()); // the guest had asked for silence
    CHECK(other.devices.deadline() == one.devices.deadline());
    for (Standard* machine : {&one, &other}) {
        machine->out(0x20, 0x20);
        CHECK(machine->devices.pic().acknowledge() == Acknowledged{Irq(4), 0x24});
        CHECK(machine->in(0x3f8) == 'k');
        machine->devices.advance_to(*machine->devices.deadline());
    }
    for (std::size_t index = 0; index < device_count; ++index)
        CHECK(one.devices.devices()[index].device->save() ==
              other.devices.devices()[index].device->save());
}

TEST_CASE("Restoring a device that does not exist is refused")
{
    Standard machine;
    CHECK_FALSE(machine.devices.restore(device_count, {}));
}

// The devices that no PC has: exit port, teaching port, MMIO window. Their data sheet is
// guest-programs/abi/ringside.h.
#include "engine/devices/exit_port.hpp"
#include "engine/devices/mmio_window.hpp"
#include "engine/devices/teaching_port.hpp"

#include "guest-programs/abi/ringside.h"
#include "tests/catch.hpp"
#include "tests/devices/fakes.hpp"

#include <string>
#include <vector>

using namespace ringside;
using namespace ringside::devices;

namespace {

/// Writes down what it hears, one line each.
struct Heard final : TeachingListener {
    std::vector<std::string> lines;
    void marker(std::string_view text) override { lines.push_back("marker " + std::string(text)); }
    void symbol(std::string_view text, std::uint64_t address) override
    {
        lines.push_back("symbol " + std::string(text) + " " + std::to_string(address));
    }
    void assertion(std::string_view text, bool held) override
    {
        lines.push_back((held ? "held " : "failed ") + std::string(text));
    }
    void tracing(bool on) override { lines.push_back(on ? "on" : "off"); }
};

struct Teaching {
    Heard heard;
    KeptNotes notes;
    TeachingPort port{heard, &notes};

    void say(std::string_view text)
    {
        for (char character : text)
            out(RINGSIDE_PORT_TEACH_TEXT, 1, static_cast<std::uint8_t>(character));
    }
    void out(unsigned where, unsigned width, std::uint64_t value)
    {
        port.write(static_cast<std::uint16_t>(where - RINGSIDE_PORT_TEACH_COMMAND), width, value);
    }
    void command(std::uint64_t number) { out(RINGSIDE_PORT_TEACH_COMMAND, 1, number); }
};

} // namespace

// ---------------------------------------------------------------- exit port

TEST_CASE("The exit port hands on the guest's result")
{
    std::vector<unsigned> results;
    ExitPort port([&](std::uint8_t result) { results.push_back(result); }, nullptr);
    CHECK_FALSE(port.result());
    port.write(0, 1, 42);
    CHECK(port.result() == std::uint8_t{42});
    CHECK(results == std::vector<unsigned>{42});
}

TEST_CASE("A result above 63 is taken as 63 and noted, so that it cannot pass for success")
{
    KeptNotes notes;
    ExitPort port({}, &notes);
    port.write(0, 1, 64);
    CHECK(port.result() == std::uint8_t{63});
    port.write(0, 1, 63);
    CHECK(notes.notes.size() == 1);
}

TEST_CASE("The exit port reads as ones, and reading it does not end the guest")
{
    ExitPort port({}, nullptr);
    CHECK(port.read(0, 1) == 0xff);
    CHECK_FALSE(port.result());
}

// ---------------------------------------------------------------- teaching port

TEST_CASE("Reading COMMAND tells a guest that the teaching port is there")
{
    Teaching teaching;
    CHECK(teaching.port.read(0, 1) == RINGSIDE_TEACH_MAGIC);
    CHECK(teaching.port.read(1, 1) == 0xff);
}

TEST_CASE("A command consumes the text before it")
{
    Teaching teaching;
    teaching.say("here");
    teaching.command(RINGSIDE_TEACH_MARKER);
    teaching.say("one is one");
    teaching.command(RINGSIDE_TEACH_ASSERT_HELD);
    teaching.say("one is two");
    teaching.command(RINGSIDE_TEACH_ASSERT_FAILED);
    teaching.command(RINGSIDE_TEACH_MARKER);
    CHECK(teaching.heard.lines == std::vector<std::string>{"marker here", "held one is one",
                                                           "failed one is two", "marker "});
}

TEST_CASE("A symbol takes text and a 64-bit address in two halves")
{
    Teaching teaching;
    teaching.say("main");
    teaching.out(RINGSIDE_PORT_TEACH_ADDRESS, 4, 0x00010000);
    teaching.out(RINGSIDE_PORT_TEACH_ADDRESS_HIGH, 4, 1);
    teaching.command(RINGSIDE_TEACH_SYMBOL);
    teaching.command(RINGSIDE_TEACH_SYMBOL); // both were consumed
    CHECK(teaching.heard.lines == std::vector<std::string>{"symbol main 4295032832", "symbol  0"});
}

TEST_CASE("An address may be written byte by byte")
{
    Teaching teaching;
    for (unsigned byte = 0; byte < 8; ++byte)
        teaching.out(RINGSIDE_PORT_TEACH_ADDRESS + byte, 1, byte == 0 ? 7 : byte == 4 ? 1 : 0);
    teaching.command(RINGSIDE_TEACH_SYMBOL);
    CHECK(teaching.heard.lines == std::vector<std::string>{"symbol  4294967303"});
}

TEST_CASE("An address write behind the register's end keeps the bytes that fit")
{
    Teaching teaching;
    teaching.port.write(11, 4, 0xffffff01);
    teaching.command(RINGSIDE_TEACH_SYMBOL);
    CHECK(teaching.heard.lines ==
          std::vector<std::string>{"symbol  " + std::to_string(1ULL << 56)});
}

TEST_CASE("Of a long text 63 bytes are kept")
{
    Teaching teaching;
    teaching.say(std::string(100, 'x'));
    teaching.command(RINGSIDE_TEACH_MARKER);
    CHECK(teaching.heard.lines.at(0) == "marker " + std::string(63, 'x'));
}

TEST_CASE("Bytes that are not printable ASCII become question marks")
{
    Teaching teaching;
    teaching.say("a\x1b[\n\x80z");
    teaching.command(RINGSIDE_TEACH_MARKER);
    CHECK(teaching.heard.lines.at(0) == "marker a?[??z");
}

TEST_CASE("The guest switches tracing, and the port remembers what it asked for")
{
    Teaching teaching;
    CHECK(teaching.port.tracing());
    teaching.command(RINGSIDE_TEACH_TRACE_OFF);
    CHECK_FALSE(teaching.port.tracing());
    teaching.command(RINGSIDE_TEACH_TRACE_ON);
    CHECK(teaching.heard.lines == std::vector<std::string>{"off", "on"});
}

TEST_CASE("An unknown command is noted, consumes its text, and says nothing")
{
    Teaching teaching;
    teaching.say("lost");
    teaching.command(0x99);
    CHECK(teaching.notes.value_of("unknown teaching command") == 0x99);
    CHECK(teaching.heard.lines.empty());
    teaching.command(RINGSIDE_TEACH_MARKER);
    CHECK(teaching.heard.lines.at(0) == "marker ");
}

TEST_CASE("A restored teaching port still holds the half-said text and address")
{
    Teaching one;
    one.say("half");
    one.out(RINGSIDE_PORT_TEACH_ADDRESS, 4, 5);
    Teaching other;
    REQUIRE(other.port.restore(one.port.save()));
    other.say(" said");
    other.command(RINGSIDE_TEACH_SYMBOL);
    CHECK(other.heard.lines.at(0) == "symbol half said 5");
}

// ---------------------------------------------------------------- MMIO window

TEST_CASE("The window's ID reads RING in one, two and four bytes, and cannot be written")
{
    MmioWindow window(nullptr);
    window.write(RINGSIDE_MMIO_ID, 4, 0);
    CHECK(window.read(RINGSIDE_MMIO_ID, 4) == 0x474e4952);
    CHECK(window.read(RINGSIDE_MMIO_ID, 1) == 'R');
    CHECK(window.read(RINGSIDE_MMIO_ID + 2, 2) == 0x474e);
    CHECK(window.read(RINGSIDE_MMIO_ID, 8) == 0xffffffff'474e4952);
}

TEST_CASE("SCRATCH reads back what was written, also in parts and at any width")
{
    MmioWindow window(nullptr);
    unsigned const width = GENERATE(range(1U, 9U));
    window.write(RINGSIDE_MMIO_SCRATCH, 8, 0x1122334455667788);
    window.write(RINGSIDE_MMIO_SCRATCH, width, 0xaabbccddeeff0011);
    std::uint64_t const mask = truncate(~0ULL, width);
    CHECK(window.read(RINGSIDE_MMIO_SCRATCH, 8) ==
          ((0x1122334455667788 & ~mask) | (0xaabbccddeeff0011 & mask)));
    CHECK(window.read(RINGSIDE_MMIO_SCRATCH, width) == (0xaabbccddeeff0011 & mask));
}

TEST_CASE("An access in the middle of SCRATCH touches just its bytes")
{
    MmioWindow window(nullptr);
    window.write(RINGSIDE_MMIO_SCRATCH + 3, 2, 0xbeef);
    CHECK(window.read(RINGSIDE_MMIO_SCRATCH, 8) == 0x000000be'ef000000);
    CHECK(window.read(RINGSIDE_MMIO_SCRATCH + 4, 4) == 0xbe);
}

TEST_CASE("A write to SUM adds, at the place of the bytes it writes, and wraps around with a note")
{
    KeptNotes notes;
    MmioWindow window(&notes);
    window.write(RINGSIDE_MMIO_SUM, 4, 40);
    window.write(RINGSIDE_MMIO_SUM, 1, 2);
    CHECK(window.read(RINGSIDE_MMIO_SUM, 8) == 42);
    window.write(RINGSIDE_MMIO_SUM + 1, 1, 1);
    CHECK(window.read(RINGSIDE_MMIO_SUM, 8) == 42 + 256);
    window.write(RINGSIDE_MMIO_SUM, 8, ~0ULL);
    CHECK(window.read(RINGSIDE_MMIO_SUM, 8) == 41 + 256);
    CHECK(notes.has("the sum wrapped around"));
}

TEST_CASE("An access across two registers reaches both")
{
    MmioWindow window(nullptr);
    window.write(RINGSIDE_MMIO_SCRATCH + 4, 8, 0x00000005'00000007);
    CHECK(window.read(RINGSIDE_MMIO_SCRATCH, 8) == 0x00000007'00000000);
    CHECK(window.read(RINGSIDE_MMIO_SUM, 8) == 5);
}

TEST_CASE("COUNT counts every access, the one that reads it included")
{
    MmioWindow window(nullptr);
    CHECK(window.read(RINGSIDE_MMIO_COUNT, 4) == 1);
    window.write(RINGSIDE_MMIO_SCRATCH, 1, 0);
    window.write(RINGSIDE_MMIO_COUNT, 4, 1000); // read-only
    window.read(0x800, 4);
    CHECK(window.read(RINGSIDE_MMIO_COUNT, 4) == 5);
}

TEST_CASE("The rest of the page reads as ones and ignores writes")
{
    MmioWindow window(nullptr);
    window.write(0x20, 8, 0);
    CHECK(window.read(0x20, 4) == 0xffffffff);
    CHECK(window.read(0xfff, 1) == 0xff);
    CHECK(window.read(0x04, 4) == 0xffffffff);
}

TEST_CASE("A restored window keeps scratch, sum and count")
{
    MmioWindow one(nullptr);
    one.write(RINGSIDE_MMIO_SCRATCH, 8, 1);
    one.write(RINGSIDE_MMIO_SUM, 8, 2);
    MmioWindow other(nullptr);
    REQUIRE(other.restore(one.save()));
    CHECK(other.read(RINGSIDE_MMIO_SCRATCH, 8) == 1);
    CHECK(other.read(RINGSIDE_MMIO_SUM, 8) == 2);
    CHECK(other.read(RINGSIDE_MMIO_COUNT, 4) == 5);
}

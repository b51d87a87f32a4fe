// Writing, reading and latching counts against the 8254 datasheet; exactness, and saved state.
#include "tests/catch.hpp"
#include "tests/devices/timer.hpp"

using namespace ringside;
using namespace ringside::devices;
using namespace ringside::devices::pit_words;

TEST_CASE("Ticks and virtual time convert exactly in both directions")
{
    CHECK(ticks_at(VirtualTime(1'000'000'000), Pit8254::frequency) == 1'193'182);
    CHECK(ticks_at(VirtualTime(999'999'999), Pit8254::frequency) == 1'193'181);
    CHECK(time_of_tick(1, Pit8254::frequency) == VirtualTime(839)); // 838.09... rounded up
    CHECK(time_of_tick(1'193'182, Pit8254::frequency) == VirtualTime(1'000'000'000));
    std::uint64_t const a_year = 365ULL * 86'400 * 1'193'182;
    for (std::uint64_t tick = a_year; tick < a_year + 1000; ++tick) {
        VirtualTime const time = time_of_tick(tick, Pit8254::frequency);
        CHECK(ticks_at(time, Pit8254::frequency) == tick);
        CHECK(ticks_at(time - 1, Pit8254::frequency) == tick - 1);
    }
}

TEST_CASE("A count of 0 is the largest one: 65536, or 10000 in BCD")
{
    Timer timer;
    timer.start(0, 2, 0);
    CHECK(timer.pit.deadline() == at_tick(65'537));
    timer.start(0, 2, 0, true);
    CHECK(timer.pit.deadline() == at_tick(10'001));
}

TEST_CASE("A count of 1, forbidden in modes 2 and 3, counts as 2")
{
    Timer timer;
    unsigned const mode = GENERATE(2U, 3U);
    timer.start(0, mode, 1);
    CHECK(timer.pit.deadline() == at_tick(3));
}

TEST_CASE("In BCD the count is written, counted and read in decimal digits")
{
    Timer timer;
    timer.start(1, 2, 0x1234, true);
    timer.advance(1 + 35);
    CHECK(timer.read_count(1) == 0x1199);
}

TEST_CASE("A counter can be written and read by its low or its high byte alone")
{
    Timer timer;
    timer.out(control, 0x54); // counter 1, low byte, mode 2
    timer.out(1, 200);
    timer.advance(1);
    CHECK(timer.in(1) == 200);
    CHECK(timer.in(1) == 200);
    timer.out(control, 0x64); // high byte
    timer.out(1, 0x12);
    timer.advance(3);
    CHECK(timer.in(1) == 0x11); // 0x11ff
}

TEST_CASE("A latched count stays until it is read, and a second latch does not replace it")
{
    Timer timer;
    timer.start(1, 2, 1000);
    timer.advance(1);
    timer.out(control, 0x40);
    timer.advance(101);
    timer.out(control, 0x40);
    CHECK(timer.in(1) == (1000 & 0xff));
    CHECK(timer.in(1) == (1000 >> 8));
    CHECK(timer.in(1) == (900 & 0xff)); // live again
}

TEST_CASE("Read-back latches count and status of several counters; the status is read first")
{
    Timer timer;
    timer.start(0, 3, 1000);
    timer.start(1, 2, 500, true);
    timer.advance(1);
    timer.out(control, 0xc6); // count and status of counters 0 and 1
    CHECK(timer.in(0) == 0xb6);
    CHECK(timer.in(0) == (1000 & 0xff));
    CHECK(timer.in(0) == (1000 >> 8));
    CHECK(timer.in(1) == 0xb5);
}

TEST_CASE("The status tells OUT, and a count that is not loaded yet")
{
    Timer timer;
    timer.out(control, 0x30); // counter 0, mode 0: OUT low
    CHECK(timer.status(0) == 0x70);
    timer.out(0, 5);
    timer.out(0, 0);
    CHECK(timer.status(0) == 0x70);
    timer.advance(1);
    CHECK(timer.status(0) == 0x30);
    timer.advance(6);
    CHECK(timer.status(0) == 0xb0);
}

TEST_CASE("Modes 6 and 7 are modes 2 and 3")
{
    Timer timer;
    timer.out(control, 0x3c);
    CHECK(timer.status(0) == 0xf4);
    timer.out(control, 0x3e);
    CHECK(timer.status(0) == 0xf6);
}

TEST_CASE("The control word cannot be read")
{
    Timer timer;
    CHECK(timer.in(control) == 0xff);
}

TEST_CASE("Modes that the gate triggers never start on counter 0, whose gate is tied high")
{
    Timer timer;
    unsigned const mode = GENERATE(1U, 5U);
    timer.start(0, mode, 10);
    CHECK_FALSE(timer.pit.deadline());
    timer.advance(1000);
    CHECK(timer.line.rises == 0);
}

TEST_CASE("A long step of time tells the first edges one by one and passes over the rest")
{
    Timer timer;
    timer.start(0, 2, 2);
    timer.pit.advance_to(VirtualTime(3600'000'000'000)); // 2147727600 periods
    CHECK(timer.line.rises >= 8);
    CHECK(timer.line.rises <= 16);
    std::uint64_t const skipped = timer.notes.value_of("timer periods passed over");
    CHECK(skipped + timer.line.rises == (3600ULL * 1'193'182 - 1) / 2);
}

TEST_CASE("A restored timer raises its next interrupt when the other would")
{
    Timer one;
    one.start(0, 3, 999);
    one.start(2, 0, 5000);
    one.pit.set_gate2(true);
    one.advance(12'345);
    one.out(0, 77); // half a new count
    one.out(control, 0x80);
    one.in(2); // half a latched one
    Timer other;
    REQUIRE(other.pit.restore(one.pit.save()));
    CHECK(other.pit.deadline() == one.pit.deadline());
    CHECK(other.pit.save() == one.pit.save());
    CHECK(other.in(2) == one.in(2));
    other.out(0, 0);
    one.out(0, 0);
    other.line.level = one.line.level;
    other.line.rises = one.line.rises;
    other.advance(50'000);
    one.advance(50'000);
    CHECK(other.line.rises == one.line.rises);
    CHECK(other.pit.save() == one.pit.save());
}

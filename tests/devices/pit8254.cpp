// The timer against the 8254 datasheet. Ticks are CLK pulses; a count written at tick n is loaded at
// tick n + 1.
#include "engine/devices/pit8254.hpp"

#include "engine/devices/frequency.hpp"
#include "tests/catch.hpp"
#include "tests/devices/fakes.hpp"

using namespace ringside;
using namespace ringside::devices;

namespace {

constexpr std::uint16_t control = 3;

VirtualTime at_tick(Tick tick)
{
    return time_of_tick(tick, Pit8254::frequency);
}

struct Timer {
    KeptLine line;
    KeptNotes notes;
    Pit8254 pit{line.input(), &notes};

    Timer() { line.level = true; } // OUT rests high
    void out(std::uint16_t offset, std::uint8_t value) { pit.write(offset, 1, value); }
    std::uint8_t in(std::uint16_t offset) { return static_cast<std::uint8_t>(pit.read(offset, 1)); }
    void advance(Tick tick) { pit.advance_to(at_tick(tick)); }
    /// Counter, both bytes, mode, then the count.
    void start(std::uint16_t counter, unsigned mode, unsigned count, bool bcd = false)
    {
        out(control, static_cast<std::uint8_t>(unsigned{counter} << 6 | 0x30U | mode << 1 |
                                               (bcd ? 1U : 0U)));
        out(counter, static_cast<std::uint8_t>(count));
        out(counter, static_cast<std::uint8_t>(count >> 8));
    }
    unsigned read_count(std::uint16_t counter)
    {
        out(control, static_cast<std::uint8_t>(counter << 6)); // latch
        unsigned const low = in(counter);
        return low | in(counter)*256U;
    }
    std::uint8_t status(std::uint16_t counter)
    {
        out(control, static_cast<std::uint8_t>(0xe0U | 2U << counter));
        return in(counter);
    }
    bool out2(Tick tick)
    {
        advance(tick);
        return pit.out2();
    }
};

} // namespace

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

TEST_CASE("Mode 2 with a count of 1193 raises IRQ 0 every 999847 or 999848 ns")
{
    Timer timer;
    timer.start(0, 2, 1193);
    REQUIRE(timer.pit.deadline() == at_tick(1194)); // one tick to load, 1193 to count
    std::uint64_t last = 0;
    for (unsigned period = 1; period <= 1000; ++period) {
        VirtualTime const due = *timer.pit.deadline();
        timer.pit.advance_to(due - 1);
        CHECK(timer.line.rises == period - 1);
        timer.pit.advance_to(due);
        CHECK(timer.line.rises == period);
        if (last != 0)
            CHECK((due.value - last == 999'847 || due.value - last == 999'848));
        last = due.value;
    }
    // 1000 periods of 1193 / 1193182 s, after the first tick: no drift.
    CHECK(last == 999'848'305);
}

TEST_CASE("After 1193 seconds of counting 1193 the timer has not drifted by a nanosecond")
{
    Timer timer;
    timer.start(0, 2, 1193);
    timer.pit.advance_to(VirtualTime(1193'000'000'000));
    // 1193182 periods are 1193 s; they began one tick (839 ns) after virtual time 0.
    CHECK(timer.pit.deadline() == VirtualTime(1193'000'000'839));
}

TEST_CASE("Mode 2 keeps OUT low for the last tick of every period")
{
    Timer timer;
    timer.pit.set_gate2(true);
    timer.start(2, 2, 4);
    // loaded at 1; counts 4 3 2 1(low) 4 3 2 1(low)
    std::string levels;
    for (Tick tick = 1; tick <= 12; ++tick)
        levels += timer.out2(tick) ? 'h' : 'l';
    CHECK(levels == "hhhlhhhlhhhl");
}

TEST_CASE("Mode 3 makes a square wave, with the longer half high when the count is odd")
{
    unsigned const count = GENERATE(4U, 5U);
    Timer timer;
    timer.pit.set_gate2(true);
    timer.start(2, 3, count);
    std::string levels;
    for (Tick tick = 1; tick <= 10; ++tick)
        levels += timer.out2(tick) ? 'h' : 'l';
    CHECK(levels == (count == 4 ? "hhllhhllhh" : "hhhllhhhll"));
}

TEST_CASE("Mode 3 counts down by two")
{
    Timer timer;
    timer.start(1, 3, 100);
    timer.advance(1);
    CHECK(timer.read_count(1) == 100);
    timer.advance(11);
    CHECK(timer.read_count(1) == 80);
    timer.advance(51); // the second half begins again at 100
    CHECK(timer.read_count(1) == 100);
}

TEST_CASE("Mode 0 raises OUT once, N + 1 ticks after the count was written, and counts on")
{
    Timer timer;
    timer.out(control, 0x30);
    CHECK_FALSE(timer.line.level);
    timer.out(0, 100);
    timer.out(0, 0);
    CHECK(timer.pit.deadline() == at_tick(101));
    timer.advance(100);
    CHECK_FALSE(timer.line.level);
    timer.advance(101);
    CHECK(timer.line.level);
    CHECK(timer.notes.value_of("timer expired") == 100);
    CHECK_FALSE(timer.pit.deadline());
    timer.advance(103);
    CHECK(timer.read_count(0) == 0xfffe);
    timer.advance(1'000'000);
    CHECK(timer.line.rises == 1);
}

TEST_CASE("In mode 0 the first byte of a new count stops the counting and lowers OUT")
{
    Timer timer;
    timer.start(0, 0, 100);
    timer.advance(200);
    CHECK(timer.line.level);
    timer.out(0, 50);
    CHECK_FALSE(timer.line.level);
    CHECK_FALSE(timer.pit.deadline());
    timer.advance(300);
    timer.out(0, 0);
    CHECK(timer.pit.deadline() == at_tick(351));
}

TEST_CASE("In mode 0 the gate holds the count")
{
    Timer timer;
    timer.pit.set_gate2(true);
    timer.start(2, 0, 100);
    timer.advance(51); // 50 counted
    timer.pit.set_gate2(false);
    timer.advance(500);
    CHECK(timer.read_count(2) == 50);
    timer.pit.set_gate2(true);
    CHECK_FALSE(timer.out2(549));
    CHECK(timer.out2(550));
}

TEST_CASE("Mode 1 gives one low pulse of N ticks for each rising edge of the gate")
{
    Timer timer;
    timer.start(2, 1, 10);
    CHECK(timer.out2(50)); // armed, waits
    timer.pit.set_gate2(true);
    CHECK_FALSE(timer.out2(51));
    timer.pit.set_gate2(false); // the level does not matter
    CHECK_FALSE(timer.out2(55));
    timer.pit.set_gate2(true); // triggered again: another 10 from tick 56
    CHECK_FALSE(timer.out2(65));
    CHECK(timer.out2(66));
}

TEST_CASE("In mode 2 the gate forces OUT high, and its rising edge begins a new period")
{
    Timer timer;
    timer.pit.set_gate2(true);
    timer.start(2, 2, 10);
    CHECK_FALSE(timer.out2(10)); // the low tick
    timer.pit.set_gate2(false);
    CHECK(timer.pit.out2());
    CHECK(timer.out2(100));
    timer.pit.set_gate2(true);
    timer.advance(101);
    CHECK(timer.read_count(2) == 10);
    CHECK_FALSE(timer.out2(110));
    CHECK(timer.out2(111));
}

TEST_CASE("Mode 4 gives a low strobe of one tick, once")
{
    Timer timer;
    timer.pit.set_gate2(true);
    timer.start(2, 4, 5);
    std::string levels;
    for (Tick tick = 1; tick <= 10; ++tick)
        levels += timer.out2(tick) ? 'h' : 'l';
    CHECK(levels == "hhhhhlhhhh");
}

TEST_CASE("Mode 5 gives its strobe N ticks after a trigger")
{
    Timer timer;
    timer.start(2, 5, 5);
    CHECK(timer.out2(100));
    timer.pit.set_gate2(true);
    std::string levels;
    for (Tick tick = 101; tick <= 110; ++tick)
        levels += timer.out2(tick) ? 'h' : 'l';
    CHECK(levels == "hhhhhlhhhh");
}

TEST_CASE("In mode 2 a new count waits for the end of the period")
{
    Timer timer;
    timer.start(0, 2, 100);
    timer.advance(50);
    timer.out(0, 20);
    timer.out(0, 0);
    CHECK(timer.pit.deadline() == at_tick(101));
    timer.advance(101);
    CHECK(timer.pit.deadline() == at_tick(121));
}

TEST_CASE("In mode 3 a new count is taken at the end of the half")
{
    Timer timer;
    timer.pit.set_gate2(true);
    timer.start(2, 3, 100);
    timer.advance(20);
    timer.out(2, 10);
    timer.out(2, 0);
    CHECK(timer.out2(50));
    CHECK_FALSE(timer.out2(51)); // the first half had 50 ticks
    CHECK_FALSE(timer.out2(55));
    CHECK(timer.out2(56)); // the second only 5
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

TEST_CASE("Programming the timer in mode 2 or 3 raises no interrupt before the first period ends")
{
    Timer timer;
    unsigned const mode = GENERATE(2U, 3U);
    timer.start(0, mode, 100);
    CHECK(timer.line.rises == 0);
    timer.advance(100);
    CHECK(timer.line.rises == 0);
    timer.advance(101);
    CHECK(timer.line.rises == 1);
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

// The six modes against the 8254 datasheet, "Mode Definitions".
#include "tests/catch.hpp"
#include "tests/devices/timer.hpp"

#include <string>

using namespace ringside;
using namespace ringside::devices;
using namespace ringside::devices::pit_words;

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

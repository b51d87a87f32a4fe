// The time and the memory of the clock against the MC146818 datasheet, in virtual time.
#include "tests/catch.hpp"
#include "tests/devices/clock.hpp"

using namespace ringside;
using namespace ringside::devices;
using namespace ringside::devices::rtc_words;

TEST_CASE("The clock starts on 1 January 2026, a Thursday, in BCD and 24 hours")
{
    Clock clock;
    CHECK(clock.date() == 0x260101);
    CHECK(clock.time() == 0x000000);
    CHECK(clock.in(6) == 5);
    CHECK(clock.in(0x0b) == hours24);
    CHECK(clock.in(0x0d) == 0x80);
}

TEST_CASE("The clock follows virtual time, second by second and over days")
{
    Clock clock;
    clock.advance(second - 1);
    CHECK(clock.time() == 0x000000);
    clock.advance(second);
    CHECK(clock.time() == 0x000001);
    clock.advance(59 * 86'400 * second + 3'723 * second);
    CHECK(clock.date() == 0x260301);
    CHECK(clock.time() == 0x010203);
}

TEST_CASE("UIP is set for the last 2.228 ms of every second")
{
    Clock clock;
    clock.advance(second - 2'228'001);
    CHECK(clock.in(0x0a) == 0x26);
    clock.advance(second - 2'228'000);
    CHECK(clock.in(0x0a) == 0xa6);
    clock.advance(second - 1);
    CHECK(clock.in(0x0a) == 0xa6);
    clock.advance(second);
    CHECK(clock.in(0x0a) == 0x26);
}

TEST_CASE("While SET is 1 the time stands still and UIP stays 0; then it goes on from what was set")
{
    Clock clock;
    clock.out(0x0b, set | hours24);
    clock.out(4, 0x12);
    clock.out(2, 0x34);
    clock.out(0, 0x56);
    clock.advance(10 * second - 1);
    CHECK(clock.time() == 0x123456);
    CHECK(clock.in(0x0a) == 0x26);
    clock.out(0x0b, hours24);
    CHECK(clock.notes.value_of("clock set, hour and minute") == 0x1234);
    CHECK(clock.time() == 0x123456);
    clock.advance(10 * second);
    CHECK(clock.time() == 0x123457);
}

TEST_CASE("In binary mode the registers count in binary")
{
    Clock clock;
    clock.out(0x0b, set | binary | hours24);
    clock.out(4, 23);
    clock.out(2, 59);
    clock.out(0, 59);
    clock.out(7, 31);
    clock.out(8, 12);
    clock.out(9, 26);
    clock.out(0x0b, binary | hours24);
    clock.advance(second);
    CHECK(clock.time() == 0);
    CHECK(clock.date() == (27U << 16 | 1U << 8 | 1U));
}

TEST_CASE("In 12-hour mode 11:59 PM is followed by 12:00 AM")
{
    Clock clock;
    clock.out(0x0b, set);
    clock.out(4, 0x91);
    clock.out(2, 0x59);
    clock.out(0, 0x59);
    clock.out(0x0b, 0);
    clock.advance(second);
    CHECK(clock.time() == 0x120000);
    CHECK(clock.in(7) == 0x02);
}

TEST_CASE("Releasing the divider makes the first update come half a second later")
{
    Clock clock;
    clock.advance(300 * millisecond);
    clock.out(0x0a, 0x76);
    clock.advance(5 * second);
    CHECK(clock.time() == 0x000000);
    clock.out(0x0a, 0x26);
    clock.advance(5 * second + 500 * millisecond - 1);
    CHECK(clock.time() == 0x000000);
    clock.advance(5 * second + 500 * millisecond);
    CHECK(clock.time() == 0x000001);
}

TEST_CASE("The divider can be released in the machine's first half second")
{
    Clock clock;
    clock.out(0x0a, 0x76);
    clock.advance(100 * millisecond);
    clock.out(0x0a, 0x26);
    clock.advance(600 * millisecond - 1);
    CHECK(clock.time() == 0x000000);
    clock.advance(600 * millisecond);
    CHECK(clock.time() == 0x000001);
    Clock other;
    CHECK(other.rtc.restore(clock.rtc.save()));
}

TEST_CASE("Registers C and D and UIP cannot be written")
{
    Clock clock;
    clock.out(0x0c, 0xff);
    clock.out(0x0d, 0x00);
    clock.out(0x0a, 0xa6);
    CHECK(clock.in(0x0c) == 0x00);
    CHECK(clock.in(0x0d) == 0x80);
    CHECK(clock.in(0x0a) == 0x26);
}

TEST_CASE("The CMOS tells the size of memory in the three ways firmware does")
{
    Clock small(4ULL << 20);
    CHECK((small.in(0x15) | small.in(0x16) << 8) == 640);
    CHECK((small.in(0x17) | small.in(0x18) << 8) == 3 * 1024);
    CHECK((small.in(0x30) | small.in(0x31) << 8) == 3 * 1024);
    CHECK((small.in(0x34) | small.in(0x35) << 8) == 0);
    Clock large(1ULL << 30);
    CHECK((large.in(0x17) | large.in(0x18) << 8) == 0xffff); // as much as fits
    CHECK((large.in(0x34) | large.in(0x35) << 8) == (1024 - 16) * 16);
    Clock tiny(512ULL << 10);
    CHECK((tiny.in(0x15) | tiny.in(0x16) << 8) == 512);
    CHECK((tiny.in(0x17) | tiny.in(0x18) << 8) == 0);
}

TEST_CASE("The rest of the CMOS is memory, and bit 7 of the index does not matter")
{
    Clock clock;
    clock.out(0x40, 0x5a);
    CHECK(clock.in(0xc0) == 0x5a);
    CHECK(clock.rtc.read(0, 1) == 0xff); // the index cannot be read
}

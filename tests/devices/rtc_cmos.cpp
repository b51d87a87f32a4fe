// The clock against the MC146818 datasheet, in virtual time.
#include "engine/devices/rtc_cmos.hpp"

#include "tests/catch.hpp"
#include "tests/devices/fakes.hpp"

using namespace ringside;
using namespace ringside::devices;

namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t millisecond = 1'000'000;

constexpr std::uint8_t set = 0x80;
constexpr std::uint8_t periodic = 0x40;
constexpr std::uint8_t alarm_enabled = 0x20;
constexpr std::uint8_t update_ended = 0x10;
constexpr std::uint8_t binary = 0x04;
constexpr std::uint8_t hours24 = 0x02;
constexpr std::uint8_t requested = 0x80;

struct Clock {
    KeptLine line;
    KeptNotes notes;
    RtcCmos rtc;

    explicit Clock(std::uint64_t memory = 16ULL << 20)
        : rtc({.memory_bytes = memory}, line.input(), &notes)
    {
    }
    void out(std::uint8_t index, std::uint8_t value)
    {
        rtc.write(0, 1, index);
        rtc.write(1, 1, value);
    }
    std::uint8_t in(std::uint8_t index)
    {
        rtc.write(0, 1, index);
        return static_cast<std::uint8_t>(rtc.read(1, 1));
    }
    void advance(std::uint64_t time) { rtc.advance_to(VirtualTime(time)); }
    /// 0xhhmmss
    unsigned time() { return in(4) * 65'536U + in(2) * 256U + in(0); }
    /// 0xyymmdd
    unsigned date() { return in(9) * 65'536U + in(8) * 256U + in(7); }
};

} // namespace

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

TEST_CASE("The update-ended interrupt comes every second, and reading C lowers the line")
{
    Clock clock;
    clock.out(0x0b, update_ended | hours24);
    REQUIRE(clock.rtc.deadline() == VirtualTime(second));
    clock.advance(second);
    CHECK(clock.line.level);
    CHECK_FALSE(clock.rtc.deadline()); // the line is up: nothing can raise it
    CHECK(clock.in(0x0c) == (requested | update_ended | periodic));
    CHECK_FALSE(clock.line.level);
    CHECK(clock.in(0x0c) == 0);
    CHECK(clock.rtc.deadline() == VirtualTime(2 * second));
}

TEST_CASE("Until register C is read there is no second interrupt")
{
    Clock clock;
    clock.out(0x0b, update_ended | hours24);
    clock.advance(second);
    clock.advance(5 * second);
    CHECK(clock.line.rises == 1);
    clock.in(0x0c);
    clock.advance(6 * second);
    CHECK(clock.line.rises == 2);
}

TEST_CASE("The periodic interrupt comes at the rate that register A sets, without drift")
{
    struct Rate {
        std::uint8_t code;
        std::uint64_t hertz;
    };
    Rate const rate =
        GENERATE(Rate{1, 256}, Rate{2, 128}, Rate{3, 8192}, Rate{6, 1024}, Rate{15, 2});
    Clock clock;
    clock.out(0x0a, static_cast<std::uint8_t>(0x20 | rate.code));
    clock.out(0x0b, periodic | hours24);
    for (std::uint64_t period = 1; period <= 2 * rate.hertz; ++period) {
        VirtualTime const due = *clock.rtc.deadline();
        CHECK(due.value == (period * second + rate.hertz - 1) / rate.hertz);
        clock.rtc.advance_to(due);
        CHECK(clock.line.level);
        CHECK((clock.in(0x0c) & (requested | periodic)) == (requested | periodic));
    }
}

TEST_CASE("A rate of 0 gives no periodic interrupt")
{
    Clock clock;
    clock.out(0x0a, 0x20);
    clock.out(0x0b, periodic | hours24);
    CHECK_FALSE(clock.rtc.deadline());
    clock.advance(10 * second);
    CHECK((clock.in(0x0c) & periodic) == 0);
}

TEST_CASE("The alarm rings when hour, minute and second match")
{
    Clock clock;
    clock.out(5, 0x00);
    clock.out(3, 0x01);
    clock.out(1, 0x05);
    clock.out(0x0b, alarm_enabled | hours24);
    REQUIRE(clock.rtc.deadline() == VirtualTime(65 * second));
    clock.advance(65 * second - 1);
    CHECK_FALSE(clock.line.level);
    clock.advance(65 * second);
    CHECK(clock.line.level);
    CHECK((clock.in(0x0c) & alarm_enabled) != 0);
    CHECK(clock.rtc.deadline() == VirtualTime((86'400 + 65) * second));
}

TEST_CASE("An alarm byte with both top bits set matches any value")
{
    Clock clock;
    clock.out(5, 0xff);
    clock.out(3, 0xc0);
    clock.out(1, 0x10);
    clock.out(0x0b, alarm_enabled | hours24);
    for (std::uint64_t minute = 0; minute < 3; ++minute) {
        CHECK(clock.rtc.deadline() == VirtualTime((60 * minute + 10) * second));
        clock.rtc.advance_to(*clock.rtc.deadline());
        clock.in(0x0c);
    }
}

TEST_CASE("An alarm that was passed in one long step has rung")
{
    Clock clock;
    clock.out(5, 0xff);
    clock.out(3, 0xff);
    clock.out(1, 0x30);
    clock.advance(29 * second);
    CHECK((clock.in(0x0c) & alarm_enabled) == 0);
    clock.advance(31 * second);
    CHECK((clock.in(0x0c) & alarm_enabled) != 0);
}

TEST_CASE("Flags are set without their interrupt, and enabling it later raises the line at once")
{
    Clock clock;
    clock.advance(second);
    CHECK_FALSE(clock.line.level);
    clock.out(0x0b, update_ended | hours24);
    CHECK(clock.line.level);
}

TEST_CASE("Setting SET clears the enable of the update-ended interrupt")
{
    Clock clock;
    clock.out(0x0b, set | update_ended | hours24);
    CHECK(clock.in(0x0b) == (set | hours24));
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

TEST_CASE("A restored clock rings when the other would")
{
    Clock one;
    one.advance(1'234 * millisecond);
    one.out(1, 0x30);
    one.out(3, 0xff);
    one.out(5, 0xff);
    one.out(0x0b, alarm_enabled | periodic | hours24);
    one.advance(1'500 * millisecond);
    one.in(0x0c);
    Clock other;
    REQUIRE(other.rtc.restore(one.rtc.save()));
    CHECK(other.rtc.deadline() == one.rtc.deadline());
    one.advance(40 * second);
    other.advance(40 * second);
    CHECK(other.line.level);
    CHECK(other.time() == one.time());
    CHECK(other.in(0x0c) == one.in(0x0c));
    CHECK(other.rtc.save() == one.rtc.save());
}

// The three interrupts of the clock against the MC146818 datasheet, in virtual time.
#include "tests/catch.hpp"
#include "tests/devices/clock.hpp"

using namespace ringside;
using namespace ringside::devices;
using namespace ringside::devices::rtc_words;

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

TEST_CASE("A new periodic rate counts from the divider as it stands, not from the old rate's count")
{
    Clock clock;
    clock.out(0x0b, periodic | hours24);
    clock.out(0x0a, 0x20); // no periodic interrupt while time passes
    clock.in(0x0c);
    clock.advance(900 * millisecond);
    clock.out(0x0a, 0x2f); // 2 Hz
    CHECK_FALSE(clock.line.level);
    CHECK(clock.rtc.deadline() == VirtualTime(second));
    clock.out(0x0a, 0x26); // 1024 Hz
    CHECK_FALSE(clock.line.level);
    CHECK(clock.rtc.deadline() == VirtualTime(900'390'625));
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

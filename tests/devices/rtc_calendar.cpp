// Dates, their four spellings, and alarms.
#include "engine/devices/rtc_calendar.hpp"

#include "tests/catch.hpp"

#include <array>

using namespace ringside::devices;

namespace {

constexpr TimeFormat bcd24{.binary = false, .hours24 = true};
constexpr TimeFormat binary24{.binary = true, .hours24 = true};
constexpr TimeFormat bcd12{.binary = false, .hours24 = false};

constexpr DateTime new_year{.weekday = 5, .day = 1, .month = 1, .year = 26}; // a Thursday
constexpr std::uint64_t day = 86'400;

using Registers = std::array<std::uint8_t, 10>;

} // namespace

TEST_CASE("Unix time becomes a date with its weekday")
{
    CHECK(date_time_of_unix(1'767'225'600) == new_year);
    CHECK(date_time_of_unix(951'827'696) == DateTime{.second = 56,
                                                     .minute = 34,
                                                     .hour = 12,
                                                     .weekday = 3,
                                                     .day = 29,
                                                     .month = 2,
                                                     .year = 0});
}

TEST_CASE("A second after the last one of a year is the first of the next")
{
    DateTime const last{
        .second = 59, .minute = 59, .hour = 23, .weekday = 4, .day = 31, .month = 12, .year = 25};
    CHECK(later(last, 1) == new_year);
}

TEST_CASE("Every fourth year has a 29 February")
{
    DateTime const february{.day = 28, .month = 2, .year = 28};
    CHECK(later(february, day).day == 29);
    DateTime const common{.day = 28, .month = 2, .year = 27};
    CHECK(later(common, day).month == 3);
}

TEST_CASE("The century ends without trouble: 99 is followed by 00")
{
    DateTime const last{.hour = 23, .weekday = 5, .day = 31, .month = 12, .year = 99};
    DateTime const next = later(last, 3600);
    CHECK(next == DateTime{.weekday = 6, .day = 1, .month = 1, .year = 0});
}

TEST_CASE("Any number of seconds gives a date, even 2 to the 64")
{
    DateTime const far = later(new_year, ~0ULL);
    CHECK(far.month >= 1);
    CHECK(far.month <= 12);
    CHECK(far.year <= 99);
}

TEST_CASE("What is written in a format is read back in it")
{
    TimeFormat const format{.binary = GENERATE(false, true), .hours24 = GENERATE(false, true)};
    Registers registers{};
    for (unsigned hour = 0; hour < 24; ++hour) {
        DateTime const time{.second = 58,
                            .minute = 49,
                            .hour = hour,
                            .weekday = 7,
                            .day = 31,
                            .month = 12,
                            .year = 99};
        write_time(registers, format, time);
        CHECK(read_time(registers, format) == time);
    }
}

TEST_CASE("BCD and the 12-hour clock are spelt as the datasheet says")
{
    Registers registers{};
    DateTime time{.second = 59, .minute = 30, .hour = 23, .weekday = 1, .day = 15, .month = 10};
    write_time(registers, bcd24, time);
    CHECK(registers == Registers{0x59, 0, 0x30, 0, 0x23, 0, 1, 0x15, 0x10, 0x00});
    write_time(registers, bcd12, time);
    CHECK(registers[4] == 0x91); // 11 PM
    time.hour = 0;
    write_time(registers, bcd12, time);
    CHECK(registers[4] == 0x12); // 12 AM
    time.hour = 12;
    write_time(registers, bcd12, time);
    CHECK(registers[4] == 0x92); // 12 PM
}

TEST_CASE("Registers that are no time are read as the nearest one that is")
{
    Registers registers;
    registers.fill(0xff);
    CHECK(read_time(registers, binary24) == DateTime{.second = 59,
                                                     .minute = 59,
                                                     .hour = 23,
                                                     .weekday = 7,
                                                     .day = 31,
                                                     .month = 12,
                                                     .year = 99});
    registers.fill(0);
    CHECK(read_time(registers, binary24) == DateTime{});
    registers[8] = 2;
    registers[7] = 31;
    CHECK(read_time(registers, binary24).day == 29);
}

TEST_CASE("An alarm is as far away as its hands have to go, at most a day")
{
    Registers registers{};
    DateTime const time{.second = 30, .minute = 15, .hour = 10};
    write_time(registers, bcd24, time);
    auto const alarm = [&](std::uint8_t hour, std::uint8_t minute, std::uint8_t second) {
        registers[5] = hour;
        registers[3] = minute;
        registers[1] = second;
        return seconds_to_alarm(registers, bcd24);
    };
    CHECK(alarm(0x10, 0x15, 0x31) == 1);
    CHECK(alarm(0x10, 0x15, 0x30) == day); // not now: tomorrow
    CHECK(alarm(0x11, 0x00, 0x00) == 45 * 60 - 30);
    CHECK(alarm(0x09, 0x00, 0x00) == day - (75 * 60 + 30));
    CHECK(alarm(0xff, 0xff, 0xff) == 1);            // every second
    CHECK(alarm(0xff, 0xff, 0x00) == 30);           // every minute
    CHECK(alarm(0xc0, 0x00, 0x00) == 45 * 60 - 30); // every hour
    CHECK(alarm(0x00, 0xff, 0x05) == 49'475);       // 13:44:35 later is midnight and five
    CHECK_FALSE(alarm(0x24, 0x00, 0x00));           // there is no 24 o'clock
    CHECK_FALSE(alarm(0x0a, 0x00, 0x00));           // nor a BCD digit a
}

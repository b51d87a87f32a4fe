// Formats after the MC146818 datasheet, "Time, Calendar and Alarm Locations".
#include "engine/devices/rtc_calendar.hpp"

#include <algorithm>
#include <chrono>

namespace ringside::devices {

namespace {

constexpr std::uint32_t seconds_per_day = 86'400;
constexpr unsigned pm = 0x80;
// "Time, Calendar and Alarm Locations": an alarm byte with both top bits set matches any value.
constexpr unsigned any_value = 0xc0;

constexpr unsigned second_register = 0;
constexpr unsigned minute_register = 2;
constexpr unsigned hour_register = 4;
constexpr unsigned weekday_register = 6;
constexpr unsigned day_register = 7;
constexpr unsigned month_register = 8;
constexpr unsigned year_register = 9;

unsigned decode(unsigned raw, TimeFormat format)
{
    return format.binary ? raw : (raw >> 4) * 10 + (raw & 0x0f);
}

std::uint8_t encode(unsigned value, TimeFormat format)
{
    return static_cast<std::uint8_t>(format.binary ? value : value / 10 * 16 + value % 10);
}

unsigned decode_hour(unsigned raw, TimeFormat format)
{
    if (format.hours24)
        return std::min(decode(raw, format), 23U);
    unsigned const hour = std::clamp(decode(raw & ~pm, format), 1U, 12U) % 12; // 12 comes before 1
    return (raw & pm) != 0 ? hour + 12 : hour;
}

std::uint8_t encode_hour(unsigned hour, TimeFormat format)
{
    if (format.hours24)
        return encode(hour, format);
    unsigned const on_the_dial = hour % 12 == 0 ? 12 : hour % 12;
    return static_cast<std::uint8_t>(encode(on_the_dial, format) | (hour >= 12 ? pm : 0U));
}

std::chrono::year_month_day date_of(DateTime const& time)
{
    return std::chrono::year(2000 + static_cast<int>(time.year)) / std::chrono::month(time.month) /
           std::chrono::day(time.day);
}

unsigned days_in_month(unsigned year, unsigned month)
{
    std::chrono::year_month_day_last const last{
        std::chrono::year(2000 + static_cast<int>(year)),
        std::chrono::month_day_last(std::chrono::month(month))};
    return static_cast<unsigned>(last.day());
}

std::uint32_t second_of_day(DateTime const& time)
{
    return (time.hour * 60 + time.minute) * 60 + time.second;
}

void set_second_of_day(DateTime& time, std::uint32_t second)
{
    time.hour = second / 3600;
    time.minute = second / 60 % 60;
    time.second = second % 60;
}

void set_date(DateTime& time, std::chrono::sys_days days)
{
    std::chrono::year_month_day const date(days);
    time.year = static_cast<unsigned>(static_cast<int>(date.year())) % 100;
    time.month = static_cast<unsigned>(date.month());
    time.day = static_cast<unsigned>(date.day());
}

bool matches(unsigned alarm, std::uint8_t now)
{
    return (alarm & any_value) == any_value || alarm == now;
}

} // namespace

DateTime date_time_of_unix(std::uint64_t seconds_since_1970)
{
    std::chrono::sys_days const days(std::chrono::days(seconds_since_1970 / seconds_per_day));
    DateTime time;
    set_date(time, days);
    time.weekday = std::chrono::weekday(days).c_encoding() + 1;
    set_second_of_day(time, static_cast<std::uint32_t>(seconds_since_1970 % seconds_per_day));
    return time;
}

DateTime read_time(ConstTimeRegisters registers, TimeFormat format)
{
    auto const value = [&](unsigned index, unsigned lowest, unsigned highest) {
        return std::clamp(decode(registers[index], format), lowest, highest);
    };
    DateTime time;
    time.second = value(second_register, 0, 59);
    time.minute = value(minute_register, 0, 59);
    time.hour = decode_hour(registers[hour_register], format);
    time.weekday = value(weekday_register, 1, 7);
    time.year = value(year_register, 0, 99);
    time.month = value(month_register, 1, 12);
    time.day = value(day_register, 1, days_in_month(time.year, time.month));
    return time;
}

void write_time(TimeRegisters registers, TimeFormat format, DateTime const& time)
{
    registers[second_register] = encode(time.second, format);
    registers[minute_register] = encode(time.minute, format);
    registers[hour_register] = encode_hour(time.hour, format);
    registers[weekday_register] = encode(time.weekday, format);
    registers[day_register] = encode(time.day, format);
    registers[month_register] = encode(time.month, format);
    registers[year_register] = encode(time.year, format);
}

DateTime later(DateTime const& time, std::uint64_t seconds)
{
    // The chip's calendar repeats after a century of 36525 days and after 7 weekdays.
    constexpr std::uint64_t days_per_round = 36'525 * 7;
    std::uint64_t const total = second_of_day(time) + seconds % (days_per_round * seconds_per_day);
    std::uint64_t const days = total / seconds_per_day;
    DateTime result;
    set_second_of_day(result, static_cast<std::uint32_t>(total % seconds_per_day));
    std::chrono::sys_days const first = date_of({.day = 1, .month = 1, .year = 0});
    std::chrono::days const since = std::chrono::sys_days(date_of(time)) - first;
    auto const day_of_century = (static_cast<std::uint64_t>(since.count()) + days) % 36'525;
    set_date(result, first + std::chrono::days(day_of_century));
    result.weekday = static_cast<unsigned>((time.weekday - 1 + days) % 7 + 1);
    return result;
}

std::optional<std::uint32_t> seconds_to_alarm(ConstTimeRegisters registers, TimeFormat format)
{
    std::uint32_t const now = second_of_day(read_time(registers, format));
    DateTime time;
    // From the next second on, leaping over hours and minutes that cannot match.
    for (std::uint32_t passed = 1; passed <= seconds_per_day;) {
        set_second_of_day(time, (now + passed) % seconds_per_day);
        if (!matches(registers[hour_register + 1], encode_hour(time.hour, format)))
            passed += 3600 - time.minute * 60 - time.second;
        else if (!matches(registers[minute_register + 1], encode(time.minute, format)))
            passed += 60 - time.second;
        else if (!matches(registers[second_register + 1], encode(time.second, format)))
            ++passed;
        else
            return passed;
    }
    return std::nullopt;
}

} // namespace ringside::devices

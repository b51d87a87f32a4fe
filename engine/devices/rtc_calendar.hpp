// The time registers of a clock chip and their arithmetic: one date in four spellings (BCD or
// binary, 12 or 24 hours), a second later, and the second at which an alarm pattern matches.
//
//   0 second   2 minute   4 hour        6 weekday (1 = Sunday)   8 month
//   1  alarm   3  alarm   5  alarm      7 day of the month       9 year of the century
//
// The registers are kept as the guest wrote them. A value that is no time (month 0, BCD digit f) is
// read as the nearest one that is, and replaced at the next second.
//
// Not modelled: the century, so 2099 is followed by 2000; daylight saving.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace ringside::devices {

/// MC146818 datasheet, "Register B": DM and 24/12.
struct TimeFormat {
    bool binary = false;
    bool hours24 = true;
};

struct DateTime {
    unsigned second = 0;
    unsigned minute = 0;
    unsigned hour = 0;    ///< 0 to 23 in either format
    unsigned weekday = 1; ///< 1 to 7
    unsigned day = 1;
    unsigned month = 1;
    unsigned year = 0; ///< of the century
    bool operator==(DateTime const&) const = default;
};

using TimeRegisters = std::span<std::uint8_t, 10>;
using ConstTimeRegisters = std::span<std::uint8_t const, 10>;

DateTime date_time_of_unix(std::uint64_t seconds_since_1970);

DateTime read_time(ConstTimeRegisters registers, TimeFormat format);
void write_time(TimeRegisters registers, TimeFormat format, DateTime const& time);

DateTime later(DateTime const& time, std::uint64_t seconds);

/// In how many seconds, 1 to 86400, the alarm registers match. Nothing, if they never do.
std::optional<std::uint32_t> seconds_to_alarm(ConstTimeRegisters registers, TimeFormat format);

} // namespace ringside::devices

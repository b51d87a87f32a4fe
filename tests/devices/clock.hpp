// The clock with the line it drives, and the words tests say to it.
#pragma once

#include "engine/devices/rtc_cmos.hpp"
#include "tests/devices/fakes.hpp"

namespace ringside::devices::rtc_words {

inline constexpr std::uint64_t second = 1'000'000'000;
inline constexpr std::uint64_t millisecond = 1'000'000;

inline constexpr std::uint8_t set = 0x80;
inline constexpr std::uint8_t periodic = 0x40;
inline constexpr std::uint8_t alarm_enabled = 0x20;
inline constexpr std::uint8_t update_ended = 0x10;
inline constexpr std::uint8_t binary = 0x04;
inline constexpr std::uint8_t hours24 = 0x02;
inline constexpr std::uint8_t requested = 0x80;

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

} // namespace ringside::devices::rtc_words

// The timer with the line it drives, and the words tests say to it. Ticks are CLK pulses; a count
// written at tick n is loaded at tick n + 1.
#pragma once

#include "engine/devices/frequency.hpp"
#include "engine/devices/pit8254.hpp"
#include "tests/devices/fakes.hpp"

namespace ringside::devices::pit_words {

inline constexpr std::uint16_t control = 3;

inline VirtualTime at_tick(Tick tick)
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

} // namespace ringside::devices::pit_words

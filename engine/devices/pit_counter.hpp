// One counter of the 8254, as a value that is told the tick: nothing happens between two calls, it
// is computed. All counting is arithmetic from the tick at which the count was loaded.
//
//   write --> CR count register --(load, at a CLK)--> CE counting element --> OUT
//                                                       |  ^
//   read  <-- OL output latch <-------------------------+  GATE
//
//   mode  OUT                                                         GATE
//   0     low until 0, then high: an interrupt on terminal count     low holds the count
//   1     low from a trigger until 0: a one-shot                      rising edge triggers
//   2     low for the last tick of every N: a rate generator         low stops, rising reloads
//   3     half of N high, half low: a square wave                    low stops, rising reloads
//   4     low for one tick after 0: a strobe                         low holds the count
//   5     the same, from a trigger                                   rising edge triggers
//
// Not modelled: counts of 1 in modes 2 and 3, which the datasheet forbids, count as 2. Before the
// first control word, when the chip is undefined, the counter stands at 0 with OUT high.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>

namespace ringside::devices {

using Tick = std::uint64_t;

/// Bits 5:4 of the control word: which bytes of the count are read and written.
enum class CountAccess : std::uint8_t { low = 1, high = 2, both = 3 };

class PitCounter {
public:
    struct State {
        std::uint8_t mode = 0;
        std::uint8_t access = 3; ///< a CountAccess
        bool bcd = false;
        bool gate = true;
        bool out = true;
        std::uint16_t count_register = 0; ///< CR
        bool armed = false;               ///< CR has been written since the control word
        bool null_count = true;           ///< CR has not been loaded yet
        bool loaded = false;              ///< CE has been loaded since the control word
        bool counting = false;
        bool expired = false;    ///< modes 0, 1, 4, 5: CE has reached 0 and wraps around
        std::uint32_t value = 0; ///< CE at `start`; 65536 and 10000 are a CR of 0
        Tick start = 0;
        bool load_due = false;
        Tick load_at = 0;
        Tick strobe_end = 0;
        bool second_write = false; ///< the next byte written is the high one of two
        std::uint8_t first_byte = 0;
        bool second_read = false;
        std::uint8_t latched_bytes = 0; ///< how many bytes of the latched count are unread
        std::uint16_t latched = 0;      ///< OL
        bool status_latched = false;
        std::uint8_t status = 0;

        template <typename Self>
        static auto fields(Self& self)
        {
            return std::tie(self.mode, self.access, self.bcd, self.gate, self.out,
                            self.count_register, self.armed, self.null_count, self.loaded,
                            self.counting, self.expired, self.value, self.start, self.load_due,
                            self.load_at, self.strobe_end, self.second_write, self.first_byte,
                            self.second_read, self.latched_bytes, self.latched, self.status_latched,
                            self.status);
        }
        bool plausible(Tick now) const;
    };

    // Each of these expects run_to(now) first.
    void program(std::uint8_t control_word);
    void write(std::uint8_t byte, Tick now);
    std::uint8_t read(Tick now);
    void latch_count(Tick now);
    void latch_status();
    void set_gate(bool level, Tick now);

    /// The tick of the next change inside: a load, or OUT turning.
    std::optional<Tick> next_change() const;
    void apply_change(Tick at);
    void run_to(Tick now);
    /// Drops whole periods that lie before `now`, without their edges. Answers how many.
    std::uint64_t skip_periods(Tick now);
    /// The tick at which OUT rises next, if nothing is written.
    std::optional<Tick> next_rise() const;

    bool out() const { return state_.out; }
    /// What CR stands for: 1 to 65536.
    std::uint32_t programmed_count() const;
    State const& state() const { return state_; }
    void restore(State const& state) { state_ = state; }

private:
    bool periodic() const { return state_.mode == 2 || state_.mode == 3; }
    bool triggered() const { return state_.mode == 1 || state_.mode == 5; }
    std::uint32_t modulus() const { return state_.bcd ? 10'000 : 65'536; }
    std::uint32_t half_period() const;
    std::uint32_t count(Tick now) const;
    void count_written(Tick now);
    void load(Tick at);
    void hold(Tick now);

    State state_;
};

} // namespace ringside::devices

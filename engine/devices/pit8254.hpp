// The programmable interval timer: three 8254 counters at 1.193182 MHz, the clock every PC program
// once told the time by.
//
//   offset 0  counter 0 --OUT--> IRQ 0         3  control word: counter:2 | bytes:2 | mode:3 | BCD
//          1  counter 1, free (once: DRAM refresh)   bytes 00: latch the count
//          2  counter 2 --OUT--> port 61h            counter 11: read-back
//
// The counters' time is virtual time, in whole ticks, so nothing drifts. Counter 0 is followed edge
// by edge, for each rise of its OUT is an interrupt request; the others are computed when looked
// at.
//
// Not modelled: the gates of counters 0 and 1 are tied high, as on a PC, so their modes 1 and 5
// never start. When a guest lets many edges pass in one step of time, only the first 16 are told
// one by one: to the interrupt controller the rest makes no difference.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/devices/device.hpp"
#include "engine/devices/pit_counter.hpp"

namespace ringside::devices {

class Pit8254 final : public Device {
public:
    static constexpr std::uint64_t frequency = 1'193'182; ///< Hz: 14.31818 MHz / 12

    Pit8254(InterruptLine interrupt, Observer* observer);

    // Counter 2 belongs to port 61h.
    void set_gate2(bool level);
    bool out2();
    std::uint32_t count2() const { return counters_[2].programmed_count(); }
    /// Ticks since power-on.
    Tick ticks() const;
    /// The level of IRQ 0: OUT of counter 0.
    bool out0() const { return counters_[0].out(); }

    std::string_view name() const override { return "pit8254"; }
    std::span<RegisterInfo const> registers() const override;
    std::uint64_t read(std::uint16_t offset, unsigned width) override;
    void write(std::uint16_t offset, unsigned width, std::uint64_t value) override;
    void advance_to(VirtualTime now) override;
    /// The next rise of counter 0's OUT.
    std::optional<VirtualTime> deadline() const override { return rise_; }
    std::vector<std::uint8_t> save() const override;
    Result<void> restore(std::span<std::uint8_t const> bytes) override;

private:
    struct State {
        static constexpr std::uint8_t version = 1;
        std::uint64_t now = 0;
        bool line = true;
        std::array<PitCounter::State, 3> counters{};

        template <typename Self>
        static auto fields(Self& self)
        {
            return std::tie(self.now, self.line, self.counters);
        }
        bool plausible() const;
    };

    PitCounter& counter(unsigned index);
    void command(std::uint8_t control_word);
    void read_back(std::uint8_t control_word);
    void run_timer();
    void drive_line();
    void plan();

    InterruptLine interrupt_;
    Observer* observer_;
    VirtualTime now_;
    bool line_ = true; ///< OUT rests high
    std::array<PitCounter, 3> counters_;
    std::optional<VirtualTime> change_; ///< when counter 0 changes next
    std::optional<VirtualTime> rise_;
};

} // namespace ringside::devices

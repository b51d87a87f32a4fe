// The real-time clock: an MC146818 with its time, its three interrupts on IRQ 8, and the CMOS bytes
// in which a PC's firmware leaves the size of memory.
//
//   port offset 0  INDEX  NMI mask | which byte:7          offset 1  DATA  that byte
//
//   byte 00-09  time and alarm (rtc_calendar.hpp)
//        0a  A  UIP | divider:3 | rate:4
//        0b  B  SET | PIE AIE UIE | square wave | binary | 24 h | daylight saving
//        0c  C  IRQF | PF AF UF        reading clears all of it and lowers the line
//        0d  D  valid
//        0e-7f  memory: 15-18, 30-31, 34-35 hold its size
//
// The clock starts at a fixed date and follows virtual time: every run of a guest sees the same
// time.
//
// Not modelled: the square wave, daylight saving, the NMI mask, time bases other than 32.768 kHz.
// The registers change in one moment, at the end of the 2.228 ms in which UIP is 1.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/devices/device.hpp"
#include "engine/devices/rtc_calendar.hpp"

namespace ringside::devices {

class RtcCmos final : public Device {
public:
    static constexpr std::uint64_t default_epoch = 1'767'225'600; ///< 2026-01-01 00:00:00 UTC

    struct Settings {
        std::uint64_t epoch = default_epoch; ///< Unix time at virtual time 0
        std::uint64_t memory_bytes = 16ULL << 20;
    };

    RtcCmos(Settings const& settings, InterruptLine interrupt, Observer* observer);

    std::string_view name() const override { return "rtc"; }
    std::span<RegisterInfo const> registers() const override;
    std::uint64_t read(std::uint16_t offset, unsigned width) override;
    void write(std::uint16_t offset, unsigned width, std::uint64_t value) override;
    void advance_to(VirtualTime now) override;
    /// When an enabled interrupt next raises the line.
    std::optional<VirtualTime> deadline() const override { return deadline_; }
    std::vector<std::uint8_t> save() const override;
    Result<void> restore(std::span<std::uint8_t const> bytes) override;

private:
    struct State {
        static constexpr std::uint8_t version = 1;
        std::array<std::uint8_t, 128> bytes{}; ///< registers and memory
        std::uint8_t index = 0;
        bool line = false;
        std::uint64_t now = 0;
        /// Virtual time at which the divider chain stood at zero; may lie before the machine's
        /// time.
        std::int64_t divider_zero = 0;
        std::uint64_t seconds_done = 0; ///< since divider_zero, as far as the registers show
        std::uint64_t periods_done = 0; ///< of the periodic interrupt, likewise

        template <typename Self>
        static auto fields(Self& self)
        {
            return std::tie(self.bytes, self.index, self.line, self.now, self.divider_zero,
                            self.seconds_done, self.periods_done);
        }
        bool plausible() const;
    };

    void store_memory_size(std::uint64_t bytes);
    TimeFormat format() const;
    TimeRegisters time_registers();
    ConstTimeRegisters time_registers() const;

    bool divider_runs() const;
    bool updates() const;
    bool update_in_progress() const;
    std::uint64_t period() const;
    std::uint64_t elapsed() const;
    std::uint64_t periods_by_now() const;
    void catch_up();
    void update(std::uint64_t seconds);
    void refresh();
    std::optional<VirtualTime> next_interrupt() const;

    std::uint8_t read_data();
    void write_data(std::uint8_t value);
    void write_register_a(std::uint8_t value);
    void write_register_b(std::uint8_t value);

    InterruptLine interrupt_;
    Observer* observer_;
    State state_;
    std::optional<VirtualTime> deadline_;
};

} // namespace ringside::devices

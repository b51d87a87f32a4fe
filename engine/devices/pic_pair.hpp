// The two 8259A of a PC: sixteen interrupt request lines, one answer to "which vector now?".
//
//   IRQ 0 1   3 4 5 6 7 --> master (0x20, 0x21) --INT--> the CPU
//           2
//           ^---INT-- slave (0xa0, 0xa1) <-- IRQ 8 9 10 11 12 13 14 15
//
//   offset 0  master A0 = 0: commands, IRR/ISR    offset 4  ELCR1: level-triggered of IRQ 0-7
//          1  master A0 = 1: ICW2-4, IMR                 5  ELCR2: level-triggered of IRQ 8-15
//          2  slave A0 = 0
//          3  slave A0 = 1
//
// pending() looks and acknowledge() takes, so that the machine can say what waits, and why, before
// the guest can have it.
//
// Not modelled: the CPU's two acknowledge pulses one by one (both happen in acknowledge()), and
// INTR as a wire: the machine asks. With automatic EOI nobody is told of an end: nothing was in
// service.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/devices/device.hpp"
#include "engine/devices/pic8259.hpp"

namespace ringside::devices {

/// The interrupt on its way to the CPU. A spurious one is IRQ 7 or 15 that nobody asked for.
struct Acknowledged {
    Irq irq;
    std::uint8_t vector = 0;
    bool operator==(Acknowledged const&) const = default;
};

class PicPair final : public Device {
public:
    static constexpr Irq cascade{2}; ///< the master's input that the slave drives

    /// Who is told what happens. Every one may be left empty.
    struct Listener {
        std::function<void(Irq, bool level)> line_changed;
        std::function<void(Irq)> ended; ///< EOI took it out of service
        Observer* observer = nullptr;
    };

    void listen(Listener listener) { listener_ = std::move(listener); }

    /// A device drives its line. Not IRQ 2, which has no pin.
    void set_line(Irq irq, bool level);

    /// What acknowledge() would answer now, without taking it.
    std::optional<Irq> pending() const;

    /// The CPU takes the interrupt. With nothing pending it gets the spurious IRQ 7; a slave whose
    /// request fell away on the last inch gives IRQ 15.
    Acknowledged acknowledge();

    std::string_view name() const override { return "pic8259"; }
    std::span<RegisterInfo const> registers() const override;
    std::uint64_t read(std::uint16_t offset, unsigned width) override;
    void write(std::uint16_t offset, unsigned width, std::uint64_t value) override;
    std::vector<std::uint8_t> save() const override;
    Result<void> restore(std::span<std::uint8_t const> bytes) override;

private:
    struct State {
        static constexpr std::uint8_t version = 1;
        std::array<Pic8259::State, 2> chips;

        template <typename Self>
        static auto fields(Self& self)
        {
            return std::tie(self.chips);
        }
        bool plausible() const { return chips[0].plausible() && chips[1].plausible(); }
    };

    bool slave_answers() const;
    Acknowledged acknowledge_slave();
    void drive_cascade();
    void write_command(unsigned chip, unsigned a0, std::uint8_t value);

    std::array<Pic8259, 2> chips_;
    Pic8259& master_ = chips_[0];
    Pic8259& slave_ = chips_[1];
    Listener listener_;
};

} // namespace ringside::devices

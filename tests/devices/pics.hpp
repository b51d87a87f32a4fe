// The pair of interrupt controllers with everything it is wired to, and the words tests say to it.
#pragma once

#include "engine/devices/pic_pair.hpp"
#include "tests/devices/fakes.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace ringside::devices::pic_words {

// The device's offsets.
inline constexpr std::uint16_t master = 0;
inline constexpr std::uint16_t slave = 2;
inline constexpr std::uint16_t elcr1 = 4;

inline constexpr std::uint8_t end_of_interrupt = 0x20;
inline constexpr std::uint8_t read_irr = 0x0a;
inline constexpr std::uint8_t read_isr = 0x0b;
inline constexpr std::uint8_t poll_command = 0x0c;

struct Pics {
    KeptNotes notes;
    std::vector<Irq> ended;
    std::vector<std::pair<Irq, bool>> lines;
    PicPair pic;

    /// `icw4` of both: 1 is plain 8086 mode.
    explicit Pics(std::uint8_t icw1 = 0x11, std::uint8_t icw4 = 0x01)
    {
        pic.listen({.line_changed = [this](Irq irq, bool level) { lines.emplace_back(irq, level); },
                    .ended = [this](Irq irq) { ended.push_back(irq); },
                    .observer = &notes});
        initialise(icw1, icw4);
    }
    void initialise(std::uint8_t icw1, std::uint8_t icw4)
    {
        for (std::uint16_t chip : {master, slave}) {
            out(chip, icw1);
            out(chip + 1U, chip == master ? 0x20 : 0x28);
            out(chip + 1U, chip == master ? 0x04 : 0x02);
            out(chip + 1U, icw4);
        }
    }
    void out(unsigned offset, std::uint8_t value)
    {
        pic.write(static_cast<std::uint16_t>(offset), 1, value);
    }
    std::uint8_t in(unsigned offset)
    {
        return static_cast<std::uint8_t>(pic.read(static_cast<std::uint16_t>(offset), 1));
    }
    void raise(unsigned irq) { pic.set_line(Irq(static_cast<std::uint8_t>(irq)), true); }
    void lower(unsigned irq) { pic.set_line(Irq(static_cast<std::uint8_t>(irq)), false); }
    void pulse(unsigned irq)
    {
        lower(irq);
        raise(irq);
    }
    /// The pending IRQ, or 99 for none.
    unsigned pending() const
    {
        std::optional<Irq> const irq = pic.pending();
        return irq ? irq->value : 99;
    }
    unsigned acknowledge() { return pic.acknowledge().irq.value; }
    std::uint8_t isr(std::uint16_t chip)
    {
        out(chip, read_isr);
        return in(chip);
    }
    std::uint8_t irr(std::uint16_t chip)
    {
        out(chip, read_irr);
        return in(chip);
    }
};

inline constexpr unsigned none = 99;

} // namespace ringside::devices::pic_words

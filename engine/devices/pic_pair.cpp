// The cascade: the slave's INT is the master's input 2, so every change of the slave is followed by
// drive_cascade().
#include "engine/devices/pic_pair.hpp"

#include "engine/base/assert.hpp"
#include "engine/devices/saved_state.hpp"

namespace ringside::devices {

namespace {

using trace::Access;

constexpr std::array<RegisterInfo, 14> register_table{{
    {0, Access::write_only, "ICW1", "Master: Initialization Command Word 1",
     "Bit 4 set: starts over; ICW2 to ICW4 follow at the next port (8259A, \"Initialization "
     "Command Words\")."},
    {0, Access::write_only, "OCW2", "Master: end of interrupt, rotation",
     "0x20 ends what ranks first, 0x60 + n ends input n (8259A, \"Operation Command Words\")."},
    {0, Access::write_only, "OCW3", "Master: what to read, special mask, poll",
     "0x0a reads the IRR, 0x0b the ISR, 0x0c polls (8259A, \"Operation Command Words\")."},
    {0, Access::read_only, "IRR/ISR", "Master: requested or in service",
     "One bit for each of IRQ 0 to 7, as OCW3 chose (8259A, \"Reading the 8259A Status\")."},
    {1, Access::read_write, "IMR", "Master: Interrupt Mask Register",
     "A set bit masks IRQ 0 to 7 (8259A, \"Operation Command Words\", OCW1)."},
    {1, Access::write_only, "ICW2-4", "Master: vector base, slaves, mode",
     "The three writes after ICW1 (8259A, \"Initialization Command Words\")."},
    {2, Access::write_only, "ICW1", "Slave: Initialization Command Word 1",
     "As the master's (8259A, \"Initialization Command Words\")."},
    {2, Access::write_only, "OCW2", "Slave: end of interrupt, rotation",
     "As the master's, which wants its own EOI (8259A, \"Operation Command Words\")."},
    {2, Access::write_only, "OCW3", "Slave: what to read, special mask, poll",
     "As the master's (8259A, \"Operation Command Words\")."},
    {2, Access::read_only, "IRR/ISR", "Slave: requested or in service",
     "One bit for each of IRQ 8 to 15, as OCW3 chose (8259A, \"Reading the 8259A Status\")."},
    {3, Access::read_write, "IMR", "Slave: Interrupt Mask Register",
     "A set bit masks IRQ 8 to 15 (8259A, \"Operation Command Words\", OCW1)."},
    {3, Access::write_only, "ICW2-4", "Slave: vector base, identity, mode",
     "The three writes after ICW1 (8259A, \"Initialization Command Words\")."},
    {4, Access::read_write, "ELCR1", "Edge/Level Control, IRQ 3 to 7",
     "A set bit makes the input level-triggered (EISA, \"Edge/Level Control Register\")."},
    {5, Access::read_write, "ELCR2", "Edge/Level Control, IRQ 9 to 12, 14, 15",
     "A set bit makes the input level-triggered (EISA, \"Edge/Level Control Register\")."},
}};

constexpr std::uint16_t elcr1 = 4;
constexpr std::uint16_t elcr2 = 5;
// EISA specification, "Edge/Level Control Register": timer, keyboard, cascade, clock and FPU stay
// edge-triggered.
constexpr std::array<std::uint8_t, 2> elcr_writable{0xf8, 0xde};

constexpr std::uint8_t undriven_bus = 0xff;
constexpr unsigned spurious_input = 7; // 8259A datasheet, "Interrupt Sequence"

constexpr Irq irq_of(unsigned chip, unsigned input)
{
    return Irq(static_cast<std::uint8_t>(8 * chip + input));
}

} // namespace

std::span<RegisterInfo const> PicPair::registers() const
{
    return register_table;
}

// ---------------------------------------------------------------- lines in, vectors out

void PicPair::set_line(Irq irq, bool level)
{
    ASSERT(irq.value < 16 && irq != cascade);
    Pic8259& chip = chips_[irq.value / 8];
    unsigned const input = irq.value % 8;
    if (bit(chip.state().lines, input) == level)
        return;
    if (listener_.line_changed)
        listener_.line_changed(irq, level);
    chip.set_line(input, level);
    drive_cascade();
}

void PicPair::drive_cascade()
{
    master_.set_line(cascade.value, slave_.pending().has_value());
}

std::optional<Irq> PicPair::pending() const
{
    std::optional<unsigned> const input = master_.pending();
    if (!input)
        return std::nullopt;
    if (*input != cascade.value || !master_.has_slave(*input))
        return irq_of(0, *input);
    return slave_answers() ? irq_of(1, slave_.pending().value_or(spurious_input)) : cascade;
}

/// 8259A datasheet, "Cascade Mode": the slave whose identity is on the cascade bus gives the
/// vector.
bool PicPair::slave_answers() const
{
    return slave_.initialised() && slave_.identity() == cascade.value;
}

Acknowledged PicPair::acknowledge()
{
    std::optional<unsigned> const input = master_.acknowledge();
    if (!input) {
        tell(listener_.observer, "spurious interrupt", spurious_input);
        return {irq_of(0, spurious_input), master_.vector(spurious_input)};
    }
    if (!master_.has_slave(*input))
        return {irq_of(0, *input), master_.vector(*input)};
    return *input == cascade.value ? acknowledge_slave()
                                   : Acknowledged{irq_of(0, *input), undriven_bus};
}

Acknowledged PicPair::acknowledge_slave()
{
    if (!slave_answers()) { // programmed with another identity: the CPU reads an undriven bus
        tell(listener_.observer, "no slave answers for IRQ", cascade.value);
        return {cascade, undriven_bus};
    }
    std::optional<unsigned> const input = slave_.acknowledge();
    if (!input)
        tell(listener_.observer, "spurious interrupt", 8 + spurious_input);
    // INT falls for a moment with every acknowledge, so that a request that is left over is a new
    // edge for the master.
    master_.set_line(cascade.value, false);
    drive_cascade();
    unsigned const answered = input.value_or(spurious_input);
    return {irq_of(1, answered), slave_.vector(answered)};
}

// ---------------------------------------------------------------- registers

std::uint64_t PicPair::read(std::uint16_t offset, unsigned width)
{
    if (offset == elcr1 || offset == elcr2)
        return byte_answer(chips_[offset - elcr1].state().level_triggered, width);
    if (offset > elcr2)
        return byte_answer(undriven_bus, width);
    std::uint8_t const value = chips_[offset / 2].read(offset % 2);
    drive_cascade(); // a poll may have taken the slave's request
    return byte_answer(value, width);
}

void PicPair::write(std::uint16_t offset, unsigned, std::uint64_t value)
{
    auto const byte = static_cast<std::uint8_t>(value);
    if (offset > elcr2)
        return;
    if (offset >= elcr1) {
        unsigned const chip = offset - elcr1;
        chips_[chip].set_level_triggered(byte & elcr_writable[chip]);
    } else {
        write_command(offset / 2, offset % 2, byte);
    }
    drive_cascade();
}

void PicPair::write_command(unsigned chip, unsigned a0, std::uint8_t value)
{
    bool const was_initialised = chips_[chip].initialised();
    std::optional<unsigned> const ended = chips_[chip].write(a0, value);
    if (ended && listener_.ended)
        listener_.ended(irq_of(chip, *ended));
    if (!was_initialised && chips_[chip].initialised())
        tell(listener_.observer,
             chip == 0 ? "master initialised, first vector" : "slave initialised, first vector",
             chips_[chip].vector(0));
}

// ---------------------------------------------------------------- saved state

std::vector<std::uint8_t> PicPair::save() const
{
    return pack_state(State{{master_.state(), slave_.state()}});
}

Result<void> PicPair::restore(std::span<std::uint8_t const> bytes)
{
    State const state = TRY(unpack_state<State>(name(), bytes));
    for (unsigned chip = 0; chip < 2; ++chip)
        chips_[chip].restore(state.chips[chip]);
    return {};
}

} // namespace ringside::devices

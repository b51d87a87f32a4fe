// What each register does when it is read or written, then the interrupt. The bits have their names
// in uart16550_registers.hpp.
#include "engine/devices/uart16550.hpp"

#include "engine/devices/saved_state.hpp"
#include "engine/devices/uart16550_registers.hpp"

#include <algorithm>
#include <utility>

namespace ringside::devices {

using namespace uart;

std::span<RegisterInfo const> Uart16550::registers() const
{
    return uart::register_table;
}

bool Uart16550::divisor_latch_open() const
{
    return (state_.line_control & divisor_access) != 0;
}

bool Uart16550::fifos_on() const
{
    return (state_.fifo_control & fifo_enable) != 0;
}

bool Uart16550::loopback() const
{
    return (state_.modem_control & loop) != 0;
}

std::uint8_t Uart16550::trigger_level() const
{
    constexpr std::array<std::uint8_t, 4> levels{1, 4, 8, 14};
    return fifos_on() ? levels[state_.fifo_control >> 6] : std::uint8_t{1};
}

bool Uart16550::has_room() const
{
    return !loopback() && state_.received_count < capacity();
}

bool Uart16550::receive(std::uint8_t byte)
{
    return !loopback() && store(byte);
}

/// The receiver's end: from the wire, or from our own transmitter in loopback.
bool Uart16550::store(std::uint8_t byte)
{
    bool const room = state_.received_count < capacity();
    if (room) {
        state_.received[state_.received_count++] = byte;
    } else {
        // 16550D datasheet, "Line Status Register": with FIFOs the newcomer is lost, without them
        // it overwrites the byte that nobody fetched.
        state_.line_errors |= overrun;
        if (!fifos_on())
            state_.received[0] = byte;
        tell(wires_.observer, "receive overrun", byte);
    }
    drive_line();
    return room;
}

void Uart16550::look_for_input()
{
    if (state_.received_count > 0 || loopback() || !wires_.refill)
        return;
    if (std::optional<std::uint8_t> const byte = wires_.refill())
        store(*byte);
}

// ---------------------------------------------------------------- reading

std::uint64_t Uart16550::read(std::uint16_t offset, unsigned width)
{
    return byte_answer(read_byte(offset), width);
}

std::uint8_t Uart16550::read_byte(std::uint16_t offset)
{
    switch (offset) {
    case 0:
        return divisor_latch_open() ? state_.divisor_low : read_received();
    case 1:
        return divisor_latch_open() ? state_.divisor_high : state_.interrupt_enable;
    case 2:
        return read_identification();
    case 3:
        return state_.line_control;
    case 4:
        return state_.modem_control;
    case 5:
        return read_line_status();
    case 6:
        return read_modem_status();
    case 7:
        return state_.scratch;
    default:
        return 0xff;
    }
}

std::uint8_t Uart16550::read_received()
{
    look_for_input();
    std::uint8_t const byte = state_.received[0]; // an empty receiver repeats its last byte
    if (state_.received_count > 0) {
        --state_.received_count;
        if (state_.received_count > 0)
            std::copy_n(state_.received.begin() + 1, state_.received_count,
                        state_.received.begin());
    }
    drive_line();
    return byte;
}

std::uint8_t Uart16550::read_identification()
{
    look_for_input();
    std::uint8_t const found = cause();
    // 16550D datasheet, "Interrupt Control Functions": reading IIR clears the transmitter's
    // interrupt, and only when that is what it reports.
    if (found == cause_transmitter)
        state_.transmitter_emptied = false;
    drive_line();
    return static_cast<std::uint8_t>(found | (fifos_on() ? fifos_are_on : 0));
}

std::uint8_t Uart16550::read_line_status()
{
    look_for_input();
    std::uint8_t const waiting = state_.received_count > 0 ? data_ready : 0;
    std::uint8_t const status = transmitter_idle | state_.line_errors | waiting;
    state_.line_errors = 0;
    drive_line();
    return status;
}

std::uint8_t Uart16550::read_modem_status()
{
    std::uint8_t const status = state_.modem_status;
    state_.modem_status &= 0xf0; // the changes are seen now
    drive_line();
    return status;
}

// ---------------------------------------------------------------- writing

void Uart16550::write(std::uint16_t offset, unsigned, std::uint64_t value)
{
    auto const byte = static_cast<std::uint8_t>(value);
    switch (offset) {
    case 0:
        if (divisor_latch_open())
            state_.divisor_low = byte;
        else
            write_transmit(byte);
        return;
    case 1:
        if (divisor_latch_open())
            state_.divisor_high = byte;
        else
            write_interrupt_enable(byte);
        return;
    case 2:
        return write_fifo_control(byte);
    case 3:
        return write_line_control(byte);
    case 4:
        return write_modem_control(byte);
    case 7:
        state_.scratch = byte;
        return;
    default:
        return; // LSR and MSR: written in factory tests only
    }
}

void Uart16550::write_transmit(std::uint8_t byte)
{
    // The line falls and rises again although no time passes: an edge-triggered interrupt
    // controller must see that the transmitter has become empty once more.
    state_.transmitter_emptied = false;
    drive_line();
    if (loopback())
        store(byte);
    else if (wires_.transmit)
        wires_.transmit(byte);
    state_.transmitter_emptied = true;
    drive_line();
}

void Uart16550::write_interrupt_enable(std::uint8_t value)
{
    // Enabling the transmitter's interrupt while the transmitter is empty, which it always is,
    // causes one at once: drivers start sending that way.
    if ((value & enable_transmitter) != 0 && (state_.interrupt_enable & enable_transmitter) == 0)
        state_.transmitter_emptied = true;
    state_.interrupt_enable = value & 0x0f;
    drive_line();
}

void Uart16550::write_fifo_control(std::uint8_t value)
{
    bool const enabled = (value & fifo_enable) != 0;
    bool const switched = enabled != fifos_on();
    if (switched || (enabled && (value & fifo_clear_received) != 0))
        state_.received_count = 0;
    // 16550D datasheet, "FIFO Control Register": without bit 0 the other bits are not programmed.
    state_.fifo_control = enabled ? value & (fifo_trigger | fifo_enable) : 0;
    if (switched)
        tell(wires_.observer, enabled ? "FIFOs on, trigger level" : "FIFOs off", trigger_level());
    drive_line();
}

void Uart16550::write_line_control(std::uint8_t value)
{
    bool const was_open = divisor_latch_open();
    state_.line_control = value;
    unsigned const divisor = state_.divisor_low | state_.divisor_high * 256U;
    if (!was_open && divisor_latch_open())
        tell(wires_.observer, "divisor latch open (DLAB set)", divisor);
    if (was_open && !divisor_latch_open())
        tell(wires_.observer, "baud rate", divisor == 0 ? 0 : 115200 / divisor);
}

void Uart16550::write_modem_control(std::uint8_t value)
{
    bool const was_looping = loopback();
    state_.modem_control = value & modem_control_bits;
    if (loopback() != was_looping)
        tell(wires_.observer, loopback() ? "loopback on" : "loopback off", value);
    set_modem_inputs(loopback() ? looped_back(state_.modem_control) : terminal_present);
    drive_line();
}

/// New levels of CTS, DSR, RI and DCD in bits 4 to 7; what changed goes to bits 0 to 3. Of the ring
/// indicator only its end counts (16550D datasheet, "Modem Status Register", TERI).
void Uart16550::set_modem_inputs(std::uint8_t inputs)
{
    unsigned const before = state_.modem_status & 0xf0U;
    unsigned changed = before ^ inputs;
    if ((inputs & ring_indicator) != 0)
        changed &= ~static_cast<unsigned>(ring_indicator);
    state_.modem_status =
        static_cast<std::uint8_t>(inputs | (state_.modem_status & 0x0fU) | (changed >> 4));
}

// ---------------------------------------------------------------- the interrupt

std::uint8_t Uart16550::cause() const
{
    auto const enabled = [this](std::uint8_t which) {
        return (state_.interrupt_enable & which) != 0;
    };
    if (enabled(enable_line_status) && state_.line_errors != 0)
        return cause_line_status;
    if (enabled(enable_data) && state_.received_count >= trigger_level())
        return cause_data;
    if (enabled(enable_data) && state_.received_count > 0)
        return cause_timeout;
    if (enabled(enable_transmitter) && state_.transmitter_emptied)
        return cause_transmitter;
    if (enabled(enable_modem) && (state_.modem_status & 0x0f) != 0)
        return cause_modem;
    return cause_none;
}

void Uart16550::drive_line()
{
    // Loopback turns the output pins off, and OUT2 is one of them (16550D datasheet, "Modem Control
    // Register").
    bool const connected = (state_.modem_control & out2) != 0 && !loopback();
    bool const level = connected && cause() != cause_none;
    if (level == state_.line)
        return;
    state_.line = level;
    if (wires_.interrupt)
        wires_.interrupt(level);
}

// ---------------------------------------------------------------- saved state

std::vector<std::uint8_t> Uart16550::save() const
{
    return pack_state(state_);
}

Result<void> Uart16550::restore(std::span<std::uint8_t const> bytes)
{
    state_ = TRY(unpack_state<State>(name(), bytes));
    return {};
}

} // namespace ringside::devices

// The serial port: a 16550D UART with its two FIFOs, wired as COM1 of a PC.
//
//   offset  read                                         written                 DLAB = 1
//   0       RBR  received byte                           THR  byte to send       DLL  divisor, low
//   1       IER  0 0 0 0 | modem | line | THR empty | data                       DLM  divisor, high
//   2       IIR  FIFOs on:2 | 0 0 | cause:3 | none       FCR  trigger:2 . . . | clear:2 | enable
//   3       LCR  DLAB | break | parity:3 | stop | word length:2
//   4       MCR  0 0 0 | loop | OUT2 | OUT1 | RTS | DTR
//   5       LSR  0 | TEMT | THRE | break | framing | parity | overrun | data ready
//   6       MSR  DCD RI DSR CTS | their changes
//   7       SCR  a byte of the guest's own
//
// OUT2 gates the interrupt line, as on every PC: a driver that forgets it gets no interrupt.
//
// Not modelled: baud rate timing (a byte is sent in the moment it is written, so THRE and TEMT are
// always 1, and a byte below the trigger level counts as timed out at once), word length, parity,
// framing errors, breaks, DMA mode. The modem lines are those of a terminal that is always there.
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

namespace ringside::devices {

class Uart16550 final : public Device {
public:
    /// What it is wired to. Every one may be left empty.
    struct Wires {
        InterruptLine interrupt;
        std::function<void(std::uint8_t byte)> transmit;
        /// Asked for a byte when the guest looks for input (LSR, IIR or RBR) and there is none, so
        /// that piped input arrives at the same point of every run.
        std::function<std::optional<std::uint8_t>()> refill;
        Observer* observer = nullptr;
    };

    explicit Uart16550(Wires wires) : wires_(std::move(wires)) {}

    /// A byte arrives on the wire. False if it had no room: it is an overrun, as on the hardware.
    /// In loopback mode the wire is cut off and the byte is lost.
    bool receive(std::uint8_t byte);
    bool has_room() const;

    std::string_view name() const override { return "uart16550"; }
    std::span<RegisterInfo const> registers() const override;
    std::uint64_t read(std::uint16_t offset, unsigned width) override;
    void write(std::uint16_t offset, unsigned width, std::uint64_t value) override;
    std::vector<std::uint8_t> save() const override;
    Result<void> restore(std::span<std::uint8_t const> bytes) override;

private:
    static constexpr std::size_t fifo_size = 16;

    struct State {
        static constexpr std::uint8_t version = 1;
        std::uint8_t divisor_low = 12; ///< 9600 baud
        std::uint8_t divisor_high = 0;
        std::uint8_t interrupt_enable = 0;
        std::uint8_t fifo_control = 0;
        std::uint8_t line_control = 0;
        std::uint8_t modem_control = 0;
        std::uint8_t line_errors = 0;     ///< the LSR bits that reading it clears
        std::uint8_t modem_status = 0xb0; ///< DCD, DSR and CTS: a terminal is there
        std::uint8_t scratch = 0;
        bool transmitter_emptied = false; ///< the THRE interrupt: set by an event, cleared by IIR
        bool line = false;                ///< what the interrupt line was last set to
        std::array<std::uint8_t, fifo_size> received{};
        std::uint8_t received_count = 0;

        template <typename Self>
        static auto fields(Self& self)
        {
            return std::tie(self.divisor_low, self.divisor_high, self.interrupt_enable,
                            self.fifo_control, self.line_control, self.modem_control,
                            self.line_errors, self.modem_status, self.scratch,
                            self.transmitter_emptied, self.line, self.received,
                            self.received_count);
        }
        bool plausible() const { return received_count <= fifo_size; }
    };

    bool divisor_latch_open() const;
    bool fifos_on() const;
    bool loopback() const;
    std::size_t capacity() const { return fifos_on() ? fifo_size : 1; }
    std::uint8_t trigger_level() const;
    std::uint8_t cause() const;

    std::uint8_t read_byte(std::uint16_t offset);
    std::uint8_t read_received();
    std::uint8_t read_identification();
    std::uint8_t read_line_status();
    std::uint8_t read_modem_status();
    void write_transmit(std::uint8_t byte);
    void write_interrupt_enable(std::uint8_t value);
    void write_fifo_control(std::uint8_t value);
    void write_line_control(std::uint8_t value);
    void write_modem_control(std::uint8_t value);

    void look_for_input();
    bool store(std::uint8_t byte);
    void set_modem_inputs(std::uint8_t inputs);
    void drive_line();

    Wires wires_;
    State state_;
};

} // namespace ringside::devices

// The bits of the 16550D and its register table, which the viewer's register panel, the JSON
// listing and the book share. The registers are drawn in uart16550.hpp.
#pragma once

#include <array>
#include <cstdint>

#include "engine/base/bits.hpp"
#include "engine/devices/device.hpp"

namespace ringside::devices::uart {

// 16550D datasheet, "Interrupt Enable Register"
inline constexpr std::uint8_t enable_data = 0x01;
inline constexpr std::uint8_t enable_transmitter = 0x02;
inline constexpr std::uint8_t enable_line_status = 0x04;
inline constexpr std::uint8_t enable_modem = 0x08;
// 16550D datasheet, "Interrupt Identification Register", in order of priority
inline constexpr std::uint8_t cause_line_status = 0x06;
inline constexpr std::uint8_t cause_data = 0x04;
inline constexpr std::uint8_t cause_timeout = 0x0c;
inline constexpr std::uint8_t cause_transmitter = 0x02;
inline constexpr std::uint8_t cause_modem = 0x00;
inline constexpr std::uint8_t cause_none = 0x01;
inline constexpr std::uint8_t fifos_are_on = 0xc0;
// 16550D datasheet, "FIFO Control Register"
inline constexpr std::uint8_t fifo_enable = 0x01;
inline constexpr std::uint8_t fifo_clear_received = 0x02;
inline constexpr std::uint8_t fifo_trigger = 0xc0;
// 16550D datasheet, "Line Control Register" and "Line Status Register"
inline constexpr std::uint8_t divisor_access = 0x80;
inline constexpr std::uint8_t data_ready = 0x01;
inline constexpr std::uint8_t overrun = 0x02;
inline constexpr std::uint8_t transmitter_idle = 0x60; // THRE and TEMT
// 16550D datasheet, "Modem Control Register" and "Modem Status Register"
inline constexpr std::uint8_t modem_control_bits = 0x1f;
inline constexpr std::uint8_t out2 = 0x08;
inline constexpr std::uint8_t loop = 0x10;
inline constexpr std::uint8_t terminal_present = 0xb0; // DCD, DSR, CTS
inline constexpr std::uint8_t ring_indicator = 0x40;

/// Loopback feeds the four outputs back: RTS to CTS, DTR to DSR, OUT1 to RI, OUT2 to DCD.
constexpr std::uint8_t looped_back(std::uint8_t modem_control)
{
    bool const dtr = bit(modem_control, 0);
    bool const rts = bit(modem_control, 1);
    auto const outs = static_cast<unsigned>(bits(modem_control, 2, 2));
    return static_cast<std::uint8_t>((rts ? 0x10U : 0U) | (dtr ? 0x20U : 0U) | (outs << 6));
}

using trace::Access;

inline constexpr std::array<RegisterInfo, 12> register_table{{
    {0, Access::read_only, "RBR", "Receiver Buffer Register",
     "The oldest received byte; reading removes it (16550D, \"Registers\")."},
    {0, Access::write_only, "THR", "Transmitter Holding Register",
     "The byte to send; it leaves at once (16550D, \"Registers\")."},
    {0, Access::read_write, "DLL", "Divisor Latch, low byte",
     "With LCR.DLAB = 1: 115200 / divisor is the baud rate (16550D, \"Programmable Baud "
     "Generator\")."},
    {1, Access::read_write, "IER", "Interrupt Enable Register",
     "Bit 0 data, 1 transmitter empty, 2 line status, 3 modem (16550D, \"Interrupt Enable "
     "Register\")."},
    {1, Access::read_write, "DLM", "Divisor Latch, high byte",
     "With LCR.DLAB = 1 (16550D, \"Programmable Baud Generator\")."},
    {2, Access::read_only, "IIR", "Interrupt Identification Register",
     "Which cause wants attention: 6 line status, 4 data, c timeout, 2 transmitter, 0 modem, 1 "
     "none (16550D, \"Interrupt Identification Register\")."},
    {2, Access::write_only, "FCR", "FIFO Control Register",
     "Bit 0 turns the FIFOs on, 1 and 2 clear them, 7:6 set the trigger level (16550D, \"FIFO "
     "Control Register\")."},
    {3, Access::read_write, "LCR", "Line Control Register",
     "Word length, parity, stop bits; bit 7 (DLAB) opens the divisor latch (16550D, \"Line "
     "Control Register\")."},
    {4, Access::read_write, "MCR", "Modem Control Register",
     "DTR, RTS, OUT1, OUT2 (connects the interrupt line on a PC), loopback (16550D, \"Modem "
     "Control Register\")."},
    {5, Access::read_only, "LSR", "Line Status Register",
     "Bit 0 a byte waits, 1 overrun, 5 and 6 ready to send (16550D, \"Line Status Register\")."},
    {6, Access::read_only, "MSR", "Modem Status Register",
     "CTS, DSR, RI, DCD and which of them changed; reading clears the changes (16550D, \"Modem "
     "Status Register\")."},
    {7, Access::read_write, "SCR", "Scratchpad Register",
     "Keeps a byte and does nothing (16550D, \"Scratchpad Register\")."},
}};

} // namespace ringside::devices::uart

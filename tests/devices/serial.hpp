// The serial port with everything it is wired to, and the words tests say to it.
#pragma once

#include "engine/devices/uart16550.hpp"
#include "tests/devices/fakes.hpp"

#include <deque>
#include <optional>
#include <string>

namespace ringside::devices::uart_words {

enum Offset : std::uint16_t { rbr, ier, iir, lcr, mcr, lsr, msr, scr };
inline constexpr std::uint16_t thr = rbr;
inline constexpr std::uint16_t fcr = iir;

struct Serial {
    KeptLine line;
    KeptNotes notes;
    std::string printed;
    std::deque<std::uint8_t> piped;
    Uart16550 uart{{.interrupt = line.input(),
                    .transmit = [this](std::uint8_t byte) { printed += static_cast<char>(byte); },
                    .refill = [this] { return next_piped(); },
                    .observer = &notes}};

    std::optional<std::uint8_t> next_piped()
    {
        if (piped.empty())
            return std::nullopt;
        std::uint8_t const byte = piped.front();
        piped.pop_front();
        return byte;
    }
    std::uint8_t in(std::uint16_t offset)
    {
        return static_cast<std::uint8_t>(uart.read(offset, 1));
    }
    void out(std::uint16_t offset, std::uint8_t value) { uart.write(offset, 1, value); }
    /// As a driver does it: OUT2 connects the line, then the causes are enabled.
    void enable(std::uint8_t causes)
    {
        out(mcr, 0x08);
        out(ier, causes);
    }
};

} // namespace ringside::devices::uart_words

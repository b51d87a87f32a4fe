// The standard machine's devices on two buses with a recording tracer: what tests of the whole set
// share.
#pragma once

#include "engine/devices/set.hpp"
#include "tests/devices/fakes.hpp"

#include <deque>
#include <optional>
#include <string>

namespace ringside::devices {

struct Standard {
    KeptEvents events;
    trace::Tracer tracer{&events};
    Bus ports{trace::Space::port, tracer};
    Bus mmio{trace::Space::mmio, tracer};
    std::string printed;
    std::deque<std::uint8_t> piped;
    StandardDevices devices{
        {.console_output = [this](std::uint8_t byte) { printed += static_cast<char>(byte); },
         .console_input = [this] { return next_piped(); },
         .clock = {}},
        tracer,
        ports,
        mmio};

    std::optional<std::uint8_t> next_piped()
    {
        if (piped.empty())
            return std::nullopt;
        std::uint8_t const byte = piped.front();
        piped.pop_front();
        return byte;
    }
    void out(std::uint16_t port, std::uint8_t value) { ports.write(port, 1, value); }
    std::uint8_t in(std::uint16_t port) { return static_cast<std::uint8_t>(ports.read(port, 1)); }
    void initialise_pics()
    {
        for (std::uint16_t base : {std::uint16_t{0x20}, std::uint16_t{0xa0}}) {
            auto const data = static_cast<std::uint16_t>(base + 1);
            out(base, 0x11);
            out(data, base == 0x20 ? 0x20 : 0x28);
            out(data, base == 0x20 ? 0x04 : 0x02);
            out(data, 0x01);
        }
    }
    void start_timer(std::uint16_t count)
    {
        out(0x43, 0x34);
        out(0x40, static_cast<std::uint8_t>(count));
        out(0x40, static_cast<std::uint8_t>(count >> 8));
    }
};

} // namespace ringside::devices

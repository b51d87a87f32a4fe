// The map of the standard machine, and its wiring.
#include "engine/devices/set.hpp"

#include "engine/base/assert.hpp"
#include "guest-programs/abi/ringside.h"

#include <algorithm>
#include <string>
#include <utility>

namespace ringside::devices {

namespace {

using trace::Space;
using Number = DeviceNumber;

// Space, first address, how many, the device, and its own offset there. The ports are those of
// every PC (IBM AT Technical Reference, "I/O Address Map"; ELCR: EISA), the rest is our own.
constexpr std::array map{
    MapEntry{Space::port, 0x020, 2, Number::pic, 0}, // master
    MapEntry{Space::port, 0x040, 4, Number::pit, 0},
    MapEntry{Space::port, 0x061, 1, Number::port61, 0},
    MapEntry{Space::port, 0x070, 2, Number::rtc, 0},
    MapEntry{Space::port, 0x0a0, 2, Number::pic, 2}, // slave
    MapEntry{Space::port, RINGSIDE_PORT_EXIT, 1, Number::exit_port, 0},
    MapEntry{Space::port, 0x3f8, 8, Number::uart, 0}, // COM1
    MapEntry{Space::port, 0x4d0, 2, Number::pic, 4},  // edge or level
    MapEntry{Space::port, RINGSIDE_PORT_TEACH_COMMAND, 12, Number::teaching_port, 0},
    MapEntry{Space::mmio, RINGSIDE_MMIO_BASE, RINGSIDE_MMIO_SIZE, Number::mmio_window, 0},
};

constexpr Irq timer_irq{0};
constexpr Irq serial_irq{4};
constexpr Irq clock_irq{8};

constexpr std::size_t index_of(DeviceNumber device)
{
    return static_cast<std::size_t>(device);
}

template <std::size_t... Number>
std::array<DeviceNotes, device_count> notes_for(trace::Tracer& tracer,
                                                std::index_sequence<Number...>)
{
    return {DeviceNotes(tracer, static_cast<std::uint8_t>(Number))...};
}

} // namespace

std::span<MapEntry const> standard_map()
{
    return map;
}

StandardDevices::StandardDevices(StandardConfig config, trace::Tracer& tracer, Bus& ports,
                                 Bus& mmio)
    : config_(std::move(config)),
      tracer_(tracer),
      notes_(notes_for(tracer, std::make_index_sequence<device_count>())),
      teaching_events_(tracer),
      uart_(serial_wires()),
      pit_(line(timer_irq), notes_of(Number::pit)),
      port61_(pit_, notes_of(Number::port61)),
      rtc_(config_.clock, line(clock_irq), notes_of(Number::rtc)),
      exit_port_({}, notes_of(Number::exit_port)),
      teaching_port_(teaching_events_, notes_of(Number::teaching_port)),
      mmio_window_(notes_of(Number::mmio_window)),
      parts_{{{0, &uart_},
              {1, &pic_},
              {2, &pit_},
              {3, &port61_},
              {4, &rtc_},
              {5, &exit_port_},
              {6, &teaching_port_},
              {7, &mmio_window_}}}
{
    // The lines' levels at power-on are where the story begins, not a part of it: told to nobody.
    pic_.set_line(timer_irq, pit_.out0());
    pic_.listen(
        {.line_changed =
             [this](Irq irq, bool level) {
                 tracer_.emit(trace::LineChanged{.irq = irq.value, .level = level});
             },
         .ended = [this](Irq irq) { tracer_.emit(trace::EndOfInterrupt{.irq = irq.value}); },
         .observer = notes_of(Number::pic)});

    for (MapEntry const& entry : map) {
        Bus& bus = entry.space == Space::port ? ports : mmio;
        Part const& part = parts_[index_of(entry.device)];
        bool const claimed =
            bus.claim(entry.base, entry.size, *part.device, part.number, entry.offset).has_value();
        ASSERT(claimed);
    }
}

Observer* StandardDevices::notes_of(DeviceNumber device)
{
    return &notes_[index_of(device)];
}

InterruptLine StandardDevices::line(Irq irq)
{
    return [this, irq](bool level) { pic_.set_line(irq, level); };
}

Uart16550::Wires StandardDevices::serial_wires()
{
    auto const transmit = [this](std::uint8_t byte) {
        tracer_.emit(trace::ConsoleByte{.direction = trace::Direction::write, .byte = byte});
        if (config_.console_output)
            config_.console_output(byte);
    };
    auto const refill = [this]() -> std::optional<std::uint8_t> {
        if (!config_.console_input)
            return std::nullopt;
        std::optional<std::uint8_t> const byte = config_.console_input();
        if (byte)
            tracer_.emit(trace::ConsoleByte{.direction = trace::Direction::read, .byte = *byte});
        return byte;
    };
    return {.interrupt = line(serial_irq),
            .transmit = transmit,
            .refill = refill,
            .observer = notes_of(Number::uart)};
}

bool StandardDevices::receive(std::uint8_t byte)
{
    if (uart_.has_room())
        tracer_.emit(trace::ConsoleByte{.direction = trace::Direction::read, .byte = byte});
    return uart_.receive(byte);
}

// ---------------------------------------------------------------- time

void StandardDevices::advance_to(VirtualTime now)
{
    pit_.advance_to(now);
    rtc_.advance_to(now);
}

std::optional<VirtualTime> StandardDevices::deadline() const
{
    std::optional<VirtualTime> const timer = pit_.deadline();
    std::optional<VirtualTime> const clock = rtc_.deadline();
    if (timer && clock)
        return std::min(*timer, *clock);
    return timer ? timer : clock;
}

// ---------------------------------------------------------------- what the viewer is told

void StandardDevices::announce(trace::Tracer& tracer) const
{
    for (MapEntry const& entry : map) {
        Part const& part = parts_[index_of(entry.device)];
        tracer.emit(trace::DeviceDefined{.device = part.number,
                                         .space = entry.space,
                                         .base = entry.base,
                                         .size = entry.size,
                                         .label = part.device->name()});
    }
    for (Part const& part : parts_) {
        for (RegisterInfo const& info : part.device->registers()) {
            std::string const label = std::string(info.name) + ": " + std::string(info.long_name);
            tracer.emit(trace::RegisterDefined{.device = part.number,
                                               .offset = info.offset,
                                               .access = info.access,
                                               .label = std::string_view(label)});
        }
    }
}

Result<void> StandardDevices::restore(std::uint8_t number, std::span<std::uint8_t const> bytes)
{
    if (number >= device_count)
        return fail(Blame::input, "cannot restore device " + std::to_string(number) +
                                      ": the standard machine has no such device");
    TRY(parts_[number].device->restore(bytes));
    tracer_.silence(!teaching_port_.tracing()); // the guest's switch is part of its port's state
    return {};
}

} // namespace ringside::devices

// The standard machine's devices: one place that says which there are, at which addresses, under
// which number in the stream, and what their lines are soldered to.
//
//   uart16550 --IRQ 4--+
//   pit8254 ---IRQ 0---+--> pic8259 --> the machine asks pending() and acknowledge()
//   rtc -------IRQ 8---+
//
// The addresses: the table at the top of set.cpp. Not modelled: keyboard, disk, video, PCI, APIC.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "engine/devices/bus.hpp"
#include "engine/devices/exit_port.hpp"
#include "engine/devices/mmio_window.hpp"
#include "engine/devices/pic_pair.hpp"
#include "engine/devices/pit8254.hpp"
#include "engine/devices/port61.hpp"
#include "engine/devices/rtc_cmos.hpp"
#include "engine/devices/stream_listeners.hpp"
#include "engine/devices/teaching_port.hpp"
#include "engine/devices/uart16550.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::devices {

/// A device's number in the stream. Append, never reorder: recorded traces use them.
enum class DeviceNumber : std::uint8_t {
    uart,
    pic,
    pit,
    port61,
    rtc,
    exit_port,
    teaching_port,
    mmio_window,
};
inline constexpr std::size_t device_count = 8;

/// One range of addresses and the device behind it; `offset` is the device's own at `base`.
struct MapEntry {
    trace::Space space = trace::Space::port;
    std::uint64_t base = 0;
    std::uint64_t size = 0;
    DeviceNumber device = DeviceNumber::uart;
    std::uint16_t offset = 0;
};

/// Every address of the standard machine that a device answers.
std::span<MapEntry const> standard_map();

struct StandardConfig {
    std::function<void(std::uint8_t byte)> console_output; ///< the guest printed a byte
    /// Asked when the guest looks for input and none is there: piped input.
    std::function<std::optional<std::uint8_t>()> console_input;
    RtcCmos::Settings clock; ///< the date at virtual time 0, and the size of memory
};

class StandardDevices {
public:
    struct Part {
        std::uint8_t number = 0;
        Device* device = nullptr;
    };

    /// Claims every address of standard_map(), which must be free. The buses and the tracer must
    /// outlive the devices, and the buses must not be used after them.
    StandardDevices(StandardConfig config, trace::Tracer& tracer, Bus& ports, Bus& mmio);
    StandardDevices(StandardDevices const&) = delete;
    StandardDevices& operator=(StandardDevices const&) = delete;

    /// DeviceDefined for every range and RegisterDefined for every register.
    void announce(trace::Tracer& tracer) const;

    PicPair& pic() { return pic_; }
    PicPair const& pic() const { return pic_; }

    /// A byte is typed. False if the serial port had no room for it: it is lost, as on a real line.
    bool receive(std::uint8_t byte);
    bool has_room() const { return uart_.has_room(); }

    /// The result that the guest wrote to the exit port, once it has.
    std::optional<std::uint8_t> exit_requested() const { return exit_port_.result(); }

    /// Timers that expire up to `now` fire.
    void advance_to(VirtualTime now);
    /// The earliest moment at which a timer can raise a line.
    std::optional<VirtualTime> deadline() const;

    /// In the order of their numbers: for keyframes and the viewer.
    std::span<Part const> devices() const { return parts_; }
    /// Puts a saved state back into the device of that number.
    Result<void> restore(std::uint8_t number, std::span<std::uint8_t const> bytes);

private:
    Observer* notes_of(DeviceNumber device);
    Uart16550::Wires serial_wires();
    InterruptLine line(Irq irq);

    StandardConfig config_;
    trace::Tracer& tracer_;
    std::array<DeviceNotes, device_count> notes_;
    TeachingEvents teaching_events_;
    PicPair pic_; // before the devices whose lines end in it
    Uart16550 uart_;
    Pit8254 pit_;
    Port61 port61_;
    RtcCmos rtc_;
    ExitPort exit_port_;
    TeachingPort teaching_port_;
    MmioWindow mmio_window_;
    std::array<Part, device_count> parts_;
};

} // namespace ringside::devices

// What a device is: it sees offsets, not addresses; it is handed a way to raise an interrupt, a
// place to write and an observer; it knows neither the CPU, nor KVM, nor the machine. Its one
// register table drives the viewer's register panel, the book's table and the JSON listing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/bits.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/trace/names.hpp"

namespace ringside::devices {

struct RegisterInfo {
    std::uint16_t offset = 0;
    trace::Access access = trace::Access::read_write;
    std::string_view name;      ///< "LSR"
    std::string_view long_name; ///< "Line Status Register"
    std::string_view help;      ///< one sentence, with the data sheet's section
};

/// Interesting moments, for the stream. The machine numbers the device and emits a DeviceNote.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void noticed(std::string_view what, std::uint64_t value) = 0;
};

/// Tells an observer, where there is one.
inline void tell(Observer* observer, std::string_view what, std::uint64_t value)
{
    if (observer != nullptr)
        observer->noticed(what, value);
}

/// What a register of one byte answers to an access of `width` bytes: itself, and ones above it.
constexpr std::uint64_t byte_answer(std::uint8_t value, unsigned width)
{
    return truncate(~0xffULL | value, width);
}

/// An interrupt request line, level-triggered from the device's point of view: set(true) raises it.
using InterruptLine = std::function<void(bool level)>;

class Device {
public:
    Device() = default;
    Device(Device const&) = delete;
    Device& operator=(Device const&) = delete;
    virtual ~Device() = default;

    virtual std::string_view name() const = 0;
    virtual std::span<RegisterInfo const> registers() const = 0;
    /// `offset` is within the claimed range; `width` is 1 to 8 bytes. A register narrower than the
    /// access answers in the low byte, the rest reads as ones; of a write it takes the low byte.
    virtual std::uint64_t read(std::uint16_t offset, unsigned width) = 0;
    virtual void write(std::uint16_t offset, unsigned width, std::uint64_t value) = 0;

    /// Virtual time is now `now`; timers that expired on the way fire. Never goes back.
    virtual void advance_to(VirtualTime) {}
    /// When this device next wants advance_to(), or nothing.
    virtual std::optional<VirtualTime> deadline() const { return std::nullopt; }

    /// Saved state: versioned by its first byte, at most 192 bytes. Bytes that are not a state of
    /// this device are refused and change nothing. restore() moves no interrupt line and tells no
    /// observer: the interrupt controller restores its own view of the lines.
    virtual std::vector<std::uint8_t> save() const = 0;
    virtual Result<void> restore(std::span<std::uint8_t const> bytes) = 0;
};

} // namespace ringside::devices

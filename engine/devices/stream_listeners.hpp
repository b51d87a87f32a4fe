// How a device's moments become events of the stream: the only place where devices and trace meet,
// apart from the bus. A device reports to an interface; these implementations write records.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/devices/device.hpp"
#include "engine/devices/teaching_port.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::devices {

/// A device's observer: every moment is a DeviceNote under the device's number.
class DeviceNotes final : public Observer {
public:
    DeviceNotes(trace::Tracer& tracer, std::uint8_t number) : tracer_(tracer), number_(number) {}

    void noticed(std::string_view what, std::uint64_t value) override
    {
        if (tracer_.on())
            tracer_.emit(trace::DeviceNote{.device = number_, .value = value, .what = what});
    }

private:
    trace::Tracer& tracer_;
    std::uint8_t number_;
};

/// What the guest says through the teaching port, and its switch for the stream itself.
class TeachingEvents final : public TeachingListener {
public:
    explicit TeachingEvents(trace::Tracer& tracer) : tracer_(tracer) {}

    void marker(std::string_view text) override { tracer_.emit(trace::Marker{.text = text}); }
    void symbol(std::string_view text, std::uint64_t address) override
    {
        tracer_.emit(trace::Symbol{.address = address, .text = text});
    }
    void assertion(std::string_view text, bool held) override
    {
        tracer_.emit(trace::Assertion{.held = held, .text = text});
    }
    void tracing(bool on) override
    {
        tracer_.emit(trace::TracingSwitched{.on = on});
        tracer_.silence(!on);
    }

private:
    trace::Tracer& tracer_;
};

} // namespace ringside::devices

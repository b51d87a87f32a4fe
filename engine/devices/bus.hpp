// The port space or the memory-mapped space: which device answers at which address.
//
// Unclaimed reads give all ones, as an undriven bus does, and are an event; so are unclaimed
// writes. An access that leaves its claim is unclaimed as a whole: no device answers for half of
// it.
//
// Not modelled: splitting a wide port access into byte cycles, as the ISA bus does. The register at
// the first address gets all of it (see device.hpp).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/devices/device.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::devices {

struct Claim {
    std::uint64_t base = 0;
    std::uint64_t size = 0;
    std::uint16_t offset = 0; ///< the device's own offset at `base` (one PIC pair, three claims)
    Device* device = nullptr;
    std::uint8_t number = 0; ///< the device's number in the stream
};

class Bus {
public:
    Bus(trace::Space space, trace::Tracer& tracer) : space_(space), tracer_(tracer) {}

    /// Refuses an empty or wrapping range and an overlap, naming both devices. The device must
    /// outlive the bus.
    Result<void> claim(std::uint64_t base, std::uint64_t size, Device& device, std::uint8_t number,
                       std::uint16_t offset = 0);

    /// The device that claims all of [address, address + width) answers; the access is an event. A
    /// read is told after what it caused in the device, for only then its value is known; a write
    /// is told first. `width` is 1 to 8.
    std::uint64_t read(std::uint64_t address, unsigned width);
    void write(std::uint64_t address, unsigned width, std::uint64_t value);

    std::span<Claim const> claims() const { return claims_; }
    trace::Space space() const { return space_; }

private:
    Claim const* find(std::uint64_t address, unsigned width) const;

    trace::Space space_;
    trace::Tracer& tracer_;
    std::vector<Claim> claims_; ///< ascending by base
};

} // namespace ringside::devices

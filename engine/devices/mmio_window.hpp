// The MMIO teaching window: one page of device memory, so that a guest can see how loads and stores
// become exits.
//
//   0x00  ID       32 bits, read-only: "RING"       0x10  SUM    64 bits: a write adds to it
//   0x08  SCRATCH  64 bits of the guest's own       0x18  COUNT  32 bits, read-only: accesses
//
// Registers are memory-like: an access of 1 to 8 bytes touches just these bytes, also across two
// registers. Bytes that belong to none read as ones. COUNT includes the access that reads it.
//
// Not modelled: there is no such page on a PC; guest-programs/abi/ringside.h is its data sheet.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/devices/device.hpp"

namespace ringside::devices {

class MmioWindow final : public Device {
public:
    explicit MmioWindow(Observer* observer) : observer_(observer) {}

    std::string_view name() const override { return "mmio-window"; }
    std::span<RegisterInfo const> registers() const override;
    std::uint64_t read(std::uint16_t offset, unsigned width) override;
    void write(std::uint16_t offset, unsigned width, std::uint64_t value) override;
    std::vector<std::uint8_t> save() const override;
    Result<void> restore(std::span<std::uint8_t const> bytes) override;

private:
    struct State {
        static constexpr std::uint8_t version = 1;
        std::uint64_t scratch = 0;
        std::uint64_t sum = 0;
        std::uint32_t count = 0;

        template <typename Self>
        static auto fields(Self& self)
        {
            return std::tie(self.scratch, self.sum, self.count);
        }
        bool plausible() const { return true; }
    };

    std::uint8_t byte_at(unsigned offset) const;

    Observer* observer_;
    State state_;
};

} // namespace ringside::devices

// Port 61h, "system control port B": the gate of PIT counter 2 and the switch of the speaker.
//
//   7  6  5     4         3   2  1        0
//   0  0  OUT2  refresh   .   .  speaker  gate of counter 2
//
// Programs without a timer interrupt measure time with it: gate counter 2, wait for OUT2.
//
// Not modelled: sound, and the parity and channel check bits (2 and 3 only read back what was
// written). The refresh bit toggles every 18 PIT ticks on its own, not by counter 1.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/devices/device.hpp"
#include "engine/devices/pit8254.hpp"

namespace ringside::devices {

class Port61 final : public Device {
public:
    /// The PIT must outlive the port. Its time is the port's time.
    Port61(Pit8254& pit, Observer* observer) : pit_(pit), observer_(observer) {}

    std::string_view name() const override { return "port61"; }
    std::span<RegisterInfo const> registers() const override;
    std::uint64_t read(std::uint16_t offset, unsigned width) override;
    void write(std::uint16_t offset, unsigned width, std::uint64_t value) override;
    std::vector<std::uint8_t> save() const override;
    Result<void> restore(std::span<std::uint8_t const> bytes) override;

private:
    struct State {
        static constexpr std::uint8_t version = 1;
        std::uint8_t control = 0;

        template <typename Self>
        static auto fields(Self& self)
        {
            return std::tie(self.control);
        }
        bool plausible() const { return control <= 0x0f; }
    };

    Pit8254& pit_;
    Observer* observer_;
    State state_;
};

} // namespace ringside::devices

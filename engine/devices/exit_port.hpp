// The exit port: how a guest says that it is done, and how it went.
//
//   offset 0  written: the result, 0 (all well) to 63
//
// Not modelled: there is no such port on a PC. A result above 63 becomes 63, so that it neither
// looks like success nor like one of the exit codes that belong to the tool.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/devices/device.hpp"

namespace ringside::devices {

class ExitPort final : public Device {
public:
    explicit ExitPort(std::function<void(std::uint8_t result)> exited, Observer* observer)
        : exited_(std::move(exited)), observer_(observer)
    {
    }

    /// The result, once the guest has written one.
    std::optional<std::uint8_t> result() const;

    std::string_view name() const override { return "exit-port"; }
    std::span<RegisterInfo const> registers() const override;
    std::uint64_t read(std::uint16_t offset, unsigned width) override;
    void write(std::uint16_t offset, unsigned width, std::uint64_t value) override;
    std::vector<std::uint8_t> save() const override;
    Result<void> restore(std::span<std::uint8_t const> bytes) override;

private:
    struct State {
        static constexpr std::uint8_t version = 1;
        bool written = false;
        std::uint8_t result = 0;

        template <typename Self>
        static auto fields(Self& self)
        {
            return std::tie(self.written, self.result);
        }
        bool plausible() const;
    };

    std::function<void(std::uint8_t)> exited_;
    Observer* observer_;
    State state_;
};

} // namespace ringside::devices

// The teaching port: through it a guest tells the tool where it is and what it found.
//
//   offset 0     COMMAND  written: marker, symbol, assertion held or failed, tracing on or off
//                         read: RINGSIDE_TEACH_MAGIC
//          1     TEXT     one byte after the other
//          4-7   ADDRESS, 8-11 ADDRESS_HIGH    any bytes of the 64-bit address
//
// TEXT and ADDRESS wait for the command that consumes them. A text is at most 63 bytes; bytes that
// are not printable ASCII become '?', for a guest must not garble its reader's screen.
//
// Not modelled: there is no such port on a PC; guest-programs/abi/ringside.h is its data sheet.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/devices/device.hpp"

namespace ringside::devices {

/// Who hears what the guest says.
class TeachingListener {
public:
    virtual ~TeachingListener() = default;
    virtual void marker(std::string_view text) = 0;
    virtual void symbol(std::string_view text, std::uint64_t address) = 0;
    virtual void assertion(std::string_view text, bool held) = 0;
    virtual void tracing(bool on) = 0;
};

class TeachingPort final : public Device {
public:
    TeachingPort(TeachingListener& listener, Observer* observer)
        : listener_(listener), observer_(observer)
    {
    }

    /// What the guest last asked for.
    bool tracing() const { return state_.tracing; }

    std::string_view name() const override { return "teaching-port"; }
    std::span<RegisterInfo const> registers() const override;
    std::uint64_t read(std::uint16_t offset, unsigned width) override;
    void write(std::uint16_t offset, unsigned width, std::uint64_t value) override;
    std::vector<std::uint8_t> save() const override;
    Result<void> restore(std::span<std::uint8_t const> bytes) override;

private:
    static constexpr std::size_t most_text = 63;

    struct State {
        static constexpr std::uint8_t version = 1;
        std::array<std::uint8_t, most_text> text{};
        std::uint8_t text_size = 0;
        std::uint64_t address = 0;
        bool tracing = true;

        template <typename Self>
        static auto fields(Self& self)
        {
            return std::tie(self.text, self.text_size, self.address, self.tracing);
        }
        bool plausible() const;
    };

    void add_text(std::uint8_t byte);
    void write_address(unsigned first_byte, unsigned width, std::uint64_t value);
    void command(std::uint8_t number);

    TeachingListener& listener_;
    Observer* observer_;
    State state_;
};

} // namespace ringside::devices

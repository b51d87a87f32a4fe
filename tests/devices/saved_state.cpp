// Saved states are input: what is not a state of the device is refused, and nothing changes.
#include "engine/devices/saved_state.hpp"

#include "guest-programs/abi/ringside.h"
#include "tests/catch.hpp"
#include "tests/devices/standard.hpp"

#include <vector>

using namespace ringside;
using namespace ringside::devices;

namespace {

/// Every device somewhere in the middle of its work.
void busy(Standard& machine)
{
    machine.initialise_pics();
    machine.start_timer(1000);
    machine.out(0x3fa, 0x81);
    machine.out(0x3fc, 0x08);
    machine.out(0x3f9, 0x01);
    machine.devices.receive('k');
    machine.out(0x61, 0x03);
    machine.out(0x70, 0x0b);
    machine.out(0x71, 0x42);
    machine.out(RINGSIDE_PORT_TEACH_TEXT, 'x');
    machine.mmio.write(RINGSIDE_MMIO_BASE + RINGSIDE_MMIO_SUM, 8, 5);
    machine.devices.advance_to(VirtualTime(5'000'000));
    machine.devices.pic().acknowledge();
}

} // namespace

TEST_CASE("Every device's state fits into a keyframe event and begins with its version")
{
    Standard machine;
    busy(machine);
    for (auto const& part : machine.devices.devices()) {
        CAPTURE(part.device->name());
        std::vector<std::uint8_t> const bytes = part.device->save();
        CHECK(bytes.size() <= 192);
        CHECK(bytes.at(0) == 1);
    }
}

TEST_CASE("Every device gives back the state it was restored with")
{
    Standard one;
    busy(one);
    Standard other;
    for (std::size_t index = 0; index < device_count; ++index) {
        CAPTURE(one.devices.devices()[index].device->name());
        auto const bytes = one.devices.devices()[index].device->save();
        REQUIRE(other.devices.devices()[index].device->restore(bytes));
        CHECK(other.devices.devices()[index].device->save() == bytes);
    }
}

TEST_CASE("A state that is too short, too long or of another version is refused in one line")
{
    Standard machine;
    busy(machine);
    for (auto const& part : machine.devices.devices()) {
        CAPTURE(part.device->name());
        std::vector<std::uint8_t> const good = part.device->save();
        std::vector<std::vector<std::uint8_t>> bad;
        bad.push_back({});
        bad.emplace_back(good.begin(), good.end() - 1);
        bad.push_back(good);
        bad.back().push_back(0);
        bad.push_back(good);
        bad.back()[0] = 2;
        for (auto const& bytes : bad) {
            Result<void> const refused = part.device->restore(bytes);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().blame == Blame::input);
            CHECK(refused.error().text.find(part.device->name()) != std::string::npos);
            CHECK(refused.error().text.find('\n') == std::string::npos);
            CHECK(part.device->save() == good);
        }
    }
}

TEST_CASE("A state with a field out of its range is refused")
{
    Standard machine;
    auto const refuses = [&](DeviceNumber number, std::size_t at, std::uint8_t value) {
        Device& device = *machine.devices.devices()[static_cast<std::size_t>(number)].device;
        std::vector<std::uint8_t> const good = device.save();
        std::vector<std::uint8_t> bytes = good;
        bytes.at(at < bytes.size() ? at : bytes.size() - 1) = value;
        bool const refused = !device.restore(bytes);
        return refused && device.save() == good;
    };
    constexpr std::size_t last = 1000;
    CHECK(refuses(DeviceNumber::uart, last, 17));        // more bytes than the FIFO has
    CHECK(refuses(DeviceNumber::uart, 10, 2));           // a bool of 2
    CHECK(refuses(DeviceNumber::pic, 10, 5));            // ICW5
    CHECK(refuses(DeviceNumber::pic, 11, 8));            // input 8 ranks last
    CHECK(refuses(DeviceNumber::pit, 10, 6));            // mode 6
    CHECK(refuses(DeviceNumber::pit, 11, 0));            // no bytes of the count
    CHECK(refuses(DeviceNumber::pit, 8, 0xff));          // in five hundred years
    CHECK(refuses(DeviceNumber::port61, 1, 0x10));       // a bit that has no flip-flop
    CHECK(refuses(DeviceNumber::rtc, 129, 0x80));        // the 129th byte
    CHECK(refuses(DeviceNumber::rtc, last, 1));          // more periods than time for them
    CHECK(refuses(DeviceNumber::exit_port, 2, 64));      // result 64
    CHECK(refuses(DeviceNumber::teaching_port, 64, 64)); // 64 characters
    CHECK(refuses(DeviceNumber::teaching_port, 64, 1));  // a text of one NUL
}

// Guests that do everything in any order. What is asked here is that every answer is defined: the
// sanitizers watch, and a few properties hold whatever happened.
#include "guest-programs/abi/ringside.h"
#include "tests/catch.hpp"
#include "tests/devices/standard.hpp"

#include <memory>
#include <random>

using namespace ringside;
using namespace ringside::devices;

namespace {

constexpr int rounds = 20'000;

class Chance {
public:
    explicit Chance(std::uint32_t seed) : engine_(seed) {}
    std::uint64_t bits() { return (static_cast<std::uint64_t>(engine_()) << 32) | engine_(); }
    std::uint64_t below(std::uint64_t limit) { return bits() % limit; }
    bool one_in(std::uint64_t many) { return below(many) == 0; }

private:
    std::mt19937 engine_;
};

/// Most of the time a small step; now and then a day.
VirtualTime later(VirtualTime now, Chance& chance)
{
    std::uint64_t const step = chance.one_in(500)  ? 86'400'000'000'000
                               : chance.one_in(20) ? 1'000'000'000
                                                   : 100'000;
    return now + chance.below(step);
}

void check_properties(Standard& machine, VirtualTime now)
{
    if (auto const deadline = machine.devices.deadline())
        REQUIRE(*deadline > now); // else the machine would wait for a moment that is past
    if (auto const irq = machine.devices.pic().pending())
        REQUIRE(irq->value < 16);
    if (auto const result = machine.devices.exit_requested())
        REQUIRE(*result <= 63);
}

/// One thing that a guest, or the world around it, can do.
void do_something(Standard& machine, Chance& chance, VirtualTime& now)
{
    auto const& map = standard_map();
    MapEntry const& entry = map[chance.below(map.size())];
    Bus& bus = entry.space == trace::Space::port ? machine.ports : machine.mmio;
    std::uint64_t const address =
        entry.base + (entry.size > 64 ? chance.below(64) : chance.below(entry.size));
    auto const width = static_cast<unsigned>(chance.one_in(4) ? 1 + chance.below(8) : 1);
    switch (chance.below(8)) {
    case 0:
    case 1:
    case 2:
        bus.write(address, width, chance.bits());
        break;
    case 3:
    case 4:
        REQUIRE(bus.read(address, width) <= truncate(~0ULL, width));
        break;
    case 5:
        now = later(now, chance);
        machine.devices.advance_to(now);
        break;
    case 6:
        machine.devices.receive(static_cast<std::uint8_t>(chance.bits()));
        machine.piped.push_back(static_cast<std::uint8_t>(chance.bits()));
        break;
    default:
        if (machine.devices.pic().pending())
            machine.devices.pic().acknowledge();
        break;
    }
}

} // namespace

TEST_CASE("Random accesses at random times leave every device in a defined state")
{
    std::uint32_t const seed = GENERATE(1U, 2U, 3U, 4U);
    Chance chance(seed);
    Standard machine;
    VirtualTime now;
    for (int round = 0; round < rounds; ++round) {
        do_something(machine, chance, now);
        check_properties(machine, now);
        if (round % 100 == 0)
            machine.events.clear();
    }
    for (auto const& part : machine.devices.devices()) {
        CAPTURE(part.device->name());
        auto const bytes = part.device->save();
        CHECK(bytes.size() <= 192);
        REQUIRE(part.device->restore(bytes)); // what a guest can reach is plausible
    }
}

TEST_CASE("A device answers any offset and width, also behind its registers")
{
    Chance chance(5);
    Standard machine;
    for (int round = 0; round < rounds; ++round) {
        Device& device = *machine.devices.devices()[chance.below(device_count)].device;
        auto const offset =
            static_cast<std::uint16_t>(chance.one_in(2) ? chance.below(16) : chance.below(0x10000));
        auto const width = static_cast<unsigned>(1 + chance.below(8));
        if (chance.one_in(2))
            REQUIRE(device.read(offset, width) <= truncate(~0ULL, width));
        else
            device.write(offset, width, chance.bits());
    }
    check_properties(machine, VirtualTime(0));
}

TEST_CASE("The same random guest gives the same machine, event by event")
{
    auto const run = [] {
        Chance chance(6);
        auto machine = std::make_unique<Standard>();
        VirtualTime now;
        for (int round = 0; round < 2000; ++round)
            do_something(*machine, chance, now);
        return machine;
    };
    auto const one = run();
    auto const other = run();
    CHECK(one->events.ids() == other->events.ids());
    CHECK(one->printed == other->printed);
    for (std::size_t index = 0; index < device_count; ++index)
        CHECK(one->devices.devices()[index].device->save() ==
              other->devices.devices()[index].device->save());
}

TEST_CASE("A machine restored in the middle of a random guest goes on like the other")
{
    Chance before(7);
    Standard one;
    VirtualTime now;
    for (int round = 0; round < 5000; ++round)
        do_something(one, before, now);
    one.piped.clear();
    Standard other;
    for (auto const& part : one.devices.devices())
        REQUIRE(other.devices.restore(part.number, part.device->save()));
    CHECK(one.devices.deadline() == other.devices.deadline());
    other.devices.advance_to(now);

    Chance after_one(8);
    Chance after_other(8);
    VirtualTime other_now = now;
    for (int round = 0; round < 5000; ++round) {
        do_something(one, after_one, now);
        do_something(other, after_other, other_now);
        REQUIRE(one.devices.deadline() == other.devices.deadline());
        REQUIRE(one.devices.pic().pending() == other.devices.pic().pending());
    }
    for (std::size_t index = 0; index < device_count; ++index)
        CHECK(one.devices.devices()[index].device->save() ==
              other.devices.devices()[index].device->save());
}

TEST_CASE("A damaged saved state is refused, or the device works on with it")
{
    Chance chance(9);
    Standard machine;
    VirtualTime now;
    unsigned refused = 0;
    for (int round = 0; round < rounds; ++round) {
        do_something(machine, chance, now);
        if (!chance.one_in(10))
            continue;
        auto const& part = machine.devices.devices()[chance.below(device_count)];
        std::vector<std::uint8_t> bytes = part.device->save();
        std::vector<std::uint8_t> const before = bytes;
        for (std::uint64_t damage = 1 + chance.below(4); damage > 0; --damage)
            bytes[chance.below(bytes.size())] = static_cast<std::uint8_t>(chance.bits());
        if (!machine.devices.restore(part.number, bytes)) {
            ++refused;
            REQUIRE(part.device->save() == before);
        }
        machine.devices.advance_to(now);
        machine.events.clear();
    }
    CHECK(refused > 0);
}

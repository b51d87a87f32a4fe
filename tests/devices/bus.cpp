// Which device answers where, and what an access that no device claims gives.
#include "engine/devices/bus.hpp"

#include "tests/catch.hpp"
#include "tests/devices/fakes.hpp"

using namespace ringside;
using namespace ringside::devices;

namespace {

/// A device that remembers how it was last spoken to.
class Probe final : public Device {
public:
    explicit Probe(std::string_view name) : name_(name) {}
    std::string_view name() const override { return name_; }
    std::span<RegisterInfo const> registers() const override { return {}; }
    std::uint64_t read(std::uint16_t offset, unsigned width) override
    {
        last_offset = offset;
        last_width = width;
        return answer;
    }
    void write(std::uint16_t offset, unsigned width, std::uint64_t value) override
    {
        last_offset = offset;
        last_width = width;
        last_value = value;
    }
    std::vector<std::uint8_t> save() const override { return {}; }
    Result<void> restore(std::span<std::uint8_t const>) override { return {}; }

    std::uint64_t answer = 0;
    unsigned last_offset = 0;
    unsigned last_width = 0;
    std::uint64_t last_value = 0;

private:
    std::string_view name_;
};

struct World {
    KeptEvents events;
    trace::Tracer tracer{&events};
    Bus ports{trace::Space::port, tracer};
    Bus mmio{trace::Space::mmio, tracer};
    Probe serial{"serial"};
    Probe timer{"timer"};
};

} // namespace

TEST_CASE("A device sees offsets, and its own offset where it has several ranges")
{
    World world;
    REQUIRE(world.ports.claim(0x20, 2, world.timer, 1));
    REQUIRE(world.ports.claim(0xa0, 2, world.timer, 1, 2));
    world.ports.write(0x21, 1, 0x55);
    CHECK(world.timer.last_offset == 1);
    world.ports.write(0xa1, 1, 0x55);
    CHECK(world.timer.last_offset == 3);
}

TEST_CASE("A claimed access is an event with the device's number and offset")
{
    World world;
    REQUIRE(world.ports.claim(0x3f8, 8, world.serial, 7));
    world.serial.answer = 0x60;
    CHECK(world.ports.read(0x3fd, 1) == 0x60);
    world.ports.write(0x3f8, 1, 'A');
    auto const accesses = world.events.of<trace::DeviceAccess>();
    REQUIRE(accesses.size() == 2);
    CHECK(accesses[0] == trace::DeviceAccess{7, 1, trace::Direction::read, 5, 0x60});
    CHECK(accesses[1] == trace::DeviceAccess{7, 1, trace::Direction::write, 0, 'A'});
}

TEST_CASE("What a device answers or is given is cut to the width of the access")
{
    World world;
    REQUIRE(world.mmio.claim(0xd0000000, 0x1000, world.serial, 0));
    world.serial.answer = ~0ULL;
    CHECK(world.mmio.read(0xd0000000, 3) == 0xffffff);
    world.mmio.write(0xd0000000, 2, 0x12345678);
    CHECK(world.serial.last_value == 0x5678);
}

TEST_CASE("An unclaimed read gives all ones of its width and is an event")
{
    World world;
    unsigned const width = GENERATE(1U, 2U, 4U, 8U);
    std::uint64_t const ones = truncate(~0ULL, width);
    CHECK(world.mmio.read(0xfee00000, width) == ones);
    auto const unclaimed = world.events.of<trace::Unclaimed>();
    REQUIRE(unclaimed.size() == 1);
    CHECK(unclaimed[0] == trace::Unclaimed{trace::Space::mmio, trace::Direction::read,
                                           static_cast<std::uint8_t>(width), 0xfee00000, ones});
}

TEST_CASE("An unclaimed write goes nowhere and is an event")
{
    World world;
    world.ports.write(0x80, 1, 0x142);
    auto const unclaimed = world.events.of<trace::Unclaimed>();
    REQUIRE(unclaimed.size() == 1);
    CHECK(unclaimed[0] ==
          trace::Unclaimed{trace::Space::port, trace::Direction::write, 1, 0x80, 0x42});
}

TEST_CASE("An access that leaves its claim is unclaimed as a whole")
{
    World world;
    REQUIRE(world.ports.claim(0x20, 2, world.timer, 1));
    REQUIRE(world.ports.claim(0x22, 2, world.serial, 2));
    world.timer.answer = 0;
    world.serial.answer = 0;
    CHECK(world.ports.read(0x21, 2) == 0xffff);
    CHECK(world.ports.read(0x1f, 2) == 0xffff);
    CHECK(world.ports.read(0x20, 2) == 0);
    CHECK(world.events.of<trace::Unclaimed>().size() == 2);
}

TEST_CASE("An access at the very end of an address space does not wrap around")
{
    World world;
    REQUIRE(world.ports.claim(0, 4, world.timer, 1));
    REQUIRE(world.ports.claim(0xffff, 1, world.serial, 2));
    CHECK(world.ports.read(0xffff, 4) == 0xffffffff);
    REQUIRE(world.mmio.claim(~0ULL - 7, 8, world.serial, 2));
    world.serial.answer = 5;
    CHECK(world.mmio.read(~0ULL, 1) == 5);
    CHECK(world.mmio.read(~0ULL, 8) == ~0ULL);
}

TEST_CASE("Claims that overlap are refused with both names and places")
{
    World world;
    REQUIRE(world.ports.claim(0x3f8, 8, world.serial, 0));
    std::uint64_t const base = GENERATE(0x3f8ULL, 0x3f1ULL, 0x3ffULL, 0x3faULL);
    Result<void> const refused = world.ports.claim(base, 8, world.timer, 1);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().text.find("timer at 0x") != std::string::npos);
    CHECK(refused.error().text.find("serial at 0x3f8-0x3ff") != std::string::npos);
    CHECK(world.ports.claims().size() == 1);
}

TEST_CASE("A claim that covers another one is refused")
{
    World world;
    REQUIRE(world.ports.claim(0x3f8, 2, world.serial, 0));
    CHECK_FALSE(world.ports.claim(0x300, 0x200, world.timer, 1));
}

TEST_CASE("Claims that touch are neighbours, whatever their order")
{
    World world;
    REQUIRE(world.ports.claim(0x22, 2, world.serial, 0));
    REQUIRE(world.ports.claim(0x24, 2, world.timer, 1));
    REQUIRE(world.ports.claim(0x20, 2, world.timer, 1));
    CHECK(world.ports.claims()[0].base == 0x20);
    CHECK(world.ports.claims()[2].base == 0x24);
}

TEST_CASE("Empty, wrapping and oversized claims are refused")
{
    World world;
    CHECK_FALSE(world.ports.claim(0x20, 0, world.timer, 1));
    CHECK_FALSE(world.ports.claim(0xffff, 2, world.timer, 1));
    CHECK_FALSE(world.ports.claim(0x10000, 1, world.timer, 1));
    CHECK_FALSE(world.mmio.claim(~0ULL, 2, world.timer, 1));
    CHECK_FALSE(world.mmio.claim(0, 0x10001, world.timer, 1));
    CHECK_FALSE(world.mmio.claim(0, 0x10000, world.timer, 1, 1));
    CHECK(world.mmio.claim(0, 0x10000, world.timer, 1));
}

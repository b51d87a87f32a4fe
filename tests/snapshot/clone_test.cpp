// Many machines that begin with one snapshot.
#include <algorithm>
#include <array>

#include "tests/catch.hpp"
#include "tests/snapshot/portable.hpp"

using namespace ringside;
using namespace ringside::tests;
using trace::BackendKind;

namespace {

ExpectedGuest const& guest_named(std::string const& name)
{
    static std::vector<ExpectedGuest> const guests = expected_guests();
    auto const found = std::find_if(guests.begin(), guests.end(),
                                    [&](ExpectedGuest const& guest) { return guest.name == name; });
    REQUIRE(found != guests.end());
    return *found;
}

snapshot::Snapshot taken_behind(std::string const& guest, std::uint64_t exits)
{
    Portable machine(guest_named(guest), BackendKind::unicorn);
    REQUIRE_FALSE(machine.run_to(exits));
    return machine.take();
}

} // namespace

TEST_CASE("clones run on by themselves, and what one writes no other sees")
{
    snapshot::Snapshot const origin = taken_behind("self-modifying", 10);
    std::vector<std::byte> const before = snapshot::to_bytes(origin);
    Portable first(origin, BackendKind::unicorn, "");
    Portable second(origin, BackendKind::unicorn, "");
    first.run();
    CHECK(second.take().state.exits() == origin.state.exits());
    CHECK(snapshot::to_bytes(second.take()) == before);
    second.run();
    CHECK(first.console == second.console);
    CHECK(snapshot::to_bytes(origin) == before);
}

TEST_CASE("a clone on KVM and a clone on Unicorn of one snapshot print the same")
{
    ExpectedGuest const guest = guest_named("port-hello");
    std::string const reason = reason_to_skip(BackendKind::kvm, shipped_image(guest.name).needs);
    if (!reason.empty()) {
        std::printf("SKIPPED: clones on two backends: %s\n", reason.c_str());
        return;
    }
    snapshot::Snapshot const origin = taken_behind(guest.name, 5);
    Portable on_kvm(origin, BackendKind::kvm, "");
    Portable on_unicorn(origin, BackendKind::unicorn, "");
    on_kvm.run();
    on_unicorn.run();
    CHECK(on_kvm.console == on_unicorn.console);
    CHECK(on_kvm.stop.code == on_unicorn.stop.code);
}

TEST_CASE("a sealed memory image cannot be written, and its mappings are private")
{
    memory::GuestMemory memory;
    REQUIRE(memory.add_slot(Gpa(0), 0x4000, memory::SlotKind::ram, "RAM"));
    REQUIRE(memory.write_integer(Gpa(0x2008), 7, 4));
    auto const image = snapshot::MemoryImage::copy_of(memory);
    REQUIRE(image.has_value());
    memory::GuestMemory one;
    memory::GuestMemory other;
    REQUIRE(image->map_into(one));
    REQUIRE(image->map_into(other));
    REQUIRE(one.write_integer(Gpa(0x2008), 9, 4));
    CHECK(one.read_integer(Gpa(0x2008), 4) == 9);
    CHECK(other.read_integer(Gpa(0x2008), 4) == 7);
    std::vector<Gpa> pages;
    image->for_each_page([&](Gpa gpa, std::span<std::byte const>) { pages.push_back(gpa); });
    CHECK(pages == std::vector{Gpa(0x2000)});
}

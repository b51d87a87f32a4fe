// Which slots guest memory accepts, and how it says no.
#include "engine/memory/guest_memory.hpp"

#include "tests/catch.hpp"

#include <string>
#include <utility>

using namespace ringside;
using namespace ringside::memory;

namespace {

/// RAM at 0x2000-0x5fff, with room below and above it.
GuestMemory memory_in_the_middle()
{
    GuestMemory memory;
    REQUIRE(memory.add_slot(Gpa(0x2000), 0x4000, SlotKind::ram, "ram"));
    return memory;
}

std::string refusal(GuestMemory& memory, Gpa start, std::uint64_t size)
{
    Result<void> const result = memory.add_slot(start, size, SlotKind::ram, "new");
    REQUIRE_FALSE(result);
    CHECK(result.error().blame == Blame::usage);
    CHECK(result.error().text.find('\n') == std::string::npos);
    return result.error().text;
}

} // namespace

TEST_CASE("a slot of size 0 is refused")
{
    GuestMemory memory;
    CHECK(refusal(memory, Gpa(0x1000), 0) ==
          "cannot add memory slot 'new' at 0x1000: its size is 0");
}

TEST_CASE("a slot whose start or size is no multiple of the page is refused")
{
    GuestMemory memory;
    CHECK(refusal(memory, Gpa(0x800), 0x1000).find("multiples of the 4096-byte page") !=
          std::string::npos);
    CHECK(refusal(memory, Gpa(0x1000), 0x1001).find("multiples of the 4096-byte page") !=
          std::string::npos);
}

TEST_CASE("a slot that wraps around the address space is refused")
{
    GuestMemory memory;
    CHECK(refusal(memory, Gpa(0xfffffffffffff000), 0x2000).find("past the end") !=
          std::string::npos);
}

TEST_CASE("a slot may end at the last byte of the address space")
{
    GuestMemory memory;
    REQUIRE(memory.add_slot(Gpa(0xfffffffffffff000), 0x1000, SlotKind::ram, "top"));
    CHECK(memory.write_integer(Gpa(0xfffffffffffffff8), 7, 8));
    CHECK(memory.read_integer(Gpa(0xfffffffffffffff8), 8) == 7);
    CHECK_FALSE(memory.read_integer(Gpa(0xfffffffffffffffc), 8));
}

TEST_CASE("the refusal of an overlap names both ranges")
{
    GuestMemory memory = memory_in_the_middle();
    CHECK(refusal(memory, Gpa(0x5000), 0x2000) ==
          "cannot add memory slot 'new' (0x5000 to 0x6fff): it overlaps slot 'ram' "
          "(0x2000 to 0x5fff); move or shrink one of them");
}

TEST_CASE("every way to overlap is refused: head, tail, inside, around, same")
{
    GuestMemory memory = memory_in_the_middle();
    refusal(memory, Gpa(0x1000), 0x2000);
    refusal(memory, Gpa(0x5000), 0x2000);
    refusal(memory, Gpa(0x3000), 0x1000);
    refusal(memory, Gpa(0x1000), 0x8000);
    refusal(memory, Gpa(0x2000), 0x4000);
}

TEST_CASE("a refused slot leaves the slots as they were")
{
    GuestMemory memory = memory_in_the_middle();
    refusal(memory, Gpa(0x5000), 0x2000);
    CHECK(memory.slots().size() == 1);
    CHECK_FALSE(memory.read_integer(Gpa(0x6000), 1));
}

TEST_CASE("slots may touch, and are kept in ascending order whatever the order of adding")
{
    GuestMemory memory = memory_in_the_middle();
    REQUIRE(memory.add_slot(Gpa(0x6000), 0x1000, SlotKind::read_only, "above"));
    REQUIRE(memory.add_slot(Gpa(0x1000), 0x1000, SlotKind::unmapped, "below"));
    REQUIRE(memory.slots().size() == 3);
    CHECK(memory.slots()[0].label == "below");
    CHECK(memory.slots()[1].label == "ram");
    CHECK(memory.slots()[2].label == "above");
}

TEST_CASE("find gives the slot that holds an address, and nothing between slots")
{
    GuestMemory memory = memory_in_the_middle();
    CHECK(memory.find(Gpa(0x1fff)) == nullptr);
    REQUIRE(memory.find(Gpa(0x2000)) != nullptr);
    CHECK(memory.find(Gpa(0x5fff))->label == "ram");
    CHECK(memory.find(Gpa(0x6000)) == nullptr);
}

TEST_CASE("an unmapped slot has a name and no bytes")
{
    GuestMemory memory;
    REQUIRE(memory.add_slot(Gpa(0xd0000000), 0x1000, SlotKind::unmapped, "mmio"));
    CHECK(memory.find(Gpa(0xd0000010))->label == "mmio");
    CHECK(memory.slots()[0].host.empty());
    CHECK(memory.host_bytes(Gpa(0xd0000000), 1).empty());
}

TEST_CASE("memory that moves keeps its bytes where they are")
{
    GuestMemory memory = memory_in_the_middle();
    REQUIRE(memory.write_integer(Gpa(0x2000), 42, 4));
    std::byte const* before = memory.host_bytes(Gpa(0x2000), 4).data();
    GuestMemory const moved = std::move(memory);
    CHECK(moved.read_integer(Gpa(0x2000), 4) == 42);
    CHECK(moved.host_bytes(Gpa(0x2000), 4).data() == before);
}

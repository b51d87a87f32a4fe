// Dirty pages: exactly those that were written or reported.
#include "engine/memory/guest_memory.hpp"

#include "tests/catch.hpp"

#include <vector>

using namespace ringside;
using namespace ringside::memory;

namespace {

/// 100 pages of RAM from 0x10000 (more than one word of bits), a hole, 2 more pages.
GuestMemory two_slots()
{
    GuestMemory memory;
    REQUIRE(memory.add_slot(Gpa(0x10000), 100 * page_size, SlotKind::ram, "low"));
    REQUIRE(memory.add_slot(Gpa(0x100000), 2 * page_size, SlotKind::ram, "high"));
    return memory;
}

} // namespace

TEST_CASE("fresh memory has no dirty page")
{
    CHECK(two_slots().dirty_pages().empty());
}

TEST_CASE("a write makes its page dirty and no other")
{
    GuestMemory memory = two_slots();
    REQUIRE(memory.write_integer(Gpa(0x11ff8), 1, 8));
    CHECK(memory.dirty_pages() == std::vector{Gpa(0x11000)});
    CHECK(memory.is_dirty(Gpa(0x11000)));
    CHECK(memory.is_dirty(Gpa(0x11fff)));
    CHECK_FALSE(memory.is_dirty(Gpa(0x10fff)));
    CHECK_FALSE(memory.is_dirty(Gpa(0x12000)));
}

TEST_CASE("a write across a page border makes both pages dirty")
{
    GuestMemory memory = two_slots();
    REQUIRE(memory.write_integer(Gpa(0x11fff), 1, 2));
    CHECK(memory.dirty_pages() == std::vector{Gpa(0x11000), Gpa(0x12000)});
}

TEST_CASE("reads make nothing dirty")
{
    GuestMemory memory = two_slots();
    CHECK(memory.read_integer(Gpa(0x10000), 8) == 0);
    CHECK(memory.dirty_pages().empty());
}

TEST_CASE("dirty pages of several slots come in ascending order")
{
    GuestMemory memory = two_slots();
    memory.mark_dirty(Gpa(0x101000), 1);
    memory.mark_dirty(Gpa(0x10000 + 99 * page_size), 1);
    memory.mark_dirty(Gpa(0x10000 + 63 * page_size), 2 * page_size);
    CHECK(memory.dirty_pages() == std::vector{Gpa(0x10000 + 63 * page_size),
                                              Gpa(0x10000 + 64 * page_size),
                                              Gpa(0x10000 + 99 * page_size), Gpa(0x101000)});
}

TEST_CASE("marking what is not backed marks nothing there")
{
    GuestMemory memory = two_slots();
    memory.mark_dirty(Gpa(0x90000), page_size);
    CHECK(memory.dirty_pages().empty());
    CHECK_FALSE(memory.is_dirty(Gpa(0x90000)));
}

TEST_CASE("clearing forgets every dirty page, and later writes are seen again")
{
    GuestMemory memory = two_slots();
    REQUIRE(memory.write_integer(Gpa(0x10000), 1, 1));
    memory.clear_dirty();
    CHECK(memory.dirty_pages().empty());
    REQUIRE(memory.write_integer(Gpa(0x100000), 1, 1));
    CHECK(memory.dirty_pages() == std::vector{Gpa(0x100000)});
}

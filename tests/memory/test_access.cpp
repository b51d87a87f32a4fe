// The one checked door: what passes, what is refused whole, and what the watcher is told.
#include "engine/memory/guest_memory.hpp"

#include "tests/catch.hpp"

#include <array>
#include <utility>
#include <vector>

using namespace ringside;
using namespace ringside::memory;

namespace {

/// RAM 0x0000-0x1fff, then ROM 0x2000-0x2fff, then more RAM 0x3000-0x3fff, then nothing.
GuestMemory layered_memory()
{
    GuestMemory memory;
    REQUIRE(memory.add_slot(Gpa(0x0000), 0x2000, SlotKind::ram, "low"));
    REQUIRE(memory.add_slot(Gpa(0x2000), 0x1000, SlotKind::read_only, "rom"));
    REQUIRE(memory.add_slot(Gpa(0x3000), 0x1000, SlotKind::ram, "high"));
    return memory;
}

std::array<std::byte, 8> numbered()
{
    std::array<std::byte, 8> bytes{};
    for (std::size_t index = 0; index < bytes.size(); ++index)
        bytes[index] = static_cast<std::byte>(index + 1);
    return bytes;
}

} // namespace

TEST_CASE("fresh memory reads as zero")
{
    GuestMemory const memory = layered_memory();
    CHECK(memory.read_integer(Gpa(0x1234), 8) == 0);
}

TEST_CASE("an integer is little-endian")
{
    GuestMemory memory = layered_memory();
    REQUIRE(memory.write_integer(Gpa(0x100), 0x0807060504030201, 8));
    std::array<std::byte, 8> bytes{};
    REQUIRE(memory.read(Gpa(0x100), bytes));
    CHECK(bytes == numbered());
}

TEST_CASE("an integer of each width touches exactly its own bytes")
{
    for (unsigned width : {1U, 2U, 4U, 8U}) {
        GuestMemory memory = layered_memory();
        REQUIRE(memory.write_integer(Gpa(0x100), ~0ULL, 8));
        REQUIRE(memory.write_integer(Gpa(0x100), 0, width));
        std::uint64_t const untouched = width == 8 ? 0 : ~0ULL << (8 * width);
        CHECK(memory.read_integer(Gpa(0x100), 8) == untouched);
        CHECK(memory.read_integer(Gpa(0x100), width) == 0);
    }
}

TEST_CASE("a read spans adjacent slots")
{
    GuestMemory memory = layered_memory();
    REQUIRE(memory.write(Gpa(0x1ffc), numbered(), Writer::loader));
    std::array<std::byte, 8> bytes{};
    REQUIRE(memory.read(Gpa(0x1ffc), bytes));
    CHECK(bytes == numbered());
    CHECK(memory.read_integer(Gpa(0x1ffc), 8) == 0x0807060504030201);
    CHECK(memory.read_integer(Gpa(0x2000), 4) == 0x08070605);
}

TEST_CASE("one access may span three slots")
{
    GuestMemory memory = layered_memory();
    std::vector<std::byte> const bytes(0x1002, std::byte{0x5a});
    REQUIRE(memory.write(Gpa(0x1fff), bytes, Writer::loader));
    std::vector<std::byte> back(bytes.size());
    REQUIRE(memory.read(Gpa(0x1fff), back));
    CHECK(back == bytes);
    CHECK(memory.read_integer(Gpa(0x1ffe), 1) == 0);
    CHECK(memory.read_integer(Gpa(0x3001), 1) == 0);
}

TEST_CASE("the guest cannot write a read-only slot, the loader can")
{
    GuestMemory memory = layered_memory();
    CHECK_FALSE(memory.write_integer(Gpa(0x2000), 1, 4));
    CHECK(memory.read_integer(Gpa(0x2000), 4) == 0);
    CHECK(memory.write_integer(Gpa(0x2000), 1, 4, Writer::loader));
    CHECK(memory.read_integer(Gpa(0x2000), 4) == 1);
}

TEST_CASE("a write that is refused at its last byte has changed none of the others")
{
    GuestMemory memory = layered_memory();
    CHECK_FALSE(memory.write(Gpa(0x1ff9), numbered()));
    CHECK(memory.read_integer(Gpa(0x1ff8), 8) == 0);
    CHECK_FALSE(memory.write(Gpa(0x3ff9), numbered()));
    CHECK(memory.read_integer(Gpa(0x3ff8), 8) == 0);
    CHECK(memory.dirty_pages().empty());
}

TEST_CASE("a read that is refused at its last byte has copied none of the others")
{
    GuestMemory const memory = layered_memory();
    std::array<std::byte, 8> bytes = numbered();
    CHECK_FALSE(memory.read(Gpa(0x3ff9), bytes));
    CHECK(bytes == numbered());
}

TEST_CASE("an access that wraps around the address space is refused")
{
    GuestMemory memory;
    REQUIRE(memory.add_slot(Gpa(0), 0x1000, SlotKind::ram, "bottom"));
    REQUIRE(memory.add_slot(Gpa(0xfffffffffffff000), 0x1000, SlotKind::ram, "top"));
    std::array<std::byte, 8> bytes = numbered();
    CHECK_FALSE(memory.read(Gpa(0xfffffffffffffffc), bytes));
    CHECK_FALSE(memory.write(Gpa(0xfffffffffffffffc), bytes));
}

TEST_CASE("an unmapped slot refuses every access")
{
    GuestMemory memory;
    REQUIRE(memory.add_slot(Gpa(0x1000), 0x1000, SlotKind::unmapped, "mmio"));
    CHECK_FALSE(memory.read_integer(Gpa(0x1000), 1));
    CHECK_FALSE(memory.write_integer(Gpa(0x1000), 0, 1));
    CHECK_FALSE(memory.write_integer(Gpa(0x1000), 0, 1, Writer::loader));
}

TEST_CASE("host_bytes gives the bytes of one slot and refuses to cross into the next")
{
    GuestMemory memory = layered_memory();
    REQUIRE(memory.write_integer(Gpa(0x1ff8), 77, 8));
    std::span<std::byte> const host = memory.host_bytes(Gpa(0x1ff8), 8);
    REQUIRE(host.size() == 8);
    CHECK(host[0] == std::byte{77});
    CHECK(memory.host_bytes(Gpa(0x1ff9), 8).empty());
    CHECK(memory.host_bytes(Gpa(0x4000), 1).empty());
    CHECK(memory.host_bytes(Gpa(0x1000), ~0ULL).empty());
}

TEST_CASE("the watcher hears of every write through the door, after the bytes have changed")
{
    GuestMemory memory = layered_memory();
    std::vector<std::pair<std::uint64_t, std::uint64_t>> heard;
    memory.watch_writes([&](Gpa gpa, std::uint64_t size) {
        heard.emplace_back(gpa.value, size);
        CHECK(memory.read_integer(gpa, 1) == 9);
    });
    CHECK(memory.write_integer(Gpa(0x10), 9, 4));
    CHECK(memory.write_integer(Gpa(0x1fff), 0x0909, 2, Writer::loader));
    CHECK(heard == decltype(heard){{0x10, 4}, {0x1fff, 2}});
}

TEST_CASE("the watcher hears nothing of a refused write, a read or an empty write")
{
    GuestMemory memory = layered_memory();
    int heard = 0;
    memory.watch_writes([&](Gpa, std::uint64_t) { ++heard; });
    CHECK_FALSE(memory.write_integer(Gpa(0x2000), 1, 1));
    CHECK(memory.read_integer(Gpa(0x0), 1) == 0);
    CHECK(memory.write(Gpa(0x0), {}));
    CHECK(heard == 0);
}

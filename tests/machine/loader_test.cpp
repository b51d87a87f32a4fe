#include "engine/machine/loader.hpp"

#include <cstring>

#include "engine/machine/boot_tables.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/paging.hpp"
#include "guest-programs/abi/ringside.h"
#include "tests/catch.hpp"

using namespace ringside;
using machine::GuestImage;
using machine::StartMode;

namespace {

memory::GuestMemory standard_memory()
{
    memory::GuestMemory memory;
    REQUIRE(machine::add_standard_slots(memory, 16ULL << 20).has_value());
    return memory;
}

GuestImage image_at(std::uint64_t gpa, StartMode start)
{
    GuestImage image;
    image.name = "test";
    image.start = start;
    image.entry = gpa;
    image.segments.push_back({gpa, 4096, {0x90, 0xf4}});
    return image;
}

} // namespace

TEST_CASE("the image's bytes lie where it asked, and the rest of its memory is zero")
{
    auto memory = standard_memory();
    REQUIRE(machine::load(image_at(0x10000, StartMode::long64), memory).has_value());
    CHECK(memory.read_integer(Gpa(0x10000), 2) == 0xf490);
    CHECK(memory.read_integer(Gpa(0x10002), 8) == 0);
}

TEST_CASE("a long-mode start maps the first 4 GiB to itself")
{
    auto memory = standard_memory();
    auto const state = machine::load(image_at(0x10000, StartMode::long64), memory);
    REQUIRE(state.has_value());
    CHECK(state->mode() == x86::CpuMode::long64);
    auto const paging = x86::Paging::of(*state);
    for (std::uint64_t const address : {0x0ULL, 0x12345678ULL, 0xd0000000ULL, 0xffffffffULL}) {
        auto const walk =
            x86::walk(memory, paging, Gva(address), x86::Access::write, x86::Privilege::supervisor);
        CHECK(walk.ok());
        CHECK(walk.gpa == Gpa(address));
    }
    CHECK_FALSE(
        x86::walk(memory, paging, Gva(1ULL << 32), x86::Access::read, x86::Privilege::supervisor)
            .ok());
}

TEST_CASE("a protected-mode start has flat 4 GiB segments and no paging")
{
    auto memory = standard_memory();
    auto const state = machine::load(image_at(0x10000, StartMode::protected32), memory);
    REQUIRE(state.has_value());
    CHECK(state->mode() == x86::CpuMode::protected32);
    CHECK_FALSE(state->paging());
    CHECK((*state)[x86::ds].limit == 0xffffffff);
}

TEST_CASE("a segment outside RAM is refused in one line that names the address")
{
    auto memory = standard_memory();
    auto const state = machine::load(image_at(0xd0000000, StartMode::long64), memory);
    REQUIRE_FALSE(state.has_value());
    CHECK(state.error().blame == Blame::input);
    CHECK(state.error().text.find("0xd0000000") != std::string::npos);
    CHECK(state.error().text.find('\n') == std::string::npos);
}

TEST_CASE("a segment in the ROM is refused")
{
    auto memory = standard_memory();
    CHECK_FALSE(machine::load(image_at(RINGSIDE_ROM_BASE, StartMode::real), memory).has_value());
}

TEST_CASE("a segment that wraps around the address space is refused")
{
    auto memory = standard_memory();
    auto image = image_at(0x10000, StartMode::long64);
    image.segments[0].gpa = ~0ULL - 100;
    CHECK_FALSE(machine::load(image, memory).has_value());
}

TEST_CASE("a segment over the boot page tables is refused")
{
    auto memory = standard_memory();
    CHECK_FALSE(machine::load(image_at(0x2000, StartMode::long64), memory).has_value());
}

TEST_CASE("a real-mode entry above 64 KiB is refused")
{
    auto memory = standard_memory();
    CHECK_FALSE(machine::load(image_at(0x20000, StartMode::real), memory).has_value());
}

TEST_CASE("memory sizes that make no sense are the person's mistake")
{
    for (std::uint64_t const bytes : {0ULL, 4096ULL, (2ULL << 20) + 1, 64ULL << 30}) {
        memory::GuestMemory memory;
        auto const result = machine::add_standard_slots(memory, bytes);
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().blame == Blame::usage);
    }
}

TEST_CASE("the ROM holds its text and loading leaves no page dirty")
{
    auto memory = standard_memory();
    REQUIRE(machine::load(image_at(0x7c00, StartMode::real), memory).has_value());
    std::array<char, sizeof RINGSIDE_ROM_TEXT> text{};
    REQUIRE(memory.read(Gpa(RINGSIDE_ROM_BASE), std::as_writable_bytes(std::span(text))));
    CHECK(std::strcmp(text.data(), RINGSIDE_ROM_TEXT) == 0);
    CHECK(memory.dirty_pages().empty());
}

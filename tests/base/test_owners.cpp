// Fd and Mapping: one owner, released once, at the right moment.
#include "engine/base/fd.hpp"
#include "engine/base/mapping.hpp"

#include "tests/catch.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <span>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

using namespace ringside;

namespace {

bool is_open(int descriptor)
{
    return ::fcntl(descriptor, F_GETFD) != -1;
}

Fd open_null()
{
    Fd descriptor(::open("/dev/null", O_RDWR | O_CLOEXEC));
    REQUIRE(descriptor);
    return descriptor;
}

bool is_mapped(void const* address)
{
    // mincore() knows every mapped page and answers ENOMEM for the others.
    unsigned char resident = 0;
    return ::mincore(const_cast<void*>(address), 1, &resident) == 0;
}

} // namespace

TEST_CASE("a descriptor is closed when its owner goes")
{
    int number = -1;
    {
        Fd const owner = open_null();
        number = owner.get();
        CHECK(is_open(number));
    }
    CHECK_FALSE(is_open(number));
}

TEST_CASE("an Fd that was moved from owns nothing")
{
    Fd first = open_null();
    int const number = first.get();
    Fd const second = std::move(first);
    CHECK(second.get() == number);
    CHECK_FALSE(first); // NOLINT(bugprone-use-after-move): this is what is tested
    CHECK(is_open(number));
}

TEST_CASE("a default Fd is empty")
{
    CHECK_FALSE(Fd());
}

TEST_CASE("anonymous memory is zeroed, writable and page-aligned")
{
    Result<Mapping> const mapping = Mapping::anonymous(8192);
    REQUIRE(mapping);
    std::span<std::byte> const bytes = mapping->bytes();
    REQUIRE(bytes.size() == 8192);
    CHECK(reinterpret_cast<std::uintptr_t>(bytes.data()) % 4096 == 0);
    CHECK(std::all_of(bytes.begin(), bytes.end(),
                      [](std::byte byte) { return byte == std::byte{}; }));
    bytes[8191] = std::byte{1};
    CHECK(bytes[8191] == std::byte{1});
}

TEST_CASE("memory is unmapped when its owner goes")
{
    void const* start = nullptr;
    {
        Result<Mapping> const mapping = Mapping::anonymous(4096);
        REQUIRE(mapping);
        start = mapping->bytes().data();
        CHECK(is_mapped(start));
    }
    CHECK_FALSE(is_mapped(start));
}

TEST_CASE("a Mapping that was moved from owns nothing, and the bytes stay where they are")
{
    Result<Mapping> first = Mapping::anonymous(4096);
    REQUIRE(first);
    std::byte const* start = first->bytes().data();
    Mapping const second = std::move(*first);
    CHECK(second.bytes().data() == start);
    CHECK(first->bytes().empty()); // NOLINT(bugprone-use-after-move): this is what is tested
}

TEST_CASE("two shared mappings of one descriptor show each other's writes, a read-only one too")
{
    Fd const memory(::memfd_create("ringside-test", MFD_CLOEXEC));
    REQUIRE(memory);
    REQUIRE(::ftruncate(memory.get(), 4096) == 0);
    Result<Mapping> const writer = Mapping::of_descriptor(memory.get(), 4096);
    Result<Mapping> const other = Mapping::of_descriptor(memory.get(), 4096);
    Result<Mapping> const reader = Mapping::read_only(memory.get(), 4096);
    REQUIRE(writer);
    REQUIRE(other);
    REQUIRE(reader);
    writer->bytes()[7] = std::byte{42};
    CHECK(other->bytes()[7] == std::byte{42});
    CHECK(reader->bytes()[7] == std::byte{42});
}

TEST_CASE("a mapping the host cannot give is an error that says what was asked and what to do")
{
    Result<Mapping> const mapping = Mapping::anonymous(std::size_t{1} << 60);
    REQUIRE_FALSE(mapping);
    CHECK(mapping.error().blame == Blame::host);
    CHECK(mapping.error().text ==
          "cannot map 1152921504606846976 bytes: Cannot allocate memory; ask for less memory");
}

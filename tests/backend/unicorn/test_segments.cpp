// Segment limits and rights, which the library does not check and hardware does.
#include "tests/backend/unicorn/box.hpp"

using namespace ringside;
using namespace ringside::unicorn_test;

namespace {

using Values = std::vector<std::uint64_t>;

/// Runs with selector 0x40 naming `descriptor`, and returns what the guest said.
Values said_with(std::uint64_t descriptor, Bytes guest)
{
    Box box(Start::protected32, guest);
    box.poke(gdt + 0x40, descriptor);
    box.poke(0x300000, 0x11, 1);
    box.gate(13, code + 0x800);
    box.gate(12, code + 0x900);
    box.run();
    REQUIRE(box.done());
    return box.said();
}

// Base 0x300000, limit 0xfff bytes, 32-bit; the access byte varies.
constexpr std::uint64_t writable = 0x0040'9330'0000'0fff, read_only = 0x0040'9130'0000'0fff,
                        expand_down = 0x0040'9730'0000'0fff;

} // namespace

TEST_CASE("an access beyond a data segment's limit raises #GP, one at its end does not")
{
    CHECK(said_with(writable, GUEST_BYTES(limited_data)) == Values{13, 13, 13, 0x1000});
}

TEST_CASE("a write to a read-only segment raises #GP and changes nothing")
{
    CHECK(said_with(read_only, GUEST_BYTES(read_only_data)) == Values{0x11, 13, 0x11});
}

TEST_CASE("an access through a null segment raises #GP")
{
    CHECK(said_with(writable, GUEST_BYTES(null_segment)) == Values{13});
}

TEST_CASE("an access beyond the stack's limit raises #SS")
{
    CHECK(said_with(writable, GUEST_BYTES(limited_stack)) == Values{12});
}

TEST_CASE("an expand-down segment allows what lies above its limit")
{
    CHECK(said_with(expand_down, GUEST_BYTES(expand_down)) == Values{13});
}

// Every mode on one instance of the library: what a segment, a stack or a privilege means to plain
// instructions is what the guest's descriptors say.
#include "tests/backend/unicorn/box.hpp"

using namespace ringside;
using namespace ringside::unicorn_test;

namespace {

using Values = std::vector<std::uint64_t>;

Values said_by(Box& box)
{
    box.run();
    REQUIRE(box.done());
    return box.said();
}

} // namespace

TEST_CASE("real mode: INT goes through the vector table and IRET returns with its flags")
{
    Box box(Start::real, GUEST_BYTES(real_interrupt));
    CHECK(said_by(box) == Values{0x21, 0});
}

TEST_CASE("real mode: a segment's base is its selector times 16")
{
    Box box(Start::real, GUEST_BYTES(real_segments));
    box.poke(0x20020, 0x43210000, 4);
    CHECK(said_by(box) == Values{0xbeef, 0x4321});
    CHECK(box.peek(0x30000, 2) == 0x1111);
    CHECK(box.peek(0x30010, 2) == 0x2222);
}

TEST_CASE("real mode: pushes keep the upper half of ESP and wrap at zero")
{
    Box box(Start::real, GUEST_BYTES(real_stack));
    CHECK(said_by(box) == Values{0xabcd6ffe, 0x55aa});
    CHECK(box.peek(0x200fe, 2) == 0x1234);
}

TEST_CASE("real mode: a far call runs at a code base other than zero")
{
    Box box(Start::real, GUEST_BYTES(real_far_call));
    CHECK(said_by(box) == Values{0x700});
}

TEST_CASE("segment bases, stack sizes and unreal mode hold on the way through the modes")
{
    Box box(Start::real, GUEST_BYTES(through_the_modes));
    CHECK(said_by(box) ==
          Values{0xcafe, 0xcafe, 0x11111111, 0xffff00fe, 0x1616, 0x7777, 0x12345678});
    CHECK(box.peek(0x300000, 4) == 0x12345678);
}

TEST_CASE("32-bit ring 3 is entered by IRET and left by INT, with the TSS's stack")
{
    Box box(Start::protected32, GUEST_BYTES(ring_three));
    box.gate(0x31, code + 0x800, 3);
    CHECK(said_by(box) == Values{inner_stack - 20, user_code32, user_code32});
}

TEST_CASE("32-bit paging translates, and sets the dirty bit at the first write only")
{
    Box box(Start::protected32, GUEST_BYTES(paging32));
    CHECK(said_by(box) == Values{0x302023, 0x302063, 0x4242});
}

TEST_CASE("PAE paging translates")
{
    Box box(Start::protected32, GUEST_BYTES(pae));
    CHECK(said_by(box) == Values{0x4343});
}

TEST_CASE("long mode is switched on step by step and runs 64-bit code")
{
    Box box(Start::protected32, GUEST_BYTES(to_long_mode));
    CHECK(said_by(box) == Values{0xd01, 0x11112222});
    CHECK(box.registers().mode() == x86::CpuMode::long64);
}

TEST_CASE("compatibility mode and 64-bit code take turns in ring 3")
{
    Bytes const guest = GUEST_BYTES(compatibility);
    Box box(Start::long64, guest);
    // The first 2 MiB of the second GiB become pages of ring 3, the guest among them.
    box.poke(page_tables + 0x1000 + 8, box.peek(page_tables + 0x1000 + 8) | 4);
    box.poke(page_tables, box.peek(page_tables) | 4);
    box.poke(page_tables + 0x3000, 0x200087);
    box.load(0x200000, guest);
    box.gate(13, code + 0x800);
    CHECK(said_by(box) == Values{1, user_code64, 0x11112222});
    CHECK(box.peek(box.registers().gpr[x86::rsp], 8) == 0); // HLT in ring 3: #GP(0)
}

TEST_CASE("a guest may use more combinations of segments than are remembered")
{
    Box box(Start::real, GUEST_BYTES(many_worlds));
    CHECK(said_by(box) == Values{300});
}

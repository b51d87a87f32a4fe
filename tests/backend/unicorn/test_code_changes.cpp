// Self-modifying code and code that others modify: what runs is what lies in memory.
#include "tests/backend/unicorn/box.hpp"

using namespace ringside;
using namespace ringside::unicorn_test;

namespace {

using Values = std::vector<std::uint64_t>;

} // namespace

TEST_CASE("a store to the very next instruction takes effect")
{
    Box box(Start::long64, GUEST_BYTES(patch_the_next_instruction));
    box.run();
    CHECK(box.said() == Values{7});
}

TEST_CASE("a loop may patch itself in every turn")
{
    Box box(Start::long64, GUEST_BYTES(patch_a_loop));
    box.run();
    CHECK(box.said() == Values{1, 2, 3});
}

TEST_CASE("a plain instruction patched into a sensitive one is found")
{
    Box box(Start::long64, GUEST_BYTES(plain_becomes_sensitive));
    box.run();
    CHECK(box.said() == Values{0});
}

TEST_CASE("a sensitive instruction patched into plain ones is run")
{
    Box box(Start::long64, GUEST_BYTES(sensitive_becomes_plain));
    box.run();
    CHECK(box.done());
    CHECK(box.exits.size() == 2);
}

TEST_CASE("code patched through another mapping of its page is seen")
{
    Box box(Start::long64, GUEST_BYTES(patched_through_an_alias));
    box.map_page(mapped, code | 3);
    box.run();
    CHECK(box.said() == Values{1});
}

TEST_CASE("code patched by a device or a debugger is seen")
{
    Box box(Start::long64, GUEST_BYTES(patched_from_outside));
    while (!box.done()) {
        Exit const left = box.step();
        if (left == Exit{exit::PortOut{
                        0x20, 1, static_cast<std::uint32_t>(box.registers().gpr[x86::rax] & 0xff)}})
            box.poke(code + 6, box.registers().gpr[x86::rax] + 5, 4);
    }
    CHECK(box.said() == Values{1, 6, 11});
}

TEST_CASE("code patched by INS is seen")
{
    Box box(Start::long64, GUEST_BYTES(patched_by_a_port));
    box.answer = [](Exit const&) { return 0x42; };
    box.run();
    CHECK(box.said() == Values{1, 0x42});
}

TEST_CASE("frames may be pushed into the page that the code runs in")
{
    Box box(Start::long64, GUEST_BYTES(stack_in_the_code_page));
    box.gate(0x30, code + 0x800);
    box.run();
    CHECK(box.done());
    CHECK(box.registers().gpr[x86::rbx] == 10);
}

TEST_CASE("every store into code counts, also after a store beside it")
{
    Box box(Start::long64, GUEST_BYTES(second_store_into_the_page));
    box.run();
    REQUIRE(box.done());
    CHECK(box.peek(0x200000) == 0x0000000a'00000001);
    CHECK(box.peek(0x200008) == 0x0000000c'0000000b);
}

TEST_CASE("every store into a page that was data before it became code counts")
{
    Box box(Start::long64, GUEST_BYTES(data_becomes_code));
    box.map_page(mapped, 0x300000 | 3);
    box.run();
    REQUIRE(box.done());
    CHECK(box.peek(0x200000) == 0x0000000a'00000001);
    CHECK(box.peek(0x200008) == 0x0000000c'0000000b);
}

TEST_CASE("an instruction that stores into its own block is counted and stepped once")
{
    for (auto const budget : {backend::Budget::slice, backend::Budget::one_instruction}) {
        Box box(Start::long64, GUEST_BYTES(stores_into_its_own_block));
        for (int count = 0; count < 20 && !box.done(); ++count)
            box.step(budget);
        CHECK(box.done());
        CHECK(box.vcpu->standing().instructions == 7);
    }
}

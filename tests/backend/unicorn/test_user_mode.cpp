// Ring 3: what it may not do, and the ways between the rings.
#include "tests/backend/unicorn/box.hpp"

using namespace ringside;
using namespace ringside::unicorn_test;

namespace {

using Values = std::vector<std::uint64_t>;

constexpr std::uint64_t user_code_page = 0x300000, user_stack_page = 0x301000;

/// The guest again at `mapped`, for ring 3, and gates: #GP and #PF to 0x800, INT 0x80 to 0x900.
class UserBox : public Box {
public:
    explicit UserBox(Bytes guest) : Box(Start::long64, guest)
    {
        constexpr std::uint64_t no_execute = 1ULL << 63;
        load(user_code_page, guest);
        map_page(mapped, user_code_page | 5);
        map_page(mapped + 0x1000, user_stack_page | 7 | no_execute);
        gate(13, code + 0x800);
        gate(14, code + 0x800);
        gate(0x20, code + 0x900);
        gate(0x80, code + 0x900, 3);
    }
};

} // namespace

TEST_CASE("privileged instructions raise #GP in ring 3, and INT needs a gate for ring 3")
{
    UserBox box(GUEST_BYTES(privileged_in_user_mode));
    box.run();
    REQUIRE(box.done());
    CHECK(box.said() == Values{0, 0, 0, 0, 0x20 * 8 + 2, 0, 0x80});
}

TEST_CASE("the page tables keep ring 3 out, and the error code says why")
{
    UserBox box(GUEST_BYTES(forbidden_pages));
    box.run();
    REQUIRE(box.done());
    CHECK(box.said() == Values{5, 7, 0x15});
}

TEST_CASE("SYSCALL, SWAPGS and SYSRET go to ring 0 and back")
{
    UserBox box(GUEST_BYTES(system_calls));
    box.poke(0x100000, 0, 4);
    box.run();
    REQUIRE(box.done());
    CHECK(box.said() == Values{3, code64, 0x202, 0});
    CHECK(box.registers().rip > code + 0x900);
}

TEST_CASE("x87 and SSE registers are kept on the way between the rings")
{
    UserBox box(GUEST_BYTES(floating_point_is_kept));
    box.run();
    REQUIRE(box.done());
    CHECK(box.registers().gpr[x86::rbp] == 0x1111);
    CHECK(box.registers().gpr[x86::r14] == 0x3ff0000000000000); // 1.0
    CHECK(box.registers().gpr[x86::r15] == 0x400921fb54442d18); // pi
    constexpr std::uint64_t top_of_stack = 0x3800;
    CHECK((box.registers().gpr[x86::r13] & top_of_stack) == 0);
}

TEST_CASE("FS and GS bases written by MSR count")
{
    Box box(Start::long64, GUEST_BYTES(thread_pointers));
    box.poke(0x300800, 0xf5, 4);
    box.poke(0x300900, 0x65, 4);
    box.run();
    CHECK(box.said() == Values{0xf5, 0x65});
}

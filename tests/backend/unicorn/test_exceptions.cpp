// Exceptions: raised by the library, by our walks or by our emulation, delivered by us.
#include "tests/backend/unicorn/box.hpp"

using namespace ringside;
using namespace ringside::unicorn_test;

namespace {

using Values = std::vector<std::uint64_t>;

constexpr std::uint64_t handler = code + 0x800, second_handler = code + 0x900;

} // namespace

TEST_CASE("UD2 raises #UD at the instruction")
{
    Box box(Start::long64, GUEST_BYTES(undefined));
    box.gate(6, handler);
    box.run();
    CHECK(box.said() == Values{6});
    auto const delivered = box.events<trace::Delivered>();
    REQUIRE(delivered.size() == 1);
    CHECK(delivered[0].vector == 6);
    CHECK_FALSE(delivered[0].has_error_code);
    CHECK(delivered[0].from_rip == code);
    CHECK(delivered[0].to_rip == handler);
}

TEST_CASE("a division by zero raises #DE at the DIV, which then restarts")
{
    Box box(Start::long64, GUEST_BYTES(divide));
    box.gate(0, handler);
    box.run();
    CHECK(box.said() == Values{2});
    CHECK(box.registers().gpr[x86::rcx] == code + 9);
}

TEST_CASE("the same exception may be raised any number of times")
{
    Box box(Start::long64, GUEST_BYTES(divide_often));
    box.gate(0, handler);
    box.run();
    REQUIRE(box.done());
    CHECK(box.said() == Values{0xde, 0xde, 0xde, 0xde});
}

TEST_CASE("a non-canonical address raises #GP, or #SS through the stack segment")
{
    Box box(Start::long64, GUEST_BYTES(far_away));
    box.gate(13, handler, 0, 1);
    box.gate(12, second_handler, 0, 1);
    box.poke(tss + 36, inner_stack);
    box.run();
    CHECK(box.done());
    CHECK(box.said() == Values{13, 12, 12});
}

TEST_CASE("a jump to a non-canonical address raises #GP(0)")
{
    Box box(Start::long64, GUEST_BYTES(jump_far_away));
    box.gate(13, handler);
    box.run();
    CHECK(box.said() == Values{0, 0x8000});
}

TEST_CASE("a page fault that cannot be delivered becomes a double fault")
{
    Box box(Start::long64, GUEST_BYTES(page_fault_without_handler));
    box.gate(8, handler);
    box.run();
    CHECK(box.said() == Values{0});
    CHECK(box.registers().cr2 == mapped);
    std::vector<std::uint8_t> vectors;
    for (auto const& attempt : box.events<trace::Delivered>())
        vectors.push_back(attempt.vector);
    CHECK(vectors == std::vector<std::uint8_t>{14, 8});
}

TEST_CASE("a triple fault exits with the registers as at the faulting instruction")
{
    Box box(Start::long64, GUEST_BYTES(page_fault_without_handler));
    REQUIRE(box.enter() == Exit{exit::TripleFault{}});
    CHECK(box.registers().rip == code + 10);
    CHECK(box.registers().gpr[x86::rsp] == stack_top);
    CHECK(box.vcpu->standing().instruction.linear_rip == code + 10);
    box.finish();
    CHECK(box.step() == Exit{exit::TripleFault{}}); // and it stays that way
}

TEST_CASE("INT3, INT n and INT1 push the address behind them")
{
    Box box(Start::long64, GUEST_BYTES(breakpoint_and_friends));
    box.gate(3, handler);
    box.gate(0x30, handler);
    box.gate(1, handler);
    box.run();
    CHECK(box.said() == Values{1, 10, 13});
}

TEST_CASE("RFLAGS.TF traps after every instruction, emulated ones included")
{
    Box box(Start::long64, GUEST_BYTES(single_steps));
    box.gate(1, handler);
    box.run();
    REQUIRE(box.done());
    // Behind NOP, MOV, CPUID, PUSHFQ, AND and the POPFQ that clears it; DR6.BS is set each time.
    CHECK(box.said() == Values{10, 1, 15, 1, 17, 1, 18, 1, 25, 1, 26, 1});
}

TEST_CASE("CR0.TS and CR4.OSFXSR keep floating point from running")
{
    Box box(Start::long64, GUEST_BYTES(switched_off_fpu));
    box.gate(7, handler);
    box.gate(6, second_handler);
    box.run();
    REQUIRE(box.done());
    CHECK(box.said() == Values{7, 6});
}

TEST_CASE("instructions the CPUID table does not offer are undefined")
{
    Box box(Start::long64, GUEST_BYTES(vex_is_undefined));
    box.gate(6, handler);
    box.run();
    CHECK(box.said() == Values{6});
}

TEST_CASE("a handler that faults for ever does not keep enter() from returning")
{
    Box box(Start::long64, GUEST_BYTES(faults_for_ever), {.instructions = 50});
    box.gate(6, code);
    REQUIRE(box.step() == Exit{exit::BudgetSpent{}});
    CHECK(box.registers().rip == code);
    CHECK(box.vcpu->standing().instructions == 0);
    CHECK(box.events<trace::Delivered>().size() == 50);
}

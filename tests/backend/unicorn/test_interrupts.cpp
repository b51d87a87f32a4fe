// External interrupts: the window, the shadow, and where the guest is interrupted.
#include "tests/backend/unicorn/box.hpp"

using namespace ringside;
using namespace ringside::unicorn_test;

namespace {

using Values = std::vector<std::uint64_t>;

constexpr std::uint8_t irq = 0x20;

void inject(Box& box)
{
    REQUIRE(box.vcpu->window().open);
    REQUIRE(box.vcpu->inject(irq));
}

class InterruptBox : public Box {
public:
    explicit InterruptBox(Bytes guest, backend::Slice slice = {}) : Box(Start::long64, guest, slice)
    {
        gate(irq, code + 0x800);
    }
};

} // namespace

TEST_CASE("the window is open exactly while RFLAGS.IF is set, and says why not")
{
    InterruptBox box(GUEST_BYTES(interrupts_on_and_off));
    box.step();
    CHECK_FALSE(box.vcpu->window().open);
    CHECK(box.vcpu->window().reason == trace::NotNow::interrupts_off);
    box.step();
    CHECK(box.vcpu->window().open);
    box.step();
    CHECK_FALSE(box.vcpu->window().open);
}

TEST_CASE("an injected interrupt is delivered before the next instruction, with IF cleared")
{
    InterruptBox box(GUEST_BYTES(interrupts_on_and_off));
    box.step();
    box.step();
    inject(box);
    CHECK_FALSE(box.vcpu->window().open);
    CHECK(box.registers().rip == code + 0x800);
    box.run();
    CHECK(box.done());
    CHECK(box.said() == Values{6});
}

TEST_CASE("an interrupt ends HLT, and returns behind it")
{
    InterruptBox box(GUEST_BYTES(sti_halt));
    REQUIRE(box.step() == Exit{exit::Halt{}});
    inject(box);
    box.run();
    CHECK(box.done());
    CHECK(box.said() == Values{2});
}

TEST_CASE("STI and MOV SS keep interrupts out for exactly one instruction")
{
    InterruptBox box(GUEST_BYTES(shadows));
    std::vector<bool> open;
    for (int count = 0; count < 8; ++count) {
        box.step(backend::Budget::one_instruction);
        bool const shadow = box.vcpu->window().reason == trace::NotNow::shadow;
        open.push_back(box.vcpu->window().open);
        CHECK(box.vcpu->window().open != shadow);
    }
    //                              sti    nop   nop   sti   nop   mov   mov ss nop
    CHECK(open == std::vector<bool>{false, true, true, true, true, true, false, true});
}

TEST_CASE("a guest that makes no exits is interrupted at its slice's exact end")
{
    InterruptBox box(GUEST_BYTES(count_up_for_ever), {.instructions = 1001});
    REQUIRE(box.step() == Exit{exit::BudgetSpent{}});
    CHECK(box.registers().gpr[x86::rbx] == 500);
    inject(box);
    REQUIRE(box.step() == Exit{exit::PortOut{say_port, 4, 1}});
    CHECK(box.registers().gpr[x86::rbx] == 500);
}

TEST_CASE("an interrupt inside REP finds RIP at it, and the REP goes on afterwards")
{
    InterruptBox box(GUEST_BYTES(interrupted_rep), {.instructions = 100});
    box.step();
    std::uint64_t const left = box.registers().gpr[x86::rcx];
    CHECK(left > 0);
    CHECK(left < 400);
    CHECK(box.registers().rip == code + 14);
    inject(box);
    box.run();
    REQUIRE(box.done());
    CHECK(box.said() == Values{14});
    CHECK(box.registers().gpr[x86::rcx] == 0);
    CHECK(box.peek(0x200000 + 399, 1) == 0x5a);
    CHECK(box.peek(0x200000 + 400, 1) == 0);
}

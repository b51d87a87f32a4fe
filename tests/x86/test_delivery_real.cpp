// Delivery in real mode: the interrupt vector table and a frame of three words.
#include "engine/x86/delivery.hpp"

#include "tests/x86/bench.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

struct RealMode : Bench {
    RealMode() : Bench(CpuMode::real)
    {
        put(0x21 * 4, 0x12345678, 4); // vector 21h at 1234:5678
        state.rip = 0x7c05;
        load_real_segment(state, cs, 0x0040);
        state.rflags = 0x2 | rflags::if_ | rflags::tf | rflags::cf | rflags::ac | rflags::df;
    }
};

} // namespace

TEST_CASE("real mode goes to the segment and offset of the vector table")
{
    RealMode bench;
    Attempt const attempt = bench.delivered(Source::software_interrupt, fault(0x21));
    CHECK(bench.state[cs].selector == 0x1234);
    CHECK(bench.state[cs].base == 0x12340);
    CHECK(bench.state.rip == 0x5678);
    CHECK(attempt.from_rip == 0x7c05);
    CHECK(attempt.to_rip == 0x5678);
}

TEST_CASE("real mode pushes FLAGS, CS and IP as words")
{
    RealMode bench;
    bench.delivered(Source::external, fault(0x21));
    CHECK(bench.state.gpr[rsp] == stack_top - 6);
    CHECK(bench.values(stack_top - 6, 2, 3) == std::vector<std::uint64_t>{0x7c05, 0x0040, 0x0703});
}

TEST_CASE("real mode clears IF, TF and AC and keeps the other flags")
{
    RealMode bench;
    bench.delivered(Source::external, fault(0x21));
    CHECK(bench.state.rflags == (0x2 | rflags::cf | rflags::df));
}

TEST_CASE("real mode pushes no error code, and its attempts have none")
{
    RealMode bench;
    bench.put(13 * 4, 0x00005000, 4);
    Attempt const attempt = bench.delivered(Source::exception, fault(vector::gp, 0x18));
    CHECK_FALSE(attempt.what.error_code);
    CHECK(bench.state.gpr[rsp] == stack_top - 6);
}

TEST_CASE("the frame of real mode wraps around at the end of the stack segment")
{
    RealMode bench;
    load_real_segment(bench.state, ss, 0x1000);
    bench.state.gpr[rsp] = 4;
    bench.delivered(Source::external, fault(0x21));
    CHECK(bench.state.gpr[rsp] == 0xfffe);
    CHECK(bench.get(0x1fffe, 2) == 0x7c05);
    CHECK(bench.get(0x10000, 2) == 0x0040);
}

TEST_CASE("the vector table of real mode may lie where IDTR says")
{
    RealMode bench;
    bench.state.idtr = {.base = 0x3000, .limit = 0x3ff};
    bench.put(0x3000 + 8 * 4, 0x0100'0002, 4);
    bench.delivered(Source::external, fault(8));
    CHECK(bench.state[cs].selector == 0x0100);
    CHECK(bench.state.rip == 2);
}

TEST_CASE("a vector outside the table of real mode raises #GP, and a table without #GP shuts down")
{
    RealMode bench;
    bench.put(13 * 4, 0x0000'6000, 4);
    bench.state.idtr.limit = 13 * 4 + 3;
    Delivery const delivery = bench.deliver(Source::software_interrupt, fault(0x21), 2);
    REQUIRE(delivery.attempts.size() == 2);
    CHECK(delivery.attempts[1].what == fault(vector::gp));
    CHECK(delivery.attempts[1].from_rip == 0x7c03); // the INT, not behind it
    CHECK(bench.state.rip == 0x6000);

    RealMode without;
    without.state.idtr.limit = 3;
    CHECK(without.deliver(Source::software_interrupt, fault(0x21), 2).shutdown);
}

TEST_CASE("delivery ends the interrupt shadow")
{
    RealMode bench;
    bench.state.interrupt_shadow = true;
    bench.delivered(Source::exception, fault(vector::ud));
    CHECK_FALSE(bench.state.interrupt_shadow);
}

// RETF and IRET: the frames of each mode, returns to the same and to an outer level.
#include "tests/x86/bench.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

Bytes const retf = {0xcb}, retf_8 = {0xca, 8, 0}, retfq = {0x48, 0xcb}, retf_other = {0x66, 0xcb};
Bytes const iret = {0xcf}, iretq = {0x48, 0xcf}, iret_other = {0x66, 0xcf};

Fault const gp0 = fault(vector::gp, 0);

} // namespace

TEST_CASE("in real mode RETF and IRET pop words, or doublewords with the prefix")
{
    Bench bench(CpuMode::real);
    bench.put_frame(stack_top, {0x5678, 0x1234}, 2);
    bench.done(retf);
    CHECK(bench.state.rip == 0x5678);
    CHECK(bench.state[cs].base == 0x12340);
    CHECK(bench.state.gpr[rsp] == stack_top + 4);

    Bench wide(CpuMode::real);
    wide.put_frame(stack_top, {0x5678, 0x1234, 0x202 | rflags::id}, 4);
    wide.done(iret_other);
    CHECK(wide.state.rip == 0x5678);
    CHECK(wide.state.gpr[rsp] == stack_top + 12);
    CHECK(wide.state.rflags == (0x202 | rflags::id));
}

TEST_CASE("in real mode a return beyond 64 KiB raises #GP(0)")
{
    Bench bench(CpuMode::real);
    bench.put_frame(stack_top, {0x10000, 0x1234, 0x2}, 4);
    CHECK(bench.fault_of(iret_other) == gp0);
    CHECK(bench.fault_of(retf_other) == gp0);
}

TEST_CASE("RETF n drops its arguments")
{
    Bench bench(CpuMode::protected32);
    bench.put_frame(stack_top, {0x1000, kernel_code32}, 4);
    bench.done(retf_8);
    CHECK(bench.state.rip == 0x1000);
    CHECK(bench.state.gpr[rsp] == stack_top + 8 + 8);
}

TEST_CASE("in 32-bit code IRET to the same level leaves SS and ESP where they are")
{
    Bench bench(CpuMode::protected32);
    Segment const stack = bench.state[ss];
    bench.put_frame(stack_top, {0x1000, kernel_code32, 0x202}, 4);
    bench.done(iret);
    CHECK(bench.state.rip == 0x1000);
    CHECK(bench.state.rflags == 0x202);
    CHECK(bench.state.gpr[rsp] == stack_top + 12);
    CHECK(bench.state[ss] == stack);
}

TEST_CASE("in 32-bit code IRET to an outer level pops ESP and SS too")
{
    Bench bench(CpuMode::protected32);
    bench.put_frame(stack_top, {0x1000, user_code32, 0x202, 0x5000, user_data}, 4);
    bench.done(iret);
    CHECK(bench.state.cpl() == 3);
    CHECK(bench.state[cs].selector == user_code32);
    CHECK(bench.state[ss].selector == user_data);
    CHECK(bench.state.gpr[rsp] == 0x5000);
    CHECK(bench.accessed(user_code32));
    CHECK(bench.accessed(user_data));
}

TEST_CASE("RETF to an outer level drops its arguments from both stacks")
{
    Bench bench(CpuMode::protected32);
    bench.put_frame(stack_top, {0x1000, user_code32, 0xa, 0xb, 0x5000, user_data}, 4);
    bench.done(retf_8);
    CHECK(bench.state.cpl() == 3);
    CHECK(bench.state.gpr[rsp] == 0x5008);
}

TEST_CASE("returning outwards takes away segments that the outer level could not have loaded")
{
    Bench bench(CpuMode::protected32);
    bench.state[ds] = decode_descriptor(0x00cff3000000ffff, user_data);
    bench.state[fs] = decode_descriptor(0x00cf9f000000ffff, conforming_code);
    bench.state[gs] = Segment{.selector = 3, .attributes = 0, .limit = 0, .base = 0x1234};
    bench.put_frame(stack_top, {0x1000, user_code32, 0x202, 0x5000, user_data}, 4);
    bench.done(iret);
    CHECK(bench.state[es].selector == 0); // was kernel data
    CHECK_FALSE(bench.state[es].present());
    CHECK(bench.state[ds].selector == user_data);
    CHECK(bench.state[fs].selector == conforming_code);
    CHECK(bench.state[gs] == Segment{.selector = 0, .attributes = 0, .limit = 0, .base = 0x1234});
}

TEST_CASE("64-bit code pops SS and RSP at every IRET")
{
    Bench bench(CpuMode::long64);
    bench.put_frame(stack_top, {0x1000, kernel_code64, 0x202, 0x5001, kernel_data}, 8);
    bench.done(iretq);
    CHECK(bench.state.rip == 0x1000);
    CHECK(bench.state.gpr[rsp] == 0x5001);
    CHECK(bench.state[ss].selector == kernel_data);
    CHECK(bench.state.cpl() == 0);
}

TEST_CASE("IRETQ leads to 64-bit user code and to compatibility mode")
{
    Bench bench(CpuMode::long64);
    bench.put_frame(stack_top, {0x1000, user_code64, 0x202, 0x5000, user_data}, 8);
    bench.done(iretq);
    CHECK(bench.state.mode() == CpuMode::long64);
    CHECK(bench.state.cpl() == 3);

    Bench narrow(CpuMode::long64);
    narrow.put_frame(stack_top, {0x1000, user_code32, 0x202, 0xffff'0000'5000, user_data}, 8);
    narrow.done(iretq);
    CHECK(narrow.state.mode() == CpuMode::compatibility);
    CHECK(narrow.state.gpr[rsp] == 0x5000);
}

TEST_CASE("in 64-bit code an IRET without REX.W pops doublewords")
{
    Bench bench(CpuMode::long64);
    bench.put_frame(stack_top, {0x1000, kernel_code64, 0x202, 0x5000, kernel_data}, 4);
    bench.done(iret);
    CHECK(bench.state.rip == 0x1000);
    CHECK(bench.state.gpr[rsp] == 0x5000);
}

TEST_CASE("a return to a 16-bit stack loads SP only: the inner ESP shows above it")
{
    Bench bench(CpuMode::protected32);
    bench.descriptor(user_data, 0x0000f2000000ffff);
    bench.state.gpr[rsp] = 0x30000;
    bench.put_frame(0x30000, {0x1000, user_code32, 0x202, 0x12345678, user_data}, 4);
    bench.done(iret);
    CHECK(bench.state.gpr[rsp] == 0x35678);
}

TEST_CASE("in 64-bit code RETF pops CS and RIP, and more only to an outer level")
{
    Bench bench(CpuMode::long64);
    bench.put_frame(stack_top, {0x1000, kernel_code64}, 8);
    bench.done(retfq);
    CHECK(bench.state.gpr[rsp] == stack_top + 16);
    bench.put_frame(stack_top, {0x2000, user_code64, 0x5000, user_data}, 8);
    bench.state.gpr[rsp] = stack_top;
    bench.done(retfq);
    CHECK(bench.state.cpl() == 3);
    CHECK(bench.state.gpr[rsp] == 0x5000);
}

TEST_CASE("IRETQ to 64-bit code below CPL 3 accepts a null SS whose RPL is the level")
{
    Bench bench(CpuMode::long64);
    bench.put_frame(stack_top, {0x1000, kernel_code64, 0x202, 0x5000, 0}, 8);
    bench.done(iretq);
    CHECK(bench.state[ss] == Segment{});
    bench.state.gpr[rsp] = stack_top;
    bench.put_frame(stack_top, {0x1000, user_code64, 0x202, 0x5000, 3}, 8);
    CHECK(bench.fault_of(iretq) == gp0);
    bench.put_frame(stack_top, {0x1000, kernel_code32, 0x202, 0x5000, 0}, 8);
    CHECK(bench.fault_of(iretq) == gp0);
    bench.put_frame(stack_top, {0x1000, kernel_code64, 0x202, 0x5000, 1}, 8);
    CHECK(bench.fault_of(iretq) == gp0);
}

// SYSCALL, SYSRET, and the instructions that are interrupts.
#include "tests/x86/bench.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

Bytes const syscall_insn = {0x0f, 0x05}, sysretq = {0x48, 0x0f, 0x07}, sysretl = {0x0f, 0x07};
Bytes const int_80 = {0xcd, 0x80}, int1 = {0xf1}, int3 = {0xcc}, into = {0xce};

struct SystemCalls : Bench {
    explicit SystemCalls(unsigned cpl, CpuMode mode = CpuMode::long64) : Bench(mode, cpl)
    {
        state.efer |= efer::sce;
        state.star = 0x0023'0010'0000'0000;
        state.lstar = 0xffff'ffff'8100'0000;
        state.fmask = rflags::if_ | rflags::tf | rflags::ac;
        state.rip = 0x7c00;
        state.rflags = 0x202 | rflags::cf | rflags::ac;
    }
};

} // namespace

TEST_CASE("SYSCALL saves RIP and RFLAGS in registers and goes to LSTAR at CPL 0")
{
    SystemCalls bench(3);
    bench.done(syscall_insn);
    CHECK(bench.state.rip == 0xffff'ffff'8100'0000);
    CHECK(bench.state.gpr[rcx] == 0x7c02);
    CHECK(bench.state.gpr[r11] == (0x202 | rflags::cf | rflags::ac));
    CHECK(bench.state.rflags == (0x2 | rflags::cf));
    CHECK(bench.state.cpl() == 0);
    CHECK(bench.state.gpr[rsp] == stack_top);
}

TEST_CASE("SYSCALL makes up flat segments from STAR, whatever the GDT says")
{
    SystemCalls bench(3);
    bench.state.gdtr.limit = 0;
    bench.done(syscall_insn);
    CHECK(bench.state[cs] ==
          Segment{.selector = 0x10, .attributes = 0xa09b, .limit = 0xffffffff, .base = 0});
    CHECK(bench.state[ss] ==
          Segment{.selector = 0x18, .attributes = 0xc093, .limit = 0xffffffff, .base = 0});
}

TEST_CASE("SYSRET undoes SYSCALL")
{
    SystemCalls bench(3);
    bench.done(syscall_insn);
    bench.done(sysretq);
    CHECK(bench.state.rip == 0x7c02);
    CHECK(bench.state.rflags == (0x202 | rflags::cf | rflags::ac));
    CHECK(bench.state[cs] ==
          Segment{.selector = 0x33, .attributes = 0xa0fb, .limit = 0xffffffff, .base = 0});
    CHECK(bench.state[ss] ==
          Segment{.selector = 0x2b, .attributes = 0xc0f3, .limit = 0xffffffff, .base = 0});
    CHECK(bench.state.cpl() == 3);
}

TEST_CASE("SYSRET without REX.W leads to compatibility mode")
{
    SystemCalls bench(0);
    bench.state.gpr[rcx] = 0xffff'ffff'1122'3344;
    bench.state.gpr[r11] = ~0ULL;
    bench.done(sysretl);
    CHECK(bench.state.mode() == CpuMode::compatibility);
    CHECK(bench.state.rip == 0x11223344);
    CHECK(bench.state[cs].selector == 0x23);
    CHECK(bench.state.rflags == 0x3c7fd7);
}

TEST_CASE("SYSCALL and SYSRET are undefined without EFER.SCE and outside 64-bit code")
{
    SystemCalls bench(0);
    bench.state.efer &= ~efer::sce;
    CHECK(bench.fault_of(syscall_insn) == fault(vector::ud));
    CHECK(bench.fault_of(sysretq) == fault(vector::ud));
    SystemCalls narrow(3, CpuMode::compatibility);
    CHECK(narrow.fault_of(syscall_insn) == fault(vector::ud));
}

TEST_CASE("SYSRET is for CPL 0 and for canonical addresses")
{
    SystemCalls user(3);
    CHECK(user.fault_of(sysretq) == fault(vector::gp, 0));
    SystemCalls kernel(0);
    kernel.state.gpr[rcx] = 0x8000'0000'0000;
    CHECK(kernel.fault_of(sysretq) == fault(vector::gp, 0));
}

TEST_CASE("INT n, INT3 and INTO are software interrupts with RIP behind them")
{
    Bench bench(CpuMode::protected32);
    bench.state.rip = 0x7c00;
    auto const interrupt = bench.leaves<effect::SoftwareInterrupt>(int_80);
    CHECK(interrupt.vector == 0x80);
    CHECK(interrupt.source == Source::software_interrupt);
    CHECK(bench.state.rip == 0x7c02);
    CHECK(bench.leaves<effect::SoftwareInterrupt>(int3).vector == 3);
    CHECK(bench.state.rip == 0x7c03);
    bench.state.rflags |= rflags::of;
    CHECK(bench.leaves<effect::SoftwareInterrupt>(into).vector == 4);
}

TEST_CASE("INTO without overflow does nothing")
{
    Bench bench(CpuMode::protected32);
    bench.state.rip = 0x7c00;
    bench.done(into);
    CHECK(bench.state.rip == 0x7c01);
}

TEST_CASE("INT1 is a #DB that no gate's DPL stops")
{
    Bench bench(CpuMode::long64, 3);
    bench.gate(vector::db, kernel_code64, system_type::interrupt_gate, 0);
    auto const interrupt = bench.leaves<effect::SoftwareInterrupt>(int1);
    CHECK(interrupt.vector == vector::db);
    bench.delivered(interrupt.source, fault(interrupt.vector), 1);
    CHECK(bench.state.cpl() == 0);
}

// CLI, STI, PUSHF, POPF, STAC, CLAC: who may change which flag.
#include "tests/x86/bench.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

Bytes const cli = {0xfa}, sti = {0xfb}, pushf = {0x9c}, popf = {0x9d};
Bytes const pushf16 = {0x66, 0x9c}, popf16 = {0x66, 0x9d};
Bytes const stac = {0x0f, 0x01, 0xcb}, clac = {0x0f, 0x01, 0xca};

constexpr std::uint64_t everything = 0x003f7fd7; ///< every flag that exists

} // namespace

TEST_CASE("CLI and STI change IF where the CPL is within IOPL, and raise #GP(0) elsewhere")
{
    Bench kernel(CpuMode::long64);
    kernel.done(sti);
    CHECK(kernel.state.interrupts_on());
    kernel.done(cli);
    CHECK_FALSE(kernel.state.interrupts_on());

    Bench user(CpuMode::long64, 3);
    CHECK(user.fault_of(cli) == fault(vector::gp, 0));
    CHECK(user.fault_of(sti) == fault(vector::gp, 0));
    user.state.rflags |= rflags::iopl;
    user.done(sti);
    CHECK(user.state.interrupts_on());
}

TEST_CASE("STI shadows the next instruction only when it turned interrupts on")
{
    Bench bench(CpuMode::real);
    bench.done(sti);
    CHECK(bench.state.interrupt_shadow);
    bench.done(sti);
    CHECK_FALSE(bench.state.interrupt_shadow);
}

TEST_CASE("every other instruction ends the shadow")
{
    Bench bench(CpuMode::long64);
    bench.done(sti);
    bench.done(pushf);
    CHECK_FALSE(bench.state.interrupt_shadow);
}

TEST_CASE("PUSHF pushes the flags as wide as its operand size, RF and VM as 0")
{
    Bench bench(CpuMode::long64);
    bench.state.rflags = 0x3202 | rflags::rf | rflags::id;
    bench.done(pushf);
    CHECK(bench.state.gpr[rsp] == stack_top - 8);
    CHECK(bench.get(stack_top - 8) == (0x3202 | rflags::id));
    bench.done(pushf16);
    CHECK(bench.state.gpr[rsp] == stack_top - 10);
    CHECK(bench.get(stack_top - 10, 2) == 0x3202);
}

TEST_CASE("POPF at CPL 0 sets everything but RF, VM and the virtual interrupt flags")
{
    Bench bench(CpuMode::protected32);
    bench.put(stack_top, ~0ULL);
    bench.done(popf);
    CHECK(bench.state.rflags ==
          (everything & ~(rflags::rf | rflags::vm | rflags::vif | rflags::vip)));
    bench.state.gpr[rsp] = stack_top;
    bench.put(stack_top, 0);
    bench.done(popf);
    CHECK(bench.state.rflags == rflags::fixed);
}

TEST_CASE("POPF outside CPL 0 leaves IOPL alone, and IF too above IOPL")
{
    Bench user(CpuMode::protected32, 3);
    user.put(stack_top, ~0ULL);
    user.done(popf);
    CHECK((user.state.rflags & (rflags::iopl | rflags::if_)) == 0);
    CHECK((user.state.rflags & rflags::cf) != 0);

    user.state.gpr[rsp] = stack_top;
    user.put(stack_top, 0);
    user.state.rflags = 0x2 | rflags::iopl | rflags::if_;
    user.done(popf);
    CHECK(user.state.rflags == (0x2 | rflags::iopl));
}

TEST_CASE("a 16-bit POPF leaves the upper flags alone")
{
    Bench bench(CpuMode::protected32);
    bench.state.rflags = 0x2 | rflags::ac | rflags::id;
    bench.put(stack_top, 0, 2);
    bench.done(popf16);
    CHECK(bench.state.rflags == (0x2 | rflags::ac | rflags::id));
    CHECK(bench.state.gpr[rsp] == stack_top + 2);
}

TEST_CASE("POPF that turns interrupts on casts no shadow")
{
    Bench bench(CpuMode::protected32);
    bench.put(stack_top, 0x202);
    bench.done(popf);
    CHECK(bench.state.interrupts_on());
    CHECK_FALSE(bench.state.interrupt_shadow);
}

TEST_CASE("STAC and CLAC move AC, and are undefined outside CPL 0")
{
    Bench bench(CpuMode::long64);
    bench.done(stac);
    CHECK((bench.state.rflags & rflags::ac) != 0);
    bench.done(clac);
    CHECK((bench.state.rflags & rflags::ac) == 0);
    Bench user(CpuMode::long64, 3);
    CHECK(user.fault_of(stac) == fault(vector::ud));
    CHECK(user.fault_of(clac) == fault(vector::ud));
}

TEST_CASE("a change of AC makes translations stale where SMAP looks at it")
{
    Bench bench(CpuMode::long64);
    CHECK_FALSE(bench.done(stac).translations_stale);
    bench.state.cr4 |= cr4::smap;
    CHECK(bench.done(clac).translations_stale);
}

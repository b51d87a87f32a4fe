// MOV DRn: aliases, fixed bits, and DR7.GD, which turns the move itself into a #DB.
#include "tests/x86/bench.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

Bytes to_dr(unsigned number) ///< mov drN, rax
{
    return {0x0f, 0x23, static_cast<std::uint8_t>(0xc0 | number << 3)};
}

Bytes from_dr(unsigned number) ///< mov rax, drN
{
    return {0x0f, 0x21, static_cast<std::uint8_t>(0xc0 | number << 3)};
}

} // namespace

TEST_CASE("breakpoint addresses are kept as written")
{
    Bench bench(CpuMode::long64);
    bench.state.gpr[rax] = 0x123456789abc;
    bench.done(to_dr(3));
    bench.state.gpr[rax] = 0;
    bench.done(from_dr(3));
    CHECK(bench.state.gpr[rax] == 0x123456789abc);
}

TEST_CASE("DR6 and DR7 have bits that are always 1 and bits that are always 0")
{
    Bench bench(CpuMode::long64);
    bench.state.gpr[rax] = 0;
    bench.done(to_dr(6));
    bench.done(to_dr(7));
    CHECK(bench.state.dr[6] == 0xffff0ff0);
    CHECK(bench.state.dr[7] == 0x400);
    bench.state.gpr[rax] = 0xffffffff;
    bench.done(to_dr(6));
    bench.state.gpr[rax] = 0xffffdfff; // all but GD
    bench.done(to_dr(7));
    CHECK(bench.state.dr[6] == 0xffffefff);
    CHECK(bench.state.dr[7] == 0xffff0fff);
}

TEST_CASE("DR4 and DR5 are DR6 and DR7, unless CR4.DE makes them undefined")
{
    Bench bench(CpuMode::long64);
    bench.done(from_dr(4));
    CHECK(bench.state.gpr[rax] == bench.state.dr[6]);
    bench.state.cr4 |= cr4::de;
    CHECK(bench.fault_of(from_dr(5)) == fault(vector::ud));
    CHECK(bench.fault_of(to_dr(4)) == fault(vector::ud));
}

TEST_CASE("the upper halves of DR6 and DR7 cannot be written")
{
    Bench bench(CpuMode::long64);
    bench.state.gpr[rax] = 1ULL << 32;
    CHECK(bench.fault_of(to_dr(6)) == fault(vector::gp, 0));
    CHECK(bench.fault_of(to_dr(7)) == fault(vector::gp, 0));
}

TEST_CASE("outside CPL 0 no debug register can be touched")
{
    Bench bench(CpuMode::long64, 3);
    CHECK(bench.fault_of(to_dr(0)) == fault(vector::gp, 0));
    CHECK(bench.fault_of(from_dr(7)) == fault(vector::gp, 0));
}

TEST_CASE("DR7.GD turns every access into a #DB that DR6.BD explains")
{
    constexpr std::uint64_t debug_access = 0x2000;
    Bench bench(CpuMode::long64);
    bench.state.dr[7] |= 0x2000;
    CpuState const before = bench.state;
    CHECK(bench.leaves<Fault>(from_dr(0)) == fault(vector::db));
    CHECK(bench.state.dr[6] == (before.dr[6] | debug_access));
    CHECK(bench.state.rip == before.rip);
    CHECK(bench.state.gpr == before.gpr);
}

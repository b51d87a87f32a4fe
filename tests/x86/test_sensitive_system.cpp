// CPUID, MSRs, the time stamp, HLT, hypercalls, and what the CPU does not have.
#include "tests/x86/bench.hpp"

#include "engine/x86/cpuid.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

Bytes const cpuid_bytes = {0x0f, 0xa2}, rdmsr = {0x0f, 0x32}, wrmsr = {0x0f, 0x30},
            rdtsc = {0x0f, 0x31}, rdpmc = {0x0f, 0x33}, hlt = {0xf4}, vmcall = {0x0f, 0x01, 0xc1},
            vmmcall = {0x0f, 0x01, 0xd9};

constexpr std::uint32_t unknown_msr = 0x12345;

} // namespace

TEST_CASE("CPUID answers from the table, zero-extended, at every privilege")
{
    Bench bench(CpuMode::long64, 3);
    bench.state.gpr[rax] = 0xffffffff00000000;
    bench.state.gpr[rcx] = ~0ULL;
    bench.done(cpuid_bytes);
    CpuidLeaf const leaf = cpuid(0, 0xffffffff);
    CHECK(bench.state.gpr[rax] == leaf.eax);
    CHECK(bench.state.gpr[rbx] == leaf.ebx);
    CHECK(bench.state.gpr[rcx] == leaf.ecx);
    CHECK(bench.state.gpr[rdx] == leaf.edx);
}

TEST_CASE("a modelled MSR is read and written here, in two halves")
{
    Bench bench(CpuMode::long64);
    bench.state.gpr[rcx] = msr::lstar;
    bench.state.gpr[rax] = 0xeeeeeeee'81000000;
    bench.state.gpr[rdx] = 0xeeeeeeee'ffffffff;
    bench.done(wrmsr);
    CHECK(bench.state.lstar == 0xffffffff81000000);
    bench.done(rdmsr);
    CHECK(bench.state.gpr[rax] == 0x81000000);
    CHECK(bench.state.gpr[rdx] == 0xffffffff);
}

TEST_CASE("writing EFER makes translations stale, writing LSTAR does not")
{
    Bench bench(CpuMode::protected32);
    bench.state.gpr[rcx] = msr::efer;
    bench.state.gpr[rax] = efer::lme;
    CHECK(bench.done(wrmsr).translations_stale);
    CHECK(bench.state.efer == efer::lme);
    bench.state.gpr[rcx] = msr::lstar;
    CHECK_FALSE(bench.done(wrmsr).translations_stale);
}

TEST_CASE("a value that a modelled MSR refuses raises #GP(0)")
{
    Bench bench(CpuMode::long64);
    bench.state.gpr[rcx] = msr::lstar;
    bench.state.gpr[rdx] = 0x80000000; // non-canonical
    CHECK(bench.fault_of(wrmsr) == fault(vector::gp, 0));
}

TEST_CASE("other MSRs are the outside's: the read is completed with its answer")
{
    Bench bench(CpuMode::long64);
    bench.state.rip = 0x7c00;
    bench.state.gpr[rcx] = 0xeeeeeeee00000000 | unknown_msr;
    Effect const read = bench.run(rdmsr);
    CHECK(std::get<effect::MsrRead>(read).index == unknown_msr);
    CHECK(bench.state.rip == 0x7c00);
    REQUIRE(bench.complete(rdmsr, read, {0x1122334455667788}));
    CHECK(bench.state.gpr[rax] == 0x55667788);
    CHECK(bench.state.gpr[rdx] == 0x11223344);
    CHECK(bench.state.rip == 0x7c02);

    Effect const write = bench.run(wrmsr);
    CHECK(std::get<effect::MsrWrite>(write).index == unknown_msr);
    CHECK(std::get<effect::MsrWrite>(write).value == 0x1122334455667788);
    REQUIRE(bench.complete(wrmsr, write));
    CHECK(bench.state.rip == 0x7c04);
}

TEST_CASE("MSRs and HLT are for CPL 0")
{
    Bench bench(CpuMode::long64, 3);
    for (Bytes const& bytes : {rdmsr, wrmsr, hlt})
        CHECK(bench.fault_of(bytes) == fault(vector::gp, 0));
}

TEST_CASE("the time stamp counts instructions; CR4.TSD keeps it from user mode")
{
    Bench user(CpuMode::long64, 3);
    user.done(rdtsc);
    CHECK(user.state.gpr[rax] == 1000);
    CHECK(user.state.gpr[rdx] == 0);
    user.state.cr4 |= cr4::tsd;
    CHECK(user.fault_of(rdtsc) == fault(vector::gp, 0));
    Bench kernel(CpuMode::long64);
    kernel.state.cr4 |= cr4::tsd;
    kernel.done(rdtsc);
}

TEST_CASE("there are no performance counters")
{
    Bench bench(CpuMode::long64);
    CHECK(bench.fault_of(rdpmc) == fault(vector::gp, 0));
}

TEST_CASE("HLT leaves with RIP at it, and is behind it when completed")
{
    Bench bench(CpuMode::real);
    bench.state.interrupt_shadow = true; // STI; HLT
    Effect const effect = bench.run(hlt);
    REQUIRE(std::holds_alternative<effect::Halt>(effect));
    CHECK(bench.state.rip == 0x7c00);
    REQUIRE(bench.complete(hlt, effect));
    CHECK(bench.state.rip == 0x7c01);
    CHECK_FALSE(bench.state.interrupt_shadow);
}

TEST_CASE("a hypercall names its number in RAX and may be answered there")
{
    for (Bytes const& bytes : {vmcall, vmmcall}) {
        Bench bench(CpuMode::long64);
        bench.state.gpr[rax] = 0x1234567890;
        Effect const effect = bench.run(bytes);
        CHECK(std::get<effect::Hypercall>(effect).number == 0x1234567890);
        REQUIRE(bench.complete(bytes, effect, {7}));
        CHECK(bench.state.gpr[rax] == 7);
        REQUIRE(bench.complete(bytes, bench.run(bytes)));
        CHECK(bench.state.gpr[rax] == 7);
    }
}

TEST_CASE("what the CPUID table denies is undefined, at CPL 0 too")
{
    Bench bench(CpuMode::long64);
    for (Bytes const& bytes : {Bytes{0x0f, 0x01, 0xc8},       // monitor
                               Bytes{0x0f, 0x01, 0xc9},       // mwait
                               Bytes{0x0f, 0x01, 0xd1},       // xsetbv
                               Bytes{0x0f, 0x01, 0xd0},       // xgetbv
                               Bytes{0x0f, 0x01, 0xf9},       // rdtscp
                               Bytes{0x0f, 0x34},             // sysenter
                               Bytes{0x0f, 0x35},             // sysexit
                               Bytes{0x0f, 0x01, 0xc4},       // vmxoff
                               Bytes{0x0f, 0xc7, 0xf0},       // rdrand eax
                               Bytes{0xc5, 0xfc, 0x57, 0xc0}, // vxorps ymm0, ymm0, ymm0
                               Bytes{0x0f, 0xaa}})            // rsm
        CHECK(bench.fault_of(bytes) == fault(vector::ud));
}

TEST_CASE("an instruction at the end of a 16-bit segment leaves RIP beyond the limit")
{
    Bench bench(CpuMode::real);
    bench.state.rip = 0xfffe;
    bench.done(cpuid_bytes);
    CHECK(bench.state.rip == 0x10000);
}

TEST_CASE("a finished instruction clears RF")
{
    Bench bench(CpuMode::long64);
    bench.state.rflags |= rflags::rf;
    bench.done(cpuid_bytes);
    CHECK((bench.state.rflags & rflags::rf) == 0);
}

// IN, OUT, INS, OUTS: the effects, who may, and how repeated ones make progress.
#include "tests/x86/bench.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

Bytes const in_al_dx = {0xec}, in_eax_dx = {0xed}, out_dx_al = {0xee}, out_dx_eax = {0xef};
Bytes const rep_insb = {0xf3, 0x6c}, rep_insd = {0xf3, 0x6d}, insb = {0x6c};
Bytes const rep_outsb = {0xf3, 0x6e}, outsd = {0x6f};

/// An I/O permission map behind the TSS that allows `port` and nothing else.
void allow_port(Bench& bench, std::uint16_t port)
{
    for (unsigned index = 0; index < 0x20; ++index)
        bench.put(tss_at + 0x68 + index, 0xff, 1);
    bench.put(tss_at + 0x68 + port / 8, 0xffU & ~(1U << port % 8), 1);
    bench.state.tr.limit = 0x68 + 0x1f;
}

void start_string(Bench& bench, std::uint64_t pointer, std::uint64_t count)
{
    bench.state.gpr[rdi] = bench.state.gpr[rsi] = pointer;
    bench.state.gpr[rcx] = count;
    bench.state.gpr[rdx] = 0x3f8;
    bench.state.rip = 0x7c00;
}

} // namespace

TEST_CASE("IN names its port as a byte or as DX, and its width by the register")
{
    Bench bench(CpuMode::long64);
    bench.state.gpr[rdx] = 0x123f8;
    auto const by_register = bench.leaves<effect::PortIn>(in_eax_dx);
    CHECK(by_register.port == 0x23f8);
    CHECK(by_register.width == 4);
    CHECK(by_register.elements == 1);
    auto const by_byte = bench.leaves<effect::PortIn>({0x66, 0xe5, 0xe0}); // in ax, 0xe0
    CHECK(by_byte.port == 0xe0);
    CHECK(by_byte.width == 2);
}

TEST_CASE("until it is completed, a port access has changed nothing")
{
    Bench bench(CpuMode::long64);
    CpuState const before = bench.state;
    bench.leaves<effect::PortIn>(in_al_dx);
    bench.leaves<effect::PortOut>(out_dx_al);
    CHECK(bench.state == before);
}

TEST_CASE("a completed IN writes AL, AX or EAX and moves on")
{
    Bench bench(CpuMode::long64);
    bench.state.gpr[rax] = 0x1111111111111111;
    bench.state.rip = 0x7c00;
    bench.state.interrupt_shadow = true;
    REQUIRE(bench.complete(in_al_dx, bench.run(in_al_dx), {0xa5}));
    CHECK(bench.state.gpr[rax] == 0x11111111111111a5);
    CHECK(bench.state.rip == 0x7c01);
    CHECK_FALSE(bench.state.interrupt_shadow);
    REQUIRE(bench.complete(in_eax_dx, bench.run(in_eax_dx), {0x89abcdef}));
    CHECK(bench.state.gpr[rax] == 0x89abcdef); // a 32-bit result zeroes the upper half
}

TEST_CASE("OUT hands out as much of the accumulator as it is wide")
{
    Bench bench(CpuMode::protected32);
    bench.state.gpr[rax] = 0x11223344;
    bench.state.gpr[rdx] = 0x80;
    auto const byte = bench.leaves<effect::PortOut>(out_dx_al);
    CHECK(byte.port == 0x80);
    CHECK(byte.value == 0x44);
    auto const doubleword = bench.leaves<effect::PortOut>(out_dx_eax);
    CHECK(doubleword.width == 4);
    CHECK(doubleword.value == 0x11223344);
}

TEST_CASE("above IOPL ports need the permission map, and a TSS without one refuses all")
{
    Bench bench(CpuMode::long64, 3);
    bench.state.gpr[rdx] = 0x3f;
    for (Bytes const& bytes : {in_al_dx, out_dx_al, insb, outsd})
        CHECK(bench.fault_of(bytes) == fault(vector::gp, 0));
    bench.state.rflags |= rflags::iopl;
    bench.leaves<effect::PortIn>(in_al_dx);
}

TEST_CASE("the permission map must clear the bit of every byte of the access")
{
    Bench bench(CpuMode::protected32, 3);
    allow_port(bench, 0x3f);
    bench.state.gpr[rdx] = 0x3f;
    bench.leaves<effect::PortIn>(in_al_dx);
    CHECK(bench.fault_of({0x66, 0xed}) == fault(vector::gp, 0)); // in ax, dx: 3f and 40
    bench.state.gpr[rdx] = 0x3e;
    CHECK(bench.fault_of(in_al_dx) == fault(vector::gp, 0));
}

TEST_CASE("two bytes of the permission map must lie in the TSS, even for one port")
{
    Bench bench(CpuMode::protected32, 3);
    allow_port(bench, 0x3f);
    bench.state.gpr[rdx] = 0x3f;
    bench.state.tr.limit = 0x68 + 8;
    bench.leaves<effect::PortIn>(in_al_dx);
    bench.state.tr.limit = 0x68 + 7;
    CHECK(bench.fault_of(in_al_dx) == fault(vector::gp, 0));
}

TEST_CASE("a 16-bit TSS has no permission map")
{
    Bench bench(CpuMode::protected32, 3);
    allow_port(bench, 0x3f);
    bench.state.gpr[rdx] = 0x3f;
    bench.state.tr.attributes = 0x83;
    CHECK(bench.fault_of(in_al_dx) == fault(vector::gp, 0));
}

TEST_CASE("real mode asks nobody about ports")
{
    Bench bench(CpuMode::real);
    bench.state.tr.limit = 0;
    bench.leaves<effect::PortOut>(out_dx_al);
}

TEST_CASE("INS asks for one element and writes it where ES:RDI points")
{
    Bench bench(CpuMode::protected32);
    bench.state[es].base = 0x100;
    start_string(bench, scratch, 7);
    Effect const effect = bench.run(insb);
    CHECK(std::get<effect::PortIn>(effect).elements == 1);
    REQUIRE(bench.complete(insb, effect, {0x5a}));
    CHECK(bench.get(scratch + 0x100, 1) == 0x5a);
    CHECK(bench.state.gpr[rdi] == scratch + 1);
    CHECK(bench.state.gpr[rcx] == 7);
    CHECK(bench.state.rip == 0x7c01);
}

TEST_CASE("REP INS asks for everything up to the end of the page, and comes back for the rest")
{
    Bench bench(CpuMode::long64);
    start_string(bench, scratch + 0xffd, 5);
    Effect const first = bench.run(rep_insb);
    CHECK(std::get<effect::PortIn>(first).elements == 3);
    REQUIRE(bench.complete(rep_insb, first, {1, 2, 3}));
    CHECK(bench.state.rip == 0x7c00);
    CHECK((bench.state.rflags & rflags::rf) != 0);
    CHECK(bench.state.gpr[rcx] == 2);

    Effect const second = bench.run(rep_insb);
    CHECK(std::get<effect::PortIn>(second).elements == 2);
    REQUIRE(bench.complete(rep_insb, second, {4, 5}));
    CHECK(bench.state.rip == 0x7c02);
    CHECK((bench.state.rflags & rflags::rf) == 0);
    CHECK(bench.get(scratch + 0xffd, 4) == 0x04030201);
    CHECK(bench.state.gpr[rdi] == scratch + 0x1002);
}

TEST_CASE("REP INS asks for at most 1024 bytes")
{
    Bench bench(CpuMode::long64);
    start_string(bench, scratch, 5000);
    CHECK(bench.leaves<effect::PortIn>(rep_insb).elements == 1024);
    CHECK(bench.leaves<effect::PortIn>(rep_insd).elements == 256);
}

TEST_CASE("with the direction flag REP INS goes down, to the start of the page")
{
    Bench bench(CpuMode::long64);
    start_string(bench, scratch + 2, 5);
    bench.state.rflags |= rflags::df;
    Effect const effect = bench.run(rep_insb);
    CHECK(std::get<effect::PortIn>(effect).elements == 2);
    REQUIRE(bench.complete(rep_insb, effect, {0xaa, 0xbb}));
    CHECK(bench.get(scratch + 2, 1) == 0xaa);
    CHECK(bench.get(scratch + 1, 1) == 0xbb);
    CHECK(bench.state.gpr[rdi] == scratch);
    start_string(bench, scratch, 5);
    CHECK(bench.leaves<effect::PortIn>(rep_insb).elements == 1);
}

TEST_CASE("a REP with count 0 touches no port")
{
    Bench bench(CpuMode::long64);
    start_string(bench, scratch, 0);
    bench.done(rep_insb);
    CHECK(bench.state.rip == 0x7c02);
    bench.done(rep_outsb);
    CHECK(bench.state.rip == 0x7c04);
}

TEST_CASE("the address size decides how much of RCX and RDI counts")
{
    Bench bench(CpuMode::real);
    start_string(bench, 0xffff'0000'ffff, 0x10002);
    bench.state[es].limit = 0xffff;
    Effect const effect = bench.run(rep_insb);
    REQUIRE(bench.complete(rep_insb, effect, {0x77}));
    CHECK(bench.state.gpr[rdi] == 0xffff'0000'0000);
    CHECK(bench.state.gpr[rcx] == 0x10001);

    Bench wide(CpuMode::long64);
    Bytes const addr32_insb = {0x67, 0xf3, 0x6c};
    start_string(wide, 0x1'0000'9000, 0x5'0000'0001);
    REQUIRE(wide.complete(addr32_insb, wide.run(addr32_insb), {0x66}));
    CHECK(wide.get(scratch, 1) == 0x66);
    CHECK(wide.state.gpr[rdi] == scratch + 1);
    CHECK(wide.state.gpr[rcx] == 0);
}

TEST_CASE("INS that faults in the middle says how far it got")
{
    Bench bench(CpuMode::long64);
    bench.page(scratch + 0x1000, 0);
    start_string(bench, scratch + 0xffc, 2);
    bench.state.gpr[rdi] = scratch + 0xffe;
    Effect const effect = bench.run(rep_insd);
    REQUIRE(std::get<effect::PortIn>(effect).elements == 2);
    Outcome<void> const outcome = bench.complete(rep_insd, effect, {1, 2});
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == page_fault(2, scratch + 0x1000));
    CHECK(bench.state.gpr[rcx] == 2);
    CHECK(bench.state.rip == 0x7c00);

    start_string(bench, scratch + 0xff8, 4);
    bench.state.gpr[rdi] = scratch + 0xff8;
    Effect const longer = bench.run(rep_insd);
    REQUIRE(std::get<effect::PortIn>(longer).elements == 4);
    CHECK_FALSE(bench.complete(rep_insd, longer, {1, 2, 3, 4}));
    CHECK(bench.state.gpr[rcx] == 2);
    CHECK(bench.state.gpr[rdi] == scratch + 0x1000);
}

TEST_CASE("OUTS reads DS:RSI, or another segment that a prefix names")
{
    Bench bench(CpuMode::protected32);
    bench.put(scratch, 0x11223344, 4);
    start_string(bench, scratch, 1);
    CHECK(bench.leaves<effect::PortOut>(outsd).value == 0x11223344);
    bench.state[fs].base = 0x10;
    bench.put(scratch + 0x10, 0x55667788, 4);
    CHECK(bench.leaves<effect::PortOut>({0x64, 0x6f}).value == 0x55667788);
}

TEST_CASE("REP OUTS gives one effect for each element")
{
    Bench bench(CpuMode::long64);
    bench.put(scratch, 0x4241, 2);
    start_string(bench, scratch, 2);
    Effect const first = bench.run(rep_outsb);
    CHECK(std::get<effect::PortOut>(first).value == 0x41);
    REQUIRE(bench.complete(rep_outsb, first));
    CHECK(bench.state.rip == 0x7c00);
    Effect const second = bench.run(rep_outsb);
    CHECK(std::get<effect::PortOut>(second).value == 0x42);
    REQUIRE(bench.complete(rep_outsb, second));
    CHECK(bench.state.rip == 0x7c02);
    CHECK(bench.state.gpr[rcx] == 0);
    CHECK(bench.state.gpr[rsi] == scratch + 2);
}

TEST_CASE("OUTS that cannot read its source faults before the port is touched")
{
    Bench bench(CpuMode::long64);
    bench.page(scratch, 0);
    start_string(bench, scratch, 1);
    CHECK(bench.fault_of(rep_outsb) == page_fault(0, scratch));
}

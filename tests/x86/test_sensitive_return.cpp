// RETF and IRET: the frames of each mode, returns to the same and to an outer level.
#include "tests/x86/bench.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

Bytes const retf = {0xcb}, retf_8 = {0xca, 8, 0}, retfq = {0x48, 0xcb}, iret = {0xcf},
            iret_other = {0x66, 0xcf}, iretq = {0x48, 0xcf};

void put_frame(Bench& bench, std::vector<std::uint64_t> const& values, unsigned width)
{
    std::uint64_t address = stack_top;
    for (std::uint64_t const value : values) {
        bench.put(address, value, width);
        address += width;
    }
}

Fault const gp0 = fault(vector::gp, 0);

} // namespace

TEST_CASE("in real mode RETF and IRET pop words, or doublewords with the prefix")
{
    Bench bench(CpuMode::real);
    put_frame(bench, {0x5678, 0x1234}, 2);
    bench.done(retf);
    CHECK(bench.state.rip == 0x5678);
    CHECK(bench.state[cs].base == 0x12340);
    CHECK(bench.state.gpr[rsp] == stack_top + 4);

    Bench wide(CpuMode::real);
    put_frame(wide, {0x5678, 0x1234, 0x202 | rflags::id}, 4);
    wide.done(iret_other);
    CHECK(wide.state.rip == 0x5678);
    CHECK(wide.state.gpr[rsp] == stack_top + 12);
    CHECK(wide.state.rflags == (0x202 | rflags::id));
}

TEST_CASE("IRET in real mode takes all the flags, a 16-bit one only the lower half")
{
    Bench bench(CpuMode::real);
    bench.state.rflags = 0x2 | rflags::id;
    put_frame(bench, {0x5678, 0x1234, 0xffff}, 2);
    bench.done(iret);
    CHECK(bench.state.rflags == (0x7fd7 | rflags::id));
}

TEST_CASE("in real mode a return beyond 64 KiB raises #GP(0)")
{
    Bench bench(CpuMode::real);
    put_frame(bench, {0x10000, 0x1234, 0x2}, 4);
    CHECK(bench.fault_of(iret_other) == gp0);
    CHECK(bench.fault_of({0x66, 0xcb}) == gp0);
}

TEST_CASE("RETF n drops its arguments")
{
    Bench bench(CpuMode::protected32);
    put_frame(bench, {0x1000, kernel_code32}, 4);
    bench.done(retf_8);
    CHECK(bench.state.rip == 0x1000);
    CHECK(bench.state.gpr[rsp] == stack_top + 8 + 8);
}

TEST_CASE("in 32-bit code IRET to the same level leaves SS and ESP where they are")
{
    Bench bench(CpuMode::protected32);
    Segment const stack = bench.state[ss];
    put_frame(bench, {0x1000, kernel_code32, 0x202}, 4);
    bench.done(iret);
    CHECK(bench.state.rip == 0x1000);
    CHECK(bench.state.rflags == 0x202);
    CHECK(bench.state.gpr[rsp] == stack_top + 12);
    CHECK(bench.state[ss] == stack);
}

TEST_CASE("in 32-bit code IRET to an outer level pops ESP and SS too")
{
    Bench bench(CpuMode::protected32);
    put_frame(bench, {0x1000, user_code32, 0x202, 0x5000, user_data}, 4);
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
    put_frame(bench, {0x1000, user_code32, 0xa, 0xb, 0x5000, user_data}, 4);
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
    put_frame(bench, {0x1000, user_code32, 0x202, 0x5000, user_data}, 4);
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
    put_frame(bench, {0x1000, kernel_code64, 0x202, 0x5001, kernel_data}, 8);
    bench.done(iretq);
    CHECK(bench.state.rip == 0x1000);
    CHECK(bench.state.gpr[rsp] == 0x5001);
    CHECK(bench.state[ss].selector == kernel_data);
    CHECK(bench.state.cpl() == 0);
}

TEST_CASE("IRETQ leads to 64-bit user code and to compatibility mode")
{
    Bench bench(CpuMode::long64);
    put_frame(bench, {0x1000, user_code64, 0x202, 0x5000, user_data}, 8);
    bench.done(iretq);
    CHECK(bench.state.mode() == CpuMode::long64);
    CHECK(bench.state.cpl() == 3);

    Bench narrow(CpuMode::long64);
    put_frame(narrow, {0x1000, user_code32, 0x202, 0xffff'0000'5000, user_data}, 8);
    narrow.done(iretq);
    CHECK(narrow.state.mode() == CpuMode::compatibility);
    CHECK(narrow.state.gpr[rsp] == 0x5000);
}

TEST_CASE("in 64-bit code an IRET without REX.W pops doublewords")
{
    Bench bench(CpuMode::long64);
    put_frame(bench, {0x1000, kernel_code64, 0x202, 0x5000, kernel_data}, 4);
    bench.done(iret);
    CHECK(bench.state.rip == 0x1000);
    CHECK(bench.state.gpr[rsp] == 0x5000);
}

TEST_CASE("a return to a 16-bit stack loads SP only: the inner ESP shows above it")
{
    Bench bench(CpuMode::protected32);
    bench.descriptor(user_data, 0x0000f2000000ffff);
    bench.state.gpr[rsp] = stack_top;
    put_frame(bench, {0x1000, user_code32, 0x202, 0x12345678, user_data}, 4);
    bench.done(iret);
    CHECK(bench.state.gpr[rsp] == 0x5678);
    Bench high(CpuMode::protected32);
    high.descriptor(user_data, 0x0000f2000000ffff);
    high.state.gpr[rsp] = 0x30000;
    for (unsigned index = 0; index < 5; ++index)
        high.put(0x30000 + index * 4U,
                 std::vector<std::uint64_t>{0x1000, user_code32, 0x202, 0x5678, user_data}[index],
                 4);
    high.done(iret);
    CHECK(high.state.gpr[rsp] == 0x35678);
}

TEST_CASE("in 64-bit code RETF pops CS and RIP, and more only to an outer level")
{
    Bench bench(CpuMode::long64);
    put_frame(bench, {0x1000, kernel_code64}, 8);
    bench.done(retfq);
    CHECK(bench.state.gpr[rsp] == stack_top + 16);
    put_frame(bench, {0x2000, user_code64, 0x5000, user_data}, 8);
    bench.state.gpr[rsp] = stack_top;
    bench.done(retfq);
    CHECK(bench.state.cpl() == 3);
    CHECK(bench.state.gpr[rsp] == 0x5000);
}

TEST_CASE("IRETQ to 64-bit code below CPL 3 accepts a null SS whose RPL is the level")
{
    Bench bench(CpuMode::long64);
    put_frame(bench, {0x1000, kernel_code64, 0x202, 0x5000, 0}, 8);
    bench.done(iretq);
    CHECK(bench.state[ss] == Segment{});
    bench.state.gpr[rsp] = stack_top;
    put_frame(bench, {0x1000, user_code64, 0x202, 0x5000, 3}, 8);
    CHECK(bench.fault_of(iretq) == gp0);
    put_frame(bench, {0x1000, kernel_code32, 0x202, 0x5000, 0}, 8);
    CHECK(bench.fault_of(iretq) == gp0);
}

TEST_CASE("a return is refused by the code segment: null, inwards, type, privilege, presence")
{
    struct Case {
        std::uint16_t selector;
        Fault expected;
    };
    for (Bytes const& bytes : {iret, retf}) {
        for (Case const& item : {Case{0, gp0}, Case{outside_gdt, fault(vector::gp, outside_gdt)},
                                 Case{kernel_data, fault(vector::gp, kernel_data)},
                                 Case{kernel_code32 | 3, fault(vector::gp, kernel_code32)},
                                 Case{user_code32 & ~3, fault(vector::gp, user_code32 & ~3)},
                                 Case{absent_code, fault(vector::np, absent_code)}}) {
            INFO("selector " << item.selector);
            Bench bench(CpuMode::protected32);
            put_frame(bench, {0x1000, item.selector, 0x202, 0x5000, user_data}, 4);
            CHECK(bench.fault_of(bytes) == item.expected);
        }
        Bench user(CpuMode::protected32, 3);
        put_frame(user, {0x1000, kernel_code32, 0x202}, 4);
        CHECK(user.fault_of(bytes) == fault(vector::gp, kernel_code32));
    }
}

TEST_CASE("a return outwards is refused by the stack segment: null, type, privilege, presence")
{
    struct Case {
        std::uint16_t selector;
        Fault expected;
    };
    for (Case const& item : {Case{0, gp0}, Case{outside_gdt, fault(vector::gp, outside_gdt)},
                             Case{kernel_data, fault(vector::gp, kernel_data)},
                             Case{user_data & ~3, fault(vector::gp, user_data & ~3)},
                             Case{user_code32, fault(vector::gp, user_code32 & ~3)}}) {
        INFO("selector " << item.selector);
        Bench bench(CpuMode::protected32);
        put_frame(bench, {0x1000, user_code32, 0x202, 0x5000, item.selector}, 4);
        CHECK(bench.fault_of(iret) == item.expected);
        CHECK_FALSE(bench.accessed(user_code32));
    }
    Bench absent(CpuMode::protected32);
    absent.descriptor(user_data, 0x00cf72000000ffff);
    put_frame(absent, {0x1000, user_code32, 0x202, 0x5000, user_data}, 4);
    CHECK(absent.fault_of(iret) == fault(vector::ss, user_data & ~3));
}

TEST_CASE("a return beyond the limit, or to a non-canonical RIP, raises #GP(0)")
{
    Bench narrow(CpuMode::protected32);
    narrow.descriptor(kernel_code32, 0x00409a0000000fff);
    put_frame(narrow, {0x1000, kernel_code32, 0x202}, 4);
    CHECK(narrow.fault_of(iret) == gp0);
    Bench wide(CpuMode::long64);
    put_frame(wide, {0x8000'0000'0000, kernel_code64, 0x202, 0x5000, kernel_data}, 8);
    CHECK(wide.fault_of(iretq) == gp0);
}

TEST_CASE("a frame outside the stack segment raises #SS(0)")
{
    Bench bench(CpuMode::protected32);
    bench.state[ss].limit = stack_top + 7;
    CHECK(bench.fault_of(iret) == fault(vector::ss, 0));
    Bench wide(CpuMode::long64);
    wide.state.gpr[rsp] = 0x7fff'ffff'fff8;
    wide.page(0, 7);
    wide.state.gpr[rsp] = 0x8000'0000'0000;
    CHECK(wide.fault_of(iretq) == fault(vector::ss, 0));
}

TEST_CASE("IRET changes IOPL at CPL 0 only, and IF only within IOPL")
{
    Bench kernel(CpuMode::protected32);
    put_frame(kernel, {0x1000, kernel_code32, 0x3202}, 4);
    kernel.done(iret);
    CHECK(kernel.state.rflags == 0x3202);

    Bench user(CpuMode::protected32, 3);
    user.state.rflags = 0x2;
    put_frame(user, {0x1000, user_code32, 0x3203}, 4);
    user.done(iret);
    CHECK(user.state.rflags == 0x3);
    CHECK(user.state.cpl() == 3);
}

TEST_CASE("the flags are taken at the privilege of the IRET, not of where it leads")
{
    Bench bench(CpuMode::long64);
    put_frame(bench, {0x1000, user_code64, 0x3202, 0x5000, user_data}, 8);
    bench.done(iretq);
    CHECK(bench.state.rflags == 0x3202);
}

TEST_CASE("a 16-bit IRET leaves RF, AC and ID alone; a wider one loads them")
{
    Bench bench(CpuMode::protected32);
    bench.state.rflags = 0x2 | rflags::ac;
    put_frame(bench, {0x1000, kernel_code32, 0x2}, 2);
    bench.done(iret_other);
    CHECK(bench.state.rflags == (0x2 | rflags::ac));
    bench.state.gpr[rsp] = stack_top;
    put_frame(bench, {0x1000, kernel_code32, 0x2 | rflags::rf | rflags::id}, 4);
    bench.done(iret);
    CHECK(bench.state.rflags == (0x2 | rflags::rf | rflags::id));
}

TEST_CASE("IRET with NT, and to virtual-8086 mode, is refused: neither is modelled")
{
    Bench bench(CpuMode::protected32);
    put_frame(bench, {0x1000, kernel_code32, 0x2 | rflags::vm}, 4);
    CHECK(bench.fault_of(iret) == gp0);
    put_frame(bench, {0x1000, kernel_code32, 0x2}, 4);
    bench.state.rflags |= rflags::nt;
    CHECK(bench.fault_of(iret) == gp0);
}

TEST_CASE("IRET opens the way for the next NMI")
{
    Bench bench(CpuMode::real);
    bench.state.nmi_blocked = true;
    put_frame(bench, {0x5678, 0, 0x2}, 2);
    bench.done(iret);
    CHECK_FALSE(bench.state.nmi_blocked);
}

TEST_CASE("IRET undoes delivery, in every mode and from every privilege")
{
    struct Case {
        CpuMode mode;
        unsigned cpl;
        std::uint16_t code;
        Bytes back;
    };
    for (Case const& item :
         {Case{CpuMode::real, 0, 0, iret}, Case{CpuMode::protected32, 0, kernel_code32, iret},
          Case{CpuMode::protected32, 3, kernel_code32, iret},
          Case{CpuMode::compatibility, 3, kernel_code64, iretq},
          Case{CpuMode::long64, 0, kernel_code64, iretq},
          Case{CpuMode::long64, 3, kernel_code64, iretq}}) {
        Bench bench(item.mode, item.cpl);
        if (item.mode == CpuMode::real)
            bench.put(0x21 * 4, 0x1234'5678, 4);
        else
            bench.gate(0x21, item.code, system_type::interrupt_gate);
        for (SegmentIndex const index : {es, ds, fs, gs})
            bench.state[index] = Segment{};
        bench.state.rflags = 0x246;
        CpuState const before = bench.state;
        bench.delivered(Source::external, fault(0x21));
        CHECK(bench.state.rip != before.rip);
        bench.done(item.back);
        CHECK(bench.state == before);
    }
}

// What RETF and IRET refuse, and what IRET does to the flags.
#include "tests/x86/bench.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

Bytes const retf = {0xcb}, iret = {0xcf}, iretq = {0x48, 0xcf}, iret_other = {0x66, 0xcf};

Fault const gp0 = fault(vector::gp, 0);

} // namespace

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
            bench.put_frame(stack_top, {0x1000, item.selector, 0x202, 0x5000, user_data}, 4);
            CHECK(bench.fault_of(bytes) == item.expected);
        }
        Bench user(CpuMode::protected32, 3);
        user.put_frame(stack_top, {0x1000, kernel_code32, 0x202}, 4);
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
        bench.put_frame(stack_top, {0x1000, user_code32, 0x202, 0x5000, item.selector}, 4);
        CHECK(bench.fault_of(iret) == item.expected);
        CHECK_FALSE(bench.accessed(user_code32));
    }
    Bench absent(CpuMode::protected32);
    absent.descriptor(user_data, 0x00cf72000000ffff);
    absent.put_frame(stack_top, {0x1000, user_code32, 0x202, 0x5000, user_data}, 4);
    CHECK(absent.fault_of(iret) == fault(vector::ss, user_data & ~3));
}

TEST_CASE("a return beyond the limit, or to a non-canonical RIP, raises #GP(0)")
{
    Bench narrow(CpuMode::protected32);
    narrow.descriptor(kernel_code32, 0x00409a0000000fff);
    narrow.put_frame(stack_top, {0x1000, kernel_code32, 0x202}, 4);
    CHECK(narrow.fault_of(iret) == gp0);
    Bench wide(CpuMode::long64);
    wide.put_frame(stack_top, {0x8000'0000'0000, kernel_code64, 0x202, 0x5000, kernel_data}, 8);
    CHECK(wide.fault_of(iretq) == gp0);
}

TEST_CASE("a frame outside the stack segment raises #SS(0)")
{
    Bench bench(CpuMode::protected32);
    bench.state[ss].limit = stack_top + 7;
    CHECK(bench.fault_of(iret) == fault(vector::ss, 0));
    Bench wide(CpuMode::long64);
    wide.state.gpr[rsp] = 0x8000'0000'0000;
    CHECK(wide.fault_of(iretq) == fault(vector::ss, 0));
}

TEST_CASE("IRET with NT, and to virtual-8086 mode, is refused: neither is modelled")
{
    Bench bench(CpuMode::protected32);
    bench.put_frame(stack_top, {0x1000, kernel_code32, 0x2 | rflags::vm}, 4);
    CHECK(bench.fault_of(iret) == gp0);
    bench.put_frame(stack_top, {0x1000, kernel_code32, 0x2}, 4);
    bench.state.rflags |= rflags::nt;
    CHECK(bench.fault_of(iret) == gp0);
}

TEST_CASE("IRET in real mode takes all the flags, a 16-bit one only the lower half")
{
    Bench bench(CpuMode::real);
    bench.state.rflags = 0x2 | rflags::id;
    bench.put_frame(stack_top, {0x5678, 0x1234, 0xffff}, 2);
    bench.done(iret);
    CHECK(bench.state.rflags == (0x7fd7 | rflags::id));
}

TEST_CASE("IRET changes IOPL at CPL 0 only, and IF only within IOPL")
{
    Bench kernel(CpuMode::protected32);
    kernel.put_frame(stack_top, {0x1000, kernel_code32, 0x3202}, 4);
    kernel.done(iret);
    CHECK(kernel.state.rflags == 0x3202);

    Bench user(CpuMode::protected32, 3);
    user.state.rflags = 0x2;
    user.put_frame(stack_top, {0x1000, user_code32, 0x3203}, 4);
    user.done(iret);
    CHECK(user.state.rflags == 0x3);
    CHECK(user.state.cpl() == 3);
}

TEST_CASE("the flags are taken at the privilege of the IRET, not of where it leads")
{
    Bench bench(CpuMode::long64);
    bench.put_frame(stack_top, {0x1000, user_code64, 0x3202, 0x5000, user_data}, 8);
    bench.done(iretq);
    CHECK(bench.state.rflags == 0x3202);
}

TEST_CASE("a 16-bit IRET leaves RF, AC and ID alone; a wider one loads them")
{
    Bench bench(CpuMode::protected32);
    bench.state.rflags = 0x2 | rflags::ac;
    bench.put_frame(stack_top, {0x1000, kernel_code32, 0x2}, 2);
    bench.done(iret_other);
    CHECK(bench.state.rflags == (0x2 | rflags::ac));
    bench.state.gpr[rsp] = stack_top;
    bench.put_frame(stack_top, {0x1000, kernel_code32, 0x2 | rflags::rf | rflags::id}, 4);
    bench.done(iret);
    CHECK(bench.state.rflags == (0x2 | rflags::rf | rflags::id));
}

TEST_CASE("IRET opens the way for the next NMI")
{
    Bench bench(CpuMode::real);
    bench.state.nmi_blocked = true;
    bench.put_frame(stack_top, {0x5678, 0, 0x2}, 2);
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

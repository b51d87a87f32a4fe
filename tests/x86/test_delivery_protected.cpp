// Delivery in 32-bit protected mode: gates of both sizes, privilege changes through the TSS, and
// what each check raises.
#include "engine/x86/delivery.hpp"

#include "tests/x86/bench.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

using namespace system_type;

constexpr std::uint8_t any = 0x40;
constexpr std::uint16_t any_gate = any * 8 + 2; ///< error code that names it: index, IDT bit

struct Protected : Bench {
    explicit Protected(unsigned cpl = 0) : Bench(CpuMode::protected32, cpl)
    {
        state.rip = 0x7c05;
        state.rflags = 0x202;
        gate(any, kernel_code32, interrupt_gate, 3);
        gate(vector::gp, kernel_code32, interrupt_gate);
        gate(vector::np, kernel_code32, interrupt_gate);
        gate(vector::ts, kernel_code32, interrupt_gate);
        gate(vector::ss, kernel_code32, interrupt_gate);
    }
    /// The fault that keeps the vector from being delivered.
    Fault refused(Source source)
    {
        Delivery const delivery = deliver(source, fault(any), 2);
        REQUIRE(delivery.attempts.size() >= 2);
        CHECK_FALSE(delivery.attempts[0].delivered);
        return delivery.attempts[1].what;
    }
};

std::uint64_t with_type(unsigned type)
{
    return (handler & 0xffff) | std::uint64_t{kernel_code32} << 16 | std::uint64_t{type} << 40 |
           1ULL << 47;
}

} // namespace

TEST_CASE("at the same privilege a 32-bit gate pushes EFLAGS, CS and EIP")
{
    Protected bench;
    bench.delivered(Source::external, fault(any));
    CHECK(bench.state.rip == handler);
    CHECK(bench.state.gpr[rsp] == stack_top - 12);
    CHECK(bench.values(stack_top - 12, 4, 3) ==
          std::vector<std::uint64_t>{0x7c05, kernel_code32, 0x202});
    CHECK(bench.accessed(kernel_code32));
}

TEST_CASE("an error code is pushed last, as four bytes")
{
    Protected bench;
    bench.delivered(Source::exception, fault(vector::gp, 0x1234));
    CHECK(bench.values(stack_top - 16, 4, 2) == std::vector<std::uint64_t>{0x1234, 0x7c05});
}

TEST_CASE("an inner level gets its stack from the TSS, with SS and ESP of the outer one on top")
{
    Protected bench(3);
    bench.delivered(Source::external, fault(any));
    CHECK(bench.state.cpl() == 0);
    CHECK(bench.state[cs].selector == kernel_code32);
    CHECK(bench.state[ss].selector == kernel_data);
    CHECK(bench.state.gpr[rsp] == rsp0 - 20);
    CHECK(bench.values(rsp0 - 20, 4, 5) ==
          std::vector<std::uint64_t>{0x7c05, user_code32, 0x202, stack_top, user_data});
}

TEST_CASE("an inner level leaves the data segments alone")
{
    Protected bench(3);
    Segment const data = bench.state[ds];
    bench.delivered(Source::external, fault(any));
    CHECK(bench.state[ds] == data);
}

TEST_CASE("a 16-bit gate pushes words and uses 16 bits of the offset")
{
    Protected bench(3);
    bench.gate(any, kernel_code32, interrupt_gate16, 3);
    bench.put(idt_at + any * 8 + 6, 0x5555, 2); // the upper half of the offset: not looked at
    bench.delivered(Source::external, fault(any));
    CHECK(bench.state.rip == (handler & 0xffff));
    CHECK(bench.values(rsp0 - 10, 2, 5) ==
          std::vector<std::uint64_t>{0x7c05, user_code32, 0x202, stack_top, user_data});
}

TEST_CASE("the stack of an inner level may come from a 16-bit TSS")
{
    Protected bench(3);
    bench.state.tr.attributes = 0x83;
    bench.put(tss_at + 2, 0x6800, 2);
    bench.put(tss_at + 4, kernel_data, 2);
    bench.delivered(Source::external, fault(any));
    CHECK(bench.state.gpr[rsp] == 0x6800 - 20);
}

TEST_CASE("an interrupt gate clears IF, a trap gate keeps it; both clear TF, NT, RF and VM")
{
    Protected bench;
    std::uint64_t const cleared = rflags::tf | rflags::nt | rflags::rf;
    bench.state.rflags = 0x202 | cleared | rflags::ac | rflags::cf;
    bench.delivered(Source::external, fault(any));
    CHECK(bench.state.rflags == (0x2 | rflags::ac | rflags::cf));

    Protected trap;
    trap.gate(any, kernel_code32, trap_gate);
    trap.state.rflags = 0x202 | cleared;
    trap.delivered(Source::external, fault(any));
    CHECK(trap.state.rflags == 0x202);
}

TEST_CASE("faults push RF set; traps, INT n and external interrupts push it as it is")
{
    std::uint64_t const flags_at = stack_top - 4;
    Protected bench;
    bench.gate(vector::ud, kernel_code32, interrupt_gate);
    bench.delivered(Source::exception, fault(vector::ud));
    CHECK((bench.get(flags_at, 4) & rflags::rf) != 0);

    Protected trap;
    trap.gate(vector::db, kernel_code32, interrupt_gate);
    trap.delivered(Source::exception, fault(vector::db));
    CHECK((trap.get(flags_at, 4) & rflags::rf) == 0);

    Protected software;
    software.delivered(Source::software_interrupt, fault(any), 2);
    CHECK((software.get(flags_at, 4) & rflags::rf) == 0);

    Protected external;
    external.state.rflags |= rflags::rf; // between two iterations of a REP
    external.delivered(Source::external, fault(any));
    CHECK((external.get(flags_at, 4) & rflags::rf) != 0);
}

TEST_CASE("conforming handlers run at the privilege of the interrupted code, on its stack")
{
    Protected bench(3);
    bench.gate(any, conforming_code, interrupt_gate, 3);
    bench.delivered(Source::external, fault(any));
    CHECK(bench.state.cpl() == 3);
    CHECK(bench.state[cs].selector == (conforming_code | 3));
    CHECK(bench.state.gpr[rsp] == stack_top - 12);
}

TEST_CASE("a vector outside the IDT raises #GP that names it; EXT tells INT n from the rest")
{
    Protected software;
    software.state.idtr.limit = any * 8 + 6;
    CHECK(software.refused(Source::software_interrupt) == fault(vector::gp, any_gate));
    Protected external;
    external.state.idtr.limit = any * 8 + 6;
    CHECK(external.refused(Source::external) == fault(vector::gp, any_gate | 1));
    Protected exception;
    exception.state.idtr.limit = any * 8 + 6;
    CHECK(exception.refused(Source::exception) == fault(vector::gp, any_gate | 1));
}

TEST_CASE("a descriptor that is no interrupt or trap gate raises #GP")
{
    for (unsigned const type : {0U, ldt, tss_available, call_gate, task_gate, 0x1eU}) {
        Protected bench;
        bench.put(idt_at + any * 8, with_type(type));
        CHECK(bench.refused(Source::external) == fault(vector::gp, any_gate | 1));
    }
}

TEST_CASE("INT n needs a gate whose DPL allows the CPL; exceptions and interrupts do not")
{
    Protected software(3);
    software.gate(any, kernel_code32, interrupt_gate, 2);
    CHECK(software.refused(Source::software_interrupt) == fault(vector::gp, any_gate));
    Protected external(3);
    external.gate(any, kernel_code32, interrupt_gate, 0);
    external.delivered(Source::external, fault(any));
    Protected exception(3);
    exception.gate(any, kernel_code32, interrupt_gate, 0);
    exception.delivered(Source::exception, fault(any));
}

TEST_CASE("a gate that is not present raises #NP, after its DPL was checked")
{
    constexpr std::uint64_t present = 1ULL << 47;
    Protected bench;
    bench.put(idt_at + any * 8, with_type(interrupt_gate) & ~present);
    CHECK(bench.refused(Source::software_interrupt) == fault(vector::np, any_gate));
    Protected user(3);
    user.put(idt_at + any * 8, with_type(interrupt_gate) & ~present);
    CHECK(user.refused(Source::software_interrupt) == fault(vector::gp, any_gate));
}

TEST_CASE("INT n whose gate faults pushes the address of the INT, others push what they had")
{
    Protected bench;
    bench.state.idtr.limit = any * 8 + 6;
    bench.deliver(Source::software_interrupt, fault(any), 2);
    CHECK(bench.get(stack_top - 12, 4) == 0x7c03);
    Protected external;
    external.state.idtr.limit = any * 8 + 6;
    external.deliver(Source::external, fault(any));
    CHECK(external.get(stack_top - 12, 4) == 0x7c05);
}

TEST_CASE("the code segment of a gate is checked: null, outside, not code, outer, not present")
{
    struct Case {
        std::uint16_t selector;
        Fault expected;
    };
    for (Case const& item :
         {Case{0, fault(vector::gp, 0)}, Case{outside_gdt, fault(vector::gp, outside_gdt)},
          Case{kernel_data, fault(vector::gp, kernel_data)}, Case{task, fault(vector::gp, task)},
          Case{user_code32, fault(vector::gp, user_code32 & ~3)},
          Case{absent_code, fault(vector::np, absent_code)}}) {
        INFO("selector " << item.selector);
        Protected bench;
        bench.gate(any, item.selector, interrupt_gate);
        CHECK(bench.refused(Source::software_interrupt) == item.expected);
    }
}

TEST_CASE("an offset beyond the limit of the handler's segment raises #GP(0)")
{
    Protected bench;
    bench.descriptor(kernel_code32, 0x00409a0000000fff); // limit FFFh
    CHECK(bench.refused(Source::software_interrupt) == fault(vector::gp, 0));
}

TEST_CASE("a TSS without the stack pointer raises #TS with TR's selector")
{
    Protected bench(3);
    bench.state.tr.limit = 8;
    CHECK(bench.refused(Source::software_interrupt) == fault(vector::ts, task));
}

TEST_CASE("the stack segment of a TSS is checked: #TS, and #SS when it is not present")
{
    struct Case {
        std::uint16_t selector;
        Fault expected;
    };
    for (Case const& item :
         {Case{0, fault(vector::ts, 0)}, Case{outside_gdt, fault(vector::ts, outside_gdt)},
          Case{user_data, fault(vector::ts, user_data & ~3)},
          Case{kernel_data | 1, fault(vector::ts, kernel_data)},
          Case{read_only_data, fault(vector::ts, read_only_data)},
          Case{kernel_code32, fault(vector::ts, kernel_code32)},
          Case{absent_data, fault(vector::ss, absent_data)}}) {
        INFO("selector " << item.selector);
        Protected bench(3);
        bench.put(tss_at + 8, item.selector, 2);
        // The faults themselves need a stack too: let them run at CPL 3.
        for (std::uint8_t const nested : {vector::ts, vector::ss})
            bench.gate(nested, conforming_code, interrupt_gate);
        CHECK(bench.refused(Source::software_interrupt) == item.expected);
        CHECK(bench.state.cpl() == 3);
    }
}

TEST_CASE("no room on an inner stack raises #SS with its selector, on the current one #SS(0)")
{
    Protected inner(3);
    inner.descriptor(kernel_data, 0x00409200000007ff); // limit 7FFh, below ESP0
    inner.gate(vector::ss, conforming_code, interrupt_gate);
    CHECK(inner.refused(Source::software_interrupt) == fault(vector::ss, kernel_data));
    Protected same;
    same.state[ss].limit = stack_top - 9; // room for EFLAGS and CS only
    CHECK(same.refused(Source::external) == fault(vector::ss, 1));
}

TEST_CASE("#DB clears DR7.GD")
{
    Protected bench;
    bench.gate(vector::db, kernel_code32, interrupt_gate);
    bench.state.dr[7] = 0x2400;
    bench.delivered(Source::exception, fault(vector::db));
    CHECK(bench.state.dr[7] == 0x400);
}

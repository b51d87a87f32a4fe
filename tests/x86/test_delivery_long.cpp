// Delivery in long mode: 16-byte gates, aligned stacks, IST, null SS.
#include "engine/x86/delivery.hpp"

#include "tests/x86/bench.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

using namespace system_type;

constexpr std::uint8_t any = 0x40;
constexpr std::uint16_t any_gate = any * 8 + 2;

struct LongMode : Bench {
    explicit LongMode(unsigned cpl = 0, CpuMode mode = CpuMode::long64) : Bench(mode, cpl)
    {
        state.rip = 0x7c05;
        state.rflags = 0x202;
        gate(any, kernel_code64, interrupt_gate, 3);
        for (std::uint8_t const nested : {vector::ts, vector::np, vector::ss, vector::gp})
            gate(nested, kernel_code64, interrupt_gate, 0, 1); // on IST1
    }
    Fault refused(Source source)
    {
        Delivery const delivery = deliver(source, fault(any), 2);
        REQUIRE(delivery.attempts.size() >= 2);
        return delivery.attempts[1].what;
    }
};

} // namespace

TEST_CASE("64-bit code always gets SS and RSP in its frame, at the same privilege too")
{
    LongMode bench;
    bench.delivered(Source::external, fault(any));
    CHECK(bench.state.rip == handler);
    CHECK(bench.state.gpr[rsp] == stack_top - 40);
    CHECK(bench.values(stack_top - 40, 8, 5) ==
          std::vector<std::uint64_t>{0x7c05, kernel_code64, 0x202, stack_top, kernel_data});
    CHECK(bench.state[ss].selector == kernel_data); // unchanged
}

TEST_CASE("the stack is aligned to 16 bytes before the frame; the frame holds the old RSP")
{
    LongMode bench;
    bench.state.gpr[rsp] = 0x8007;
    bench.delivered(Source::external, fault(any));
    CHECK(bench.state.gpr[rsp] == 0x8000 - 40);
    CHECK(bench.get(0x8000 - 16) == 0x8007);
}

TEST_CASE("an error code takes eight bytes, so the stack is then aligned again")
{
    LongMode bench;
    bench.gate(vector::gp, kernel_code64, interrupt_gate);
    bench.delivered(Source::exception, fault(vector::gp, 0x18));
    CHECK(bench.state.gpr[rsp] == stack_top - 48);
    CHECK(bench.get(stack_top - 48) == 0x18);
}

TEST_CASE("an inner level runs on RSP0 with a null SS")
{
    LongMode bench(3);
    bench.delivered(Source::external, fault(any));
    CHECK(bench.state.cpl() == 0);
    CHECK(bench.state[ss] == Segment{});
    CHECK(bench.state.gpr[rsp] == rsp0 - 40);
    CHECK(bench.values(rsp0 - 40, 8, 5) ==
          std::vector<std::uint64_t>{0x7c05, user_code64, 0x202, stack_top, user_data});
}

TEST_CASE("a level above 0 has its own RSP, and its null SS names the level")
{
    LongMode bench(3);
    bench.descriptor(kernel_code64, 0x00afba000000ffff); // DPL 1
    bench.put(tss_at + 4 + 8, 0x6800);
    bench.delivered(Source::external, fault(any));
    CHECK(bench.state.cpl() == 1);
    CHECK(bench.state[cs].selector == (kernel_code64 | 1));
    CHECK(bench.state[ss].selector == 1);
    CHECK(bench.state.gpr[rsp] == 0x6800 - 40);
}

TEST_CASE("a gate with an IST entry takes that stack, at every privilege")
{
    for (unsigned const cpl : {0U, 3U}) {
        LongMode bench(cpl);
        bench.gate(any, kernel_code64, interrupt_gate, 3, 1);
        bench.delivered(Source::external, fault(any));
        CHECK(bench.state.gpr[rsp] == ist1 - 40);
        CHECK(bench.get(ist1 - 16) == stack_top);
    }
}

TEST_CASE("the seventh IST entry is the last of the TSS")
{
    LongMode bench;
    bench.put(tss_at + 36 + 6 * 8, 0x6400);
    bench.gate(any, kernel_code64, interrupt_gate, 3, 7);
    bench.delivered(Source::external, fault(any));
    CHECK(bench.state.gpr[rsp] == 0x6400 - 40);
}

TEST_CASE("compatibility mode is left for a 64-bit handler and comes back by its frame")
{
    LongMode bench(3, CpuMode::compatibility);
    bench.delivered(Source::external, fault(any));
    CHECK(bench.state.mode() == CpuMode::long64);
    CHECK(bench.get(rsp0 - 32) == user_code32);
}

TEST_CASE("a handler may lie anywhere in the canonical space")
{
    LongMode bench;
    bench.put(idt_at + any * 16 + 8, 0xffffffff);
    bench.delivered(Source::external, fault(any));
    CHECK(bench.state.rip == (0xffffffff00000000 | handler));
}

TEST_CASE("a non-canonical handler raises #GP(0)")
{
    LongMode bench;
    bench.put(idt_at + any * 16 + 8, 0x00008000);
    CHECK(bench.refused(Source::software_interrupt) == fault(vector::gp, 0));
}

TEST_CASE("a non-canonical stack raises #SS(0), with EXT from outside")
{
    LongMode bench;
    bench.state.gpr[rsp] = 0x8000'0000'0000'0000;
    CHECK(bench.refused(Source::software_interrupt) == fault(vector::ss, 0));
    LongMode external(3);
    external.put(tss_at + 4, 0x8000'0000'0000'0000);
    CHECK(external.refused(Source::external) == fault(vector::ss, 1));
}

TEST_CASE("a gate must lead to 64-bit code")
{
    LongMode bench;
    bench.gate(any, kernel_code32, interrupt_gate);
    CHECK(bench.refused(Source::software_interrupt) == fault(vector::gp, kernel_code32));
    LongMode both;
    both.descriptor(kernel_code64, 0x00ef9a000000ffff); // L and D
    both.gate(any, kernel_code64, interrupt_gate);
    Delivery const delivery = both.deliver(Source::software_interrupt, fault(any));
    CHECK(delivery.attempts[1].what == fault(vector::gp, kernel_code64));
}

TEST_CASE("16-bit gates do not exist in long mode")
{
    LongMode bench;
    bench.gate(any, kernel_code64, interrupt_gate16);
    CHECK(bench.refused(Source::software_interrupt) == fault(vector::gp, any_gate));
}

TEST_CASE("an IDT entry of long mode counts 16 bytes")
{
    LongMode bench;
    bench.state.idtr.limit = any * 16 + 14;
    CHECK(bench.refused(Source::software_interrupt) == fault(vector::gp, any_gate));
    LongMode whole;
    whole.state.idtr.limit = any * 16 + 15;
    whole.delivered(Source::software_interrupt, fault(any));
}

TEST_CASE("a TSS too short for RSP0 or the IST entry raises #TS with TR's selector")
{
    LongMode bench(3);
    bench.state.tr.limit = 10;
    Delivery const without_rsp0 = bench.deliver(Source::software_interrupt, fault(any));
    CHECK(without_rsp0.attempts[1].what == fault(vector::ts, task));
    LongMode deeper;
    deeper.gate(any, kernel_code64, interrupt_gate, 3, 2);
    deeper.state.tr.limit = 36 + 8 + 6;
    CHECK(deeper.refused(Source::external) == fault(vector::ts, task | 1));
}

TEST_CASE("a page fault loads CR2, and its handler sees it")
{
    LongMode bench;
    bench.gate(vector::pf, kernel_code64, interrupt_gate);
    bench.delivered(Source::exception, page_fault(6, 0x123456789));
    CHECK(bench.state.cr2 == 0x123456789);
    CHECK(bench.get(stack_top - 48) == 6);
}

TEST_CASE("a stack page that is missing for INT n raises #PF at the INT")
{
    LongMode bench(3);
    bench.page(rsp0 - 8, 0);
    bench.gate(vector::pf, kernel_code64, interrupt_gate, 0, 1);
    Delivery const delivery = bench.deliver(Source::software_interrupt, fault(any), 2);
    REQUIRE(delivery.attempts.size() == 2);
    CHECK(delivery.attempts[1].what == page_fault(2, rsp0 - 8));
    CHECK(bench.state.cr2 == rsp0 - 8);
    CHECK(bench.get(ist1 - 40) == 0x7c03);
    CHECK(bench.get(ist1 - 16) == stack_top); // the user's, not the half-switched one
}

// LGDT, LIDT, SGDT, SIDT, LLDT, LTR, SLDT, STR.
#include "tests/x86/bench.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

// All with [rbx], or with AX.
Bytes const sgdt = {0x0f, 0x01, 0x03}, sidt = {0x0f, 0x01, 0x0b}, lgdt = {0x0f, 0x01, 0x13},
            lidt = {0x0f, 0x01, 0x1b};
Bytes const lgdt16 = {0x66, 0x0f, 0x01, 0x13};
Bytes const lldt = {0x0f, 0x00, 0xd0}, ltr = {0x0f, 0x00, 0xd8}, sldt = {0x0f, 0x00, 0xc0},
            str = {0x0f, 0x00, 0xc8}, str_memory = {0x0f, 0x00, 0x0b};

Fault const gp0 = fault(vector::gp, 0);

void point_at_scratch(Bench& bench)
{
    bench.state.gpr[rbx] = scratch;
}

void put_table(Bench& bench, std::uint16_t limit, std::uint64_t base)
{
    point_at_scratch(bench);
    bench.put(scratch, limit, 2);
    bench.put(scratch + 2, base);
}

Fault refused(Bench& bench, Bytes const& bytes, std::uint16_t selector)
{
    bench.state.gpr[rax] = selector;
    return bench.fault_of(bytes);
}

void load(Bench& bench, Bytes const& bytes, std::uint16_t selector)
{
    bench.state.gpr[rax] = selector;
    bench.done(bytes);
}

} // namespace

TEST_CASE("LGDT and LIDT read a limit and a base: 4 bytes of it in 32-bit code, 8 in 64-bit code")
{
    Bench narrow(CpuMode::protected32);
    put_table(narrow, 0x1ff, 0x5566'7788'1122'3344);
    narrow.done(lgdt);
    CHECK(narrow.state.gdtr == DescriptorTable{.base = 0x11223344, .limit = 0x1ff});
    Bench wide(CpuMode::long64);
    put_table(wide, 0xfff, 0xffff'8000'1122'3344);
    wide.done(lidt);
    CHECK(wide.state.idtr == DescriptorTable{.base = 0xffff'8000'1122'3344, .limit = 0xfff});
}

TEST_CASE("with a 16-bit operand size LGDT takes 24 bits of the base, except in 64-bit code")
{
    Bench narrow(CpuMode::protected32);
    put_table(narrow, 0x1ff, 0x11223344);
    narrow.done(lgdt16);
    CHECK(narrow.state.gdtr.base == 0x223344);
    Bench wide(CpuMode::long64);
    put_table(wide, 0x1ff, 0x11223344);
    wide.done(lgdt16);
    CHECK(wide.state.gdtr.base == 0x11223344);
}

TEST_CASE("LGDT refuses a non-canonical base and user mode")
{
    Bench bench(CpuMode::long64);
    put_table(bench, 0xff, 0x8000'0000'0000);
    CHECK(bench.fault_of(lgdt) == gp0);
    CHECK(bench.fault_of(lidt) == gp0);
    Bench user(CpuMode::long64, 3);
    put_table(user, 0xff, 0);
    CHECK(user.fault_of(lgdt) == gp0);
    CHECK(user.fault_of(lidt) == gp0);
}

TEST_CASE("LGDT faults like a load where its operand is not there")
{
    Bench bench(CpuMode::long64);
    put_table(bench, 0xff, 0);
    bench.page(scratch, 0);
    CHECK(bench.fault_of(lgdt) == page_fault(0, scratch));
}

TEST_CASE("SGDT and SIDT store what LGDT and LIDT loaded")
{
    Bench wide(CpuMode::long64);
    point_at_scratch(wide);
    wide.state.idtr = {.base = 0xffff'8000'0000'1000, .limit = 0x123};
    wide.done(sidt);
    CHECK(wide.get(scratch, 2) == 0x123);
    CHECK(wide.get(scratch + 2) == 0xffff'8000'0000'1000);
    Bench narrow(CpuMode::protected32);
    point_at_scratch(narrow);
    narrow.put(scratch + 6, 0x5a5a, 2);
    narrow.done(sgdt);
    CHECK(narrow.get(scratch, 2) == 0xff);
    CHECK(narrow.get(scratch + 2, 4) == gdt_at);
    CHECK(narrow.get(scratch + 6, 2) == 0x5a5a);
}

TEST_CASE("user mode may look at the tables, unless CR4.UMIP forbids it")
{
    Bench bench(CpuMode::long64, 3);
    point_at_scratch(bench);
    for (Bytes const& bytes : {sgdt, sidt, sldt, str})
        bench.done(bytes);
    bench.state.cr4 |= cr4::umip;
    for (Bytes const& bytes : {sgdt, sidt, sldt, str}) {
        point_at_scratch(bench);
        CHECK(bench.fault_of(bytes) == gp0);
    }
}

TEST_CASE("LDTR and TR do not exist in real mode")
{
    Bench bench(CpuMode::real);
    for (Bytes const& bytes : {lldt, ltr, sldt, str})
        CHECK(bench.fault_of(bytes) == fault(vector::ud));
}

TEST_CASE("LLDT loads an LDT descriptor of the GDT, or null")
{
    Bench bench(CpuMode::protected32);
    bench.state.ldtr = Segment{};
    load(bench, lldt, local_table);
    CHECK(bench.state.ldtr ==
          Segment{.selector = local_table, .attributes = 0x82, .limit = 0xf, .base = ldt_at});
    load(bench, lldt, 3);
    CHECK(bench.state.ldtr == Segment{.selector = 3, .attributes = 0, .limit = 0, .base = 0});
}

TEST_CASE("LLDT refuses what is not an LDT, not in the GDT, or not present")
{
    Bench bench(CpuMode::protected32);
    CHECK(refused(bench, lldt, task) == fault(vector::gp, task));
    CHECK(refused(bench, lldt, kernel_data) == fault(vector::gp, kernel_data));
    CHECK(refused(bench, lldt, 0x0c) == fault(vector::gp, 0x0c)); // in the LDT
    CHECK(refused(bench, lldt, outside_gdt) == fault(vector::gp, outside_gdt));
    bench.descriptor(local_table, 0x000002004000000f);
    CHECK(refused(bench, lldt, local_table) == fault(vector::np, local_table));
}

TEST_CASE("LTR loads an available TSS and marks it busy, in the register and in the table")
{
    for (CpuMode const mode : {CpuMode::protected32, CpuMode::long64}) {
        Bench bench(mode);
        bench.state.tr = Segment{};
        load(bench, ltr, task);
        CHECK(bench.state.tr ==
              Segment{.selector = task, .attributes = 0x8b, .limit = 0x67, .base = tss_at});
        CHECK(bench.descriptor(task) == 0x00008b0030000067);
    }
}

TEST_CASE("in long mode LDTR and TR have 64-bit bases, which must be canonical")
{
    Bench bench(CpuMode::long64);
    bench.put(gdt_at + task + 8, 0xffff8000);
    load(bench, ltr, task);
    CHECK(bench.state.tr.base == 0xffff800000003000);
    bench.put(gdt_at + local_table + 8, 0x8000);
    CHECK(refused(bench, lldt, local_table) == fault(vector::gp, local_table));
}

TEST_CASE("LTR refuses null, a busy TSS, other types, the LDT, and what is not present")
{
    Bench bench(CpuMode::protected32);
    CHECK(refused(bench, ltr, 0) == gp0);
    CHECK(refused(bench, ltr, busy_task) == fault(vector::gp, busy_task));
    CHECK(refused(bench, ltr, local_table) == fault(vector::gp, local_table));
    CHECK(refused(bench, ltr, 0x0c) == fault(vector::gp, 0x0c));
    bench.descriptor(task, 0x0000090030000067);
    CHECK(refused(bench, ltr, task) == fault(vector::np, task));
}

TEST_CASE("a 16-bit TSS can be loaded outside long mode only")
{
    Bench narrow(CpuMode::protected32);
    narrow.descriptor(task, 0x000081003000002b);
    load(narrow, ltr, task);
    CHECK(narrow.state.tr.attributes == 0x83);
    Bench wide(CpuMode::long64);
    wide.descriptor(task, 0x000081003000002b);
    CHECK(refused(wide, ltr, task) == fault(vector::gp, task));
}

TEST_CASE("LLDT and LTR are for CPL 0")
{
    Bench bench(CpuMode::long64, 3);
    CHECK(refused(bench, lldt, local_table) == gp0);
    CHECK(refused(bench, ltr, task) == gp0);
}

TEST_CASE("SLDT and STR store a selector: 16 bits to memory, zero-extended to a register")
{
    Bench bench(CpuMode::long64);
    bench.state.gpr[rax] = ~0ULL;
    bench.done(sldt);
    CHECK(bench.state.gpr[rax] == local_table);
    point_at_scratch(bench);
    bench.put(scratch, ~0ULL);
    bench.done(str_memory);
    CHECK(bench.get(scratch) == (0xffffffffffff0000 | task));
}

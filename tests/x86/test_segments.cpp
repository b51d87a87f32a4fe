// Loading segment registers: what each mode takes, what each check raises.
#include "engine/x86/segments.hpp"

#include "tests/x86/bench.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

Outcome<void> load(Bench& bench, SegmentIndex index, std::uint16_t selector)
{
    LinearMemory linear(bench.memory, bench.state);
    return load_segment(bench.state, linear, index, selector);
}

Fault refused(Bench& bench, SegmentIndex index, std::uint16_t selector)
{
    CpuState const before = bench.state;
    Outcome<void> const outcome = load(bench, index, selector);
    REQUIRE_FALSE(outcome);
    CHECK(bench.state == before);
    return outcome.error();
}

constexpr std::uint64_t accessed = 1ULL << 40;

} // namespace

TEST_CASE("a descriptor is decoded into selector, access rights, limit in bytes and base")
{
    Segment const segment = decode_descriptor(0x12cf9a345678ffff, 0x1b);
    CHECK(segment ==
          Segment{.selector = 0x1b, .attributes = 0xc09a, .limit = 0xffffffff, .base = 0x12345678});
    CHECK(decode_descriptor(0x0040920000001234, 8).limit == 0x1234);
    CHECK(decode_descriptor(0x000f920000001234, 8).limit == 0xf1234);
}

TEST_CASE("encoding a segment gives back its descriptor")
{
    for (std::uint64_t const descriptor :
         {0x00cf9a000000ffffULL, 0x00af9a000000ffffULL, 0x1240923456780fffULL,
          0x0000890030000067ULL, 0xffdff2ffffff1234ULL})
        CHECK(encode_descriptor(decode_descriptor(descriptor, 0)) == descriptor);
}

TEST_CASE("real mode takes every selector: the base is 16 times it, the limit stays")
{
    Bench bench(CpuMode::real);
    bench.state[ds].limit = 0xffffffff; // "unreal" mode
    REQUIRE(load(bench, ds, 0x1234));
    CHECK(bench.state[ds] ==
          Segment{.selector = 0x1234, .attributes = 0x93, .limit = 0xffffffff, .base = 0x12340});
}

TEST_CASE("real mode makes a segment that protected mode left null usable again")
{
    Bench bench(CpuMode::real);
    bench.state[es] = Segment{};
    REQUIRE(load(bench, es, 0x10));
    CHECK(bench.state[es] ==
          Segment{.selector = 0x10, .attributes = 0x93, .limit = 0xffff, .base = 0x100});
}

TEST_CASE("protected mode loads the hidden part from the GDT and marks the descriptor accessed")
{
    Bench bench(CpuMode::protected32);
    REQUIRE(load(bench, ds, based_data));
    CHECK(
        bench.state[ds] ==
        Segment{.selector = based_data, .attributes = 0x4093, .limit = 0xfff, .base = 0x12345678});
    CHECK(bench.descriptor(based_data) == (0x1240923456780fff | accessed));
}

TEST_CASE("a selector with the table bit is looked up in the LDT")
{
    Bench bench(CpuMode::protected32, 3);
    REQUIRE(load(bench, fs, user_data_in_ldt));
    CHECK(bench.state[fs].selector == user_data_in_ldt);
    CHECK(bench.get(ldt_at) == (0x00cff2000000ffff | accessed));
}

TEST_CASE("a selector outside its table raises #GP with the selector, its RPL cut off")
{
    Bench bench(CpuMode::protected32);
    CHECK(refused(bench, ds, outside_gdt | 3) == fault(vector::gp, outside_gdt));
    CHECK(refused(bench, ds, 0x17) == fault(vector::gp, 0x14)); // the LDT has two entries
    bench.state.ldtr = Segment{};
    CHECK(refused(bench, ds, 0x07) == fault(vector::gp, 0x04));
}

TEST_CASE("the last descriptor counts only when it lies in the table as a whole")
{
    Bench bench(CpuMode::protected32);
    bench.state.gdtr.limit = kernel_data + 7;
    CHECK(load(bench, ds, kernel_data));
    bench.state.gdtr.limit = kernel_data + 6;
    CHECK(refused(bench, ds, kernel_data) == fault(vector::gp, kernel_data));
}

TEST_CASE("data segment registers take null, and become unusable")
{
    for (CpuMode const mode : {CpuMode::protected32, CpuMode::compatibility, CpuMode::long64}) {
        Bench bench(mode);
        REQUIRE(load(bench, gs, 3));
        CHECK(bench.state[gs] == Segment{.selector = 3, .attributes = 0, .limit = 0, .base = 0});
    }
}

TEST_CASE("a data segment register refuses system descriptors and code that cannot be read")
{
    Bench bench(CpuMode::protected32);
    CHECK(refused(bench, ds, task) == fault(vector::gp, task));
    CHECK(refused(bench, ds, execute_only) == fault(vector::gp, execute_only));
    CHECK(load(bench, ds, kernel_code32));
    CHECK(load(bench, ds, read_only_data));
}

TEST_CASE("a data segment register asks that neither CPL nor RPL is weaker than the DPL")
{
    Bench user(CpuMode::protected32, 3);
    CHECK(refused(user, es, kernel_data | 3) == fault(vector::gp, kernel_data));
    CHECK(load(user, es, user_data));
    Bench kernel(CpuMode::protected32);
    CHECK(refused(kernel, es, kernel_data | 3) == fault(vector::gp, kernel_data));
    CHECK(load(kernel, es, user_data));
}

TEST_CASE("conforming code may be loaded as data from every privilege")
{
    Bench bench(CpuMode::protected32, 3);
    CHECK(load(bench, ds, conforming_code | 3));
}

TEST_CASE("a data segment that is not present raises #NP, and is not marked accessed")
{
    Bench bench(CpuMode::protected32);
    CHECK(refused(bench, ds, absent_data) == fault(vector::np, absent_data));
    CHECK_FALSE(bench.accessed(absent_data));
}

TEST_CASE("SS takes only writable data of exactly the CPL, named with exactly that RPL")
{
    Bench bench(CpuMode::protected32);
    CHECK(refused(bench, ss, read_only_data) == fault(vector::gp, read_only_data));
    CHECK(refused(bench, ss, kernel_code32) == fault(vector::gp, kernel_code32));
    CHECK(refused(bench, ss, task) == fault(vector::gp, task));
    CHECK(refused(bench, ss, kernel_data | 1) == fault(vector::gp, kernel_data));
    CHECK(refused(bench, ss, user_data) == fault(vector::gp, user_data & ~3));
    CHECK(refused(bench, ss, user_data & ~3) == fault(vector::gp, user_data & ~3));
    CHECK(load(bench, ss, kernel_data));
    CHECK(bench.accessed(kernel_data));
}

TEST_CASE("a stack segment that is not present raises #SS")
{
    Bench bench(CpuMode::protected32);
    CHECK(refused(bench, ss, absent_data) == fault(vector::ss, absent_data));
}

TEST_CASE("SS refuses null, except in 64-bit code below CPL 3 with RPL = CPL")
{
    Bench protected32(CpuMode::protected32);
    CHECK(refused(protected32, ss, 0) == fault(vector::gp, 0));
    Bench compatibility(CpuMode::compatibility);
    CHECK(refused(compatibility, ss, 0) == fault(vector::gp, 0));
    Bench user(CpuMode::long64, 3);
    CHECK(refused(user, ss, 3) == fault(vector::gp, 0));

    Bench kernel(CpuMode::long64);
    CHECK(refused(kernel, ss, 1) == fault(vector::gp, 0));
    REQUIRE(load(kernel, ss, 0));
    CHECK(kernel.state[ss] == Segment{});
    CHECK(kernel.state.cpl() == 0);
}

TEST_CASE("a null SS remembers the CPL")
{
    Bench bench(CpuMode::long64);
    bench.state[ss] = null_stack_segment(2, 2);
    CHECK(bench.state.cpl() == 2);
    CHECK_FALSE(bench.state[ss].present());
}

TEST_CASE("in 64-bit code FS gets the 32-bit base of its descriptor")
{
    Bench bench(CpuMode::long64);
    bench.state[fs].base = 0xffff800000000000;
    REQUIRE(load(bench, fs, based_data));
    CHECK(bench.state[fs].base == 0x12345678);
}

TEST_CASE("a page fault while reading a descriptor is a supervisor's, whatever the CPL")
{
    Bench bench(CpuMode::long64, 3);
    bench.page(gdt_at, 0);
    CHECK(refused(bench, ds, user_data) == page_fault(0, gdt_at + (user_data & ~7)));
}

TEST_CASE("a descriptor in a read-only page faults when it has to be marked accessed")
{
    Bench bench(CpuMode::long64);
    bench.page(gdt_at, 5);
    CHECK(refused(bench, ds, kernel_data) == page_fault(3, gdt_at + kernel_data));
    bench.page(gdt_at, 7);
    bench.descriptor(kernel_data, bench.descriptor(kernel_data) | accessed);
    bench.page(gdt_at, 5);
    CHECK(load(bench, ds, kernel_data));
}

TEST_CASE("in long mode a system descriptor has 16 bytes, and both halves must lie in the table")
{
    Bench bench(CpuMode::long64);
    LinearMemory linear(bench.memory, bench.state);
    bench.put(gdt_at + task + 8, 0xffff8000);
    auto const whole = find_descriptor(bench.state, linear, task);
    REQUIRE(whole);
    REQUIRE(*whole);
    CHECK((*whole)->base == 0xffff800000003000);
    bench.state.gdtr.limit = task + 14;
    auto const cut_off = find_descriptor(bench.state, linear, task);
    REQUIRE(cut_off);
    CHECK_FALSE(*cut_off);
}

TEST_CASE("outside long mode a system descriptor has 8 bytes")
{
    Bench bench(CpuMode::protected32);
    LinearMemory linear(bench.memory, bench.state);
    bench.state.gdtr.limit = task + 7;
    auto const found = find_descriptor(bench.state, linear, task);
    REQUIRE(found);
    REQUIRE(*found);
    CHECK((*found)->base == tss_at);
}

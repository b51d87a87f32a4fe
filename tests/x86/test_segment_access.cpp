// Offsets in segments: bases, limits and types; and the stack with its three widths.
#include "engine/x86/segments.hpp"

#include "tests/x86/bench.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

constexpr std::uint16_t writable = 0x4093, read_only = 0x4091, readable_code = 0x409b,
                        unreadable_code = 0x4099, expand_down32 = 0x4097, expand_down16 = 0x0097;

Segment segment(std::uint16_t attributes, std::uint32_t limit, std::uint64_t base = 0)
{
    return {.selector = 8, .attributes = attributes, .limit = limit, .base = base};
}

bool allows(CpuState const& state, SegmentIndex index, std::uint64_t offset, unsigned width,
            Access access)
{
    return checked_address(state, index, offset, width, access).has_value();
}

Fault refusal(CpuState const& state, SegmentIndex index, std::uint64_t offset, unsigned width)
{
    auto const outcome = checked_address(state, index, offset, width, Access::read);
    REQUIRE_FALSE(outcome);
    return outcome.error();
}

struct Stack : Bench {
    LinearMemory linear{memory, state};

    explicit Stack(CpuMode mode) : Bench(mode) {}
    Outcome<void> push(std::uint64_t value, unsigned width)
    {
        return x86::push(state, linear, value, width, Privilege::supervisor);
    }
    Outcome<std::uint64_t> pop(unsigned width)
    {
        return x86::pop(state, linear, width, Privilege::supervisor);
    }
};

} // namespace

TEST_CASE("a linear address is base plus offset, wrapped to 32 bits outside 64-bit code")
{
    Bench bench(CpuMode::protected32);
    bench.state[ds].base = 0xfffff000;
    CHECK(linear_address(bench.state, ds, 0x2000) == 0x1000);
}

TEST_CASE("in 64-bit code only FS and GS have a base")
{
    Bench bench(CpuMode::long64);
    for (SegmentIndex const index : {es, cs, ss, ds, fs, gs})
        bench.state[index].base = 0x1'0000'0000;
    for (SegmentIndex const index : {es, cs, ss, ds})
        CHECK(linear_address(bench.state, index, 0x10) == 0x10);
    CHECK(linear_address(bench.state, fs, 0x10) == 0x1'0000'0010);
    CHECK(linear_address(bench.state, gs, 0x10) == 0x1'0000'0010);
}

TEST_CASE("an access must end within the limit")
{
    Bench bench(CpuMode::protected32);
    bench.state[ds] = segment(writable, 0xfff);
    CHECK(allows(bench.state, ds, 0xffc, 4, Access::write));
    CHECK_FALSE(allows(bench.state, ds, 0xffd, 4, Access::read));
}

TEST_CASE("in a segment of 4 GiB an access may wrap around")
{
    Bench bench(CpuMode::protected32);
    CHECK(allows(bench.state, ds, 0xfffffffe, 4, Access::read));
}

TEST_CASE("an expand-down segment holds the offsets above its limit")
{
    Bench bench(CpuMode::protected32);
    bench.state[ds] = segment(expand_down32, 0xfff);
    CHECK_FALSE(allows(bench.state, ds, 0xfff, 1, Access::read));
    CHECK(allows(bench.state, ds, 0x1000, 4, Access::read));
    CHECK(allows(bench.state, ds, 0xfffffffc, 4, Access::read));
    bench.state[ds] = segment(expand_down16, 0xfff);
    CHECK(allows(bench.state, ds, 0xfffe, 2, Access::read));
    CHECK_FALSE(allows(bench.state, ds, 0xffff, 2, Access::read));
}

TEST_CASE("the type decides between reading and writing")
{
    Bench bench(CpuMode::protected32);
    bench.state[ds] = segment(read_only, 0xffff);
    CHECK(allows(bench.state, ds, 0, 1, Access::read));
    CHECK_FALSE(allows(bench.state, ds, 0, 1, Access::write));
    bench.state[ds] = segment(readable_code, 0xffff);
    CHECK(allows(bench.state, ds, 0, 1, Access::read));
    CHECK_FALSE(allows(bench.state, ds, 0, 1, Access::write));
    bench.state[ds] = segment(unreadable_code, 0xffff);
    CHECK_FALSE(allows(bench.state, ds, 0, 1, Access::read));
}

TEST_CASE("a null segment, a limit and a type raise #SS(0) through SS and #GP(0) elsewhere")
{
    Bench bench(CpuMode::protected32);
    bench.state[ds] = Segment{};
    CHECK(refusal(bench.state, ds, 0, 1) == fault(vector::gp, 0));
    bench.state[ss].limit = 0xfff;
    CHECK(refusal(bench.state, ss, 0x1000, 1) == fault(vector::ss, 0));
}

TEST_CASE("64-bit code is held to canonical addresses instead of limits")
{
    Bench bench(CpuMode::long64);
    bench.state[ds] = Segment{};
    CHECK(allows(bench.state, ds, 0x7ffffffffff8, 8, Access::write));
    CHECK(refusal(bench.state, ds, 0x7ffffffffff9, 8) == fault(vector::gp, 0));
    CHECK(refusal(bench.state, ss, 0x800000000000, 8) == fault(vector::ss, 0));
}

TEST_CASE("real mode has limits but no types")
{
    Bench bench(CpuMode::real);
    bench.state[ds].attributes = readable_code;
    CHECK(allows(bench.state, ds, 0xfffe, 2, Access::write));
    CHECK(refusal(bench.state, ds, 0xffff, 2) == fault(vector::gp, 0));
}

TEST_CASE("a 16-bit stack moves SP alone and wraps at 64 KiB")
{
    Stack bench(CpuMode::protected16);
    bench.state.gpr[rsp] = 0x12340000;
    REQUIRE(bench.push(0xabcd, 2));
    CHECK(bench.state.gpr[rsp] == 0x1234fffe);
    CHECK(bench.get(0xfffe, 2) == 0xabcd);
    CHECK(*bench.pop(2) == 0xabcd);
    CHECK(bench.state.gpr[rsp] == 0x12340000);
}

TEST_CASE("a 32-bit stack moves ESP and zeroes the upper half of RSP")
{
    Stack bench(CpuMode::protected32);
    bench.state.gpr[rsp] = 0xffffffff00008000;
    REQUIRE(bench.push(0x11223344, 4));
    CHECK(bench.state.gpr[rsp] == 0x7ffc);
    CHECK(bench.get(0x7ffc, 4) == 0x11223344);
}

TEST_CASE("a 64-bit stack moves all of RSP, whatever SS says")
{
    Stack bench(CpuMode::long64);
    bench.state[ss] = Segment{};
    REQUIRE(bench.push(0x1122334455667788, 8));
    CHECK(bench.state.gpr[rsp] == stack_top - 8);
    CHECK(*bench.pop(8) == 0x1122334455667788);
}

TEST_CASE("the width of the stack is that of SS, not of the code")
{
    Stack bench(CpuMode::protected32);
    bench.state[ss].attributes = 0x0093;
    bench.state.gpr[rsp] = 0x50002;
    REQUIRE(bench.push(0x7777, 2));
    CHECK(bench.state.gpr[rsp] == 0x50000);
    CHECK(bench.get(0, 2) == 0x7777);
}

TEST_CASE("a push that faults leaves the stack pointer and memory alone")
{
    Stack bench(CpuMode::long64);
    bench.page(0x7000, 0);
    bench.state.gpr[rsp] = 0x8004; // the push would cross into the absent page
    bench.put(0x8000, 0x5a5a5a5a, 4);
    auto const outcome = bench.push(~0ULL, 8);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == page_fault(2, 0x7ffc));
    CHECK(bench.state.gpr[rsp] == 0x8004);
    CHECK(bench.get(0x8000, 4) == 0x5a5a5a5a);
}

TEST_CASE("RIP has 32 bits outside 64-bit code, in 16-bit code too")
{
    Bench real(CpuMode::real);
    set_rip(real.state, 0x10002);
    CHECK(real.state.rip == 0x10002);
    Bench protected32(CpuMode::protected32);
    set_rip(protected32.state, 0x1'0000'0003);
    CHECK(protected32.state.rip == 3);
    Bench long64(CpuMode::long64);
    set_rip(long64.state, 0xffff'ffff'8000'0004);
    CHECK(long64.state.rip == 0xffff'ffff'8000'0004);
}

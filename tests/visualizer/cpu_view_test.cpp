// Registers as the CPU panel shows them.
#include "tests/catch.hpp"
#include "visualizer/model/cpu_view.hpp"

using namespace ringside;
using namespace ringside::visualizer;
using trace::Register;

namespace {

RegisterState all_known()
{
    RegisterState state;
    state.known = ~std::uint64_t{0};
    return state;
}

void set(RegisterState& state, Register which, std::uint64_t value)
{
    state.values[static_cast<std::size_t>(which)] = value;
}

} // namespace

TEST_CASE("a change tells what the register was before")
{
    RegisterState const before = all_known();
    RegisterState now = before;
    set(now, Register::rax, 0x41);
    std::vector<RegisterChange> const list = changes(before, now);
    REQUIRE(list.size() == 1);
    CHECK(list[0].which == Register::rax);
    CHECK(list[0].before == 0);
    CHECK(list[0].now == 0x41);
    CHECK(list[0].had_value);
}

TEST_CASE("the mode follows from PE, LMA and the code segment")
{
    RegisterState state = all_known();
    CHECK(mode_of(state) == trace::CpuMode::real);
    set(state, Register::cr0, 1);
    CHECK(mode_of(state) == trace::CpuMode::protected16);
    set(state, Register::cs_attributes, 0xc09b);
    CHECK(mode_of(state) == trace::CpuMode::protected32);
    set(state, Register::cr0, 0x80000001);
    set(state, Register::efer, 0x500);
    CHECK(mode_of(state) == trace::CpuMode::compatibility);
    set(state, Register::cs_attributes, 0xa09b);
    CHECK(mode_of(state) == trace::CpuMode::long64);
}

TEST_CASE("paging follows from PG, PAE and LMA")
{
    RegisterState state = all_known();
    CHECK(paging_of(state) == trace::PagingMode::none);
    set(state, Register::cr0, 0x80000001);
    CHECK(paging_of(state) == trace::PagingMode::bits32);
    set(state, Register::cr4, 0x20);
    CHECK(paging_of(state) == trace::PagingMode::pae);
    set(state, Register::efer, 0x500);
    CHECK(paging_of(state) == trace::PagingMode::level4);
}

TEST_CASE("a flag that was set is marked as set and as changed")
{
    RegisterState const before = all_known();
    RegisterState now = before;
    set(now, Register::rflags, 0x240); // ZF and IF
    std::string letters;
    unsigned changed = 0;
    for (NamedBit const& flag : flag_bits(before, now)) {
        letters += flag.set ? static_cast<char>(flag.name[0] - 32) : flag.name[0];
        changed += flag.changed ? 1 : 0;
    }
    CHECK(letters == "cpaZstIdo");
    CHECK(changed == 2);
}

TEST_CASE("a segment's hidden part is told in words")
{
    RegisterState state = all_known();
    set(state, Register::cs_attributes, 0xa09b);
    set(state, Register::ss_attributes, 0xc0f3);
    set(state, Register::ldtr_attributes, 0x10000);
    std::vector<SegmentRow> const rows = segments(state, state);
    CHECK(rows[1].attributes == "code RX 64-bit ring 0");
    CHECK(rows[2].attributes == "data RW 32-bit ring 3");
    CHECK(rows[7].attributes == "unusable");
}

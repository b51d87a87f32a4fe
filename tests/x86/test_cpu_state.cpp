// Which mode the bits mean, and the way to the numbered registers of the stream and back.
#include "engine/x86/cpu_state.hpp"

#include "engine/x86/control_bits.hpp"
#include "tests/catch.hpp"

using namespace ringside;
using namespace ringside::x86;

namespace {

constexpr std::uint16_t code16 = 0x009b, code32 = 0x409b, code64 = 0x209b;

CpuState with_code(std::uint16_t attributes, std::uint64_t cr0, std::uint64_t efer_bits)
{
    CpuState state;
    state[cs].attributes = attributes;
    state.cr0 = cr0;
    state.efer = efer_bits;
    return state;
}

CpuState with_paging(std::uint64_t cr4, std::uint64_t efer_bits)
{
    CpuState state = with_code(code32, cr0::pe | cr0::pg, efer_bits);
    state.cr4 = cr4;
    return state;
}

} // namespace

TEST_CASE("without PE the CPU is in real mode, and runs 16-bit code even where CS.D is left set")
{
    CHECK(with_code(code16, 0, 0).mode() == CpuMode::real);
    CHECK(with_code(code32, 0, 0).mode() == CpuMode::real);
    CHECK(with_code(code32, 0, 0).code_size() == CodeSize::bits16);
}

TEST_CASE("with PE, CS.D tells 16-bit from 32-bit protected mode")
{
    CHECK(with_code(code16, cr0::pe, 0).mode() == CpuMode::protected16);
    CHECK(with_code(code16, cr0::pe, 0).code_size() == CodeSize::bits16);
    CHECK(with_code(code32, cr0::pe, 0).mode() == CpuMode::protected32);
    CHECK(with_code(code32, cr0::pe, 0).code_size() == CodeSize::bits32);
}

TEST_CASE("in long mode CS.L tells 64-bit code from compatibility mode of either size")
{
    std::uint64_t const pe_pg = cr0::pe | cr0::pg;
    std::uint64_t const active = efer::lme | efer::lma;
    CHECK(with_code(code64, pe_pg, active).mode() == CpuMode::long64);
    CHECK(with_code(code64, pe_pg, active).code_size() == CodeSize::bits64);
    CHECK(with_code(code32, pe_pg, active).mode() == CpuMode::compatibility);
    CHECK(with_code(code32, pe_pg, active).code_size() == CodeSize::bits32);
    CHECK(with_code(code16, pe_pg, active).mode() == CpuMode::compatibility);
    CHECK(with_code(code16, pe_pg, active).code_size() == CodeSize::bits16);
}

TEST_CASE("CS.L means nothing until long mode is active")
{
    CHECK(with_code(code64, cr0::pe, efer::lme).mode() == CpuMode::protected16);
}

TEST_CASE("PG, PAE and LMA choose the paging mode")
{
    CHECK(with_code(code32, cr0::pe, 0).paging_mode() == PagingMode::none);
    CHECK(with_paging(0, 0).paging_mode() == PagingMode::bits32);
    CHECK(with_paging(cr4::pse, 0).paging_mode() == PagingMode::bits32);
    CHECK(with_paging(cr4::pae, 0).paging_mode() == PagingMode::pae);
    CHECK(with_paging(cr4::pae, efer::lme | efer::lma).paging_mode() == PagingMode::level4);
}

TEST_CASE("the privilege level is the stack segment's DPL, and 0 in real mode")
{
    CpuState state = with_code(code32, cr0::pe, 0);
    state[ss].attributes = 0x40f3;
    CHECK(state.cpl() == 3);
    state.cr0 = 0;
    CHECK(state.cpl() == 0);
}

TEST_CASE("the linear RIP adds the base of CS and wraps at 4 GiB outside 64-bit code")
{
    CpuState state = with_code(code32, cr0::pe, 0);
    state[cs].base = 0xffff0000;
    state.rip = 0x12345;
    CHECK(state.linear_rip() == 0x2345);
}

TEST_CASE("64-bit code ignores the base of CS")
{
    CpuState state = with_code(code64, cr0::pe | cr0::pg, efer::lme | efer::lma);
    state[cs].base = 0x1000;
    state.rip = 0xffffffff80000000;
    CHECK(state.linear_rip() == 0xffffffff80000000);
}

TEST_CASE("a boot sector starts in real mode at 0000:7c00 with interrupts off")
{
    CpuState const state = real_mode_start(0x7c00);
    CHECK(state.mode() == CpuMode::real);
    CHECK(state.linear_rip() == 0x7c00);
    CHECK_FALSE(state.interrupts_on());
    CHECK(state.paging_mode() == PagingMode::none);
    CHECK(state.rflags == rflags::fixed);
    CHECK(state[cs].is_code());
    for (Segment const& segment : state.segments) {
        CHECK(segment.base == 0);
        CHECK(segment.limit == 0xffff);
        CHECK(segment.present());
    }
    CHECK(state.idtr.limit == 0xffff);
}

TEST_CASE("every number of the register file survives the way into a state and back")
{
    trace::RegisterFile values{};
    for (std::size_t index = 0; index < values.size(); ++index)
        values[index] = 0x10 + index; // small enough for the narrowest field, 16 bits
    CpuState state;
    from_register_file(values, state);
    CHECK(to_register_file(state) == values);
}

TEST_CASE("every register of the file has a place of its own in the state")
{
    for (std::size_t index = 0; index < trace::register_count; ++index) {
        trace::RegisterFile values{};
        values[index] = 0xabc;
        CpuState state;
        from_register_file(values, state);
        trace::RegisterFile const back = to_register_file(state);
        INFO(trace::name_of(static_cast<trace::Register>(index)));
        CHECK(back == values);
    }
}

TEST_CASE("a register file names the registers it says it names")
{
    CpuState state;
    state.gpr[rsp] = 1;
    state.gpr[r15] = 2;
    state[gs].base = 3;
    state[cs].selector = 4;
    state.tr.limit = 5;
    state.idtr.limit = 6;
    state.kernel_gs_base = 7;
    trace::RegisterFile const values = to_register_file(state);
    auto const at = [&](trace::Register name) { return values[static_cast<std::size_t>(name)]; };
    CHECK(at(trace::Register::rsp) == 1);
    CHECK(at(trace::Register::r15) == 2);
    CHECK(at(trace::Register::gs_base) == 3);
    CHECK(at(trace::Register::cs_selector) == 4);
    CHECK(at(trace::Register::tr_limit) == 5);
    CHECK(at(trace::Register::idtr_limit) == 6);
    CHECK(at(trace::Register::kernel_gs_base) == 7);
}

TEST_CASE("what the stream does not carry is kept from the state")
{
    CpuState state;
    state.cstar = 1;
    state.dr[7] = 2;
    state.interrupt_shadow = true;
    state.nmi_blocked = true;
    from_register_file(trace::RegisterFile{}, state);
    CHECK(state.cstar == 1);
    CHECK(state.dr[7] == 2);
    CHECK(state.interrupt_shadow);
    CHECK(state.nmi_blocked);
}

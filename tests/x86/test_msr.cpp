// The modelled MSRs: what they hold, and the writes they refuse.
#include "engine/x86/msr.hpp"

#include "engine/x86/control_bits.hpp"
#include "tests/catch.hpp"

using namespace ringside;
using namespace ringside::x86;

namespace {

constexpr std::uint64_t canonical_high = 0xffff800000000000, not_canonical = 0x0000800000000000;

void check_refused(CpuState const& before, std::uint32_t index, std::uint64_t value)
{
    CpuState state = before;
    Outcome<void> const outcome = write_msr(state, index, value);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error() == Fault{.vector = vector::gp, .error_code = 0});
    CHECK(state == before);
}

CpuState long_mode()
{
    CpuState state;
    state.cr0 = cr0::pe | cr0::pg;
    state.efer = efer::lme | efer::lma;
    return state;
}

} // namespace

TEST_CASE("eight MSRs are modelled, and no other")
{
    CHECK(modelled_msrs().size() == 8);
    for (std::uint32_t const index : modelled_msrs())
        CHECK(is_modelled(index));
    CHECK_FALSE(is_modelled(msr::tsc));
    CHECK_FALSE(is_modelled(0x1b));       // IA32_APIC_BASE
    CHECK_FALSE(is_modelled(0xc0000103)); // IA32_TSC_AUX
}

TEST_CASE("each MSR but EFER reads back what was written, and has its own place")
{
    for (std::uint32_t const written : modelled_msrs()) {
        if (written == msr::efer)
            continue;
        CpuState state;
        REQUIRE(write_msr(state, written, 0x1234));
        for (std::uint32_t const index : modelled_msrs())
            CHECK(read_msr(state, index) == (index == written ? 0x1234U : 0U));
    }
}

TEST_CASE("FS_BASE and GS_BASE are the bases of the segment registers")
{
    CpuState state;
    REQUIRE(write_msr(state, msr::fs_base, canonical_high));
    REQUIRE(write_msr(state, msr::gs_base, 0x5000));
    CHECK(state[fs].base == canonical_high);
    CHECK(state[gs].base == 0x5000);
}

TEST_CASE("MSRs that hold addresses refuse non-canonical ones")
{
    for (std::uint32_t const index :
         {msr::lstar, msr::cstar, msr::fs_base, msr::gs_base, msr::kernel_gs_base}) {
        check_refused(CpuState{}, index, not_canonical);
        CpuState state;
        CHECK(write_msr(state, index, canonical_high));
        CHECK(read_msr(state, index) == canonical_high);
    }
}

TEST_CASE("STAR takes any 64 bits, FMASK only 32")
{
    CpuState state;
    CHECK(write_msr(state, msr::star, ~0ULL));
    CHECK(read_msr(state, msr::star) == ~0ULL);
    CHECK(write_msr(state, msr::fmask, 0xffffffff));
    check_refused(state, msr::fmask, 0x100000000);
}

TEST_CASE("EFER takes SCE, LME and NXE, and refuses every bit that is not defined")
{
    CpuState state;
    CHECK(write_msr(state, msr::efer, efer::sce | efer::lme | efer::nxe));
    CHECK(state.efer == (efer::sce | efer::lme | efer::nxe));
    for (unsigned bit = 0; bit < 64; ++bit)
        if (bit != 0 && bit != 8 && bit != 10 && bit != 11)
            check_refused(CpuState{}, msr::efer, 1ULL << bit);
}

TEST_CASE("EFER.LMA ignores writes: it follows LME and CR0.PG")
{
    CpuState off;
    CHECK(write_msr(off, msr::efer, efer::lma | efer::sce));
    CHECK(off.efer == efer::sce);
    CpuState on = long_mode();
    CHECK(write_msr(on, msr::efer, efer::lme | efer::nxe));
    CHECK(on.efer == (efer::lme | efer::lma | efer::nxe));
}

TEST_CASE("EFER.LME cannot change while paging is on, other bits can")
{
    check_refused(long_mode(), msr::efer, efer::lma);
    CpuState legacy = long_mode();
    legacy.efer = 0;
    check_refused(legacy, msr::efer, efer::lme);
    CHECK(write_msr(legacy, msr::efer, efer::nxe));
}

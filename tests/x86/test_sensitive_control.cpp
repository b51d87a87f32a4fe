// MOV CRn, LMSW, SMSW, CLTS, INVLPG: what is accepted, what it changes, what is refused.
#include "tests/x86/bench.hpp"

#include <utility>

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

Bytes to_cr(unsigned number) ///< mov crN, rax
{
    auto const modrm = static_cast<std::uint8_t>(0xc0 | (number & 7) << 3);
    return number < 8 ? Bytes{0x0f, 0x22, modrm} : Bytes{0x44, 0x0f, 0x22, modrm};
}

Bytes from_cr(unsigned number) ///< mov rax, crN
{
    auto const modrm = static_cast<std::uint8_t>(0xc0 | (number & 7) << 3);
    return number < 8 ? Bytes{0x0f, 0x20, modrm} : Bytes{0x44, 0x0f, 0x20, modrm};
}

Bytes const lmsw_ax = {0x0f, 0x01, 0xf0}, smsw_eax = {0x0f, 0x01, 0xe0},
            smsw_memory = {0x0f, 0x01, 0x23}, clts = {0x0f, 0x06}, invlpg_bx = {0x0f, 0x01, 0x3b},
            invd = {0x0f, 0x08}, wbinvd = {0x0f, 0x09};

effect::Done write(Bench& bench, unsigned number, std::uint64_t value)
{
    bench.state.gpr[rax] = value;
    return bench.done(to_cr(number));
}

Fault refused(Bench& bench, unsigned number, std::uint64_t value)
{
    bench.state.gpr[rax] = value;
    return bench.fault_of(to_cr(number));
}

Fault const gp0 = fault(vector::gp, 0);

/// 32-bit code with PAE switched on and valid top entries at 10000h.
Bench ready_for_pae()
{
    Bench bench(CpuMode::protected32);
    bench.state.cr4 = cr4::pae;
    bench.state.cr3 = 0x10000;
    return bench;
}

} // namespace

TEST_CASE("each control register reads back what was written")
{
    Bench bench(CpuMode::long64);
    write(bench, 2, 0x1234567890abcdef);
    CHECK(bench.state.cr2 == 0x1234567890abcdef);
    write(bench, 3, tables_at | 0x18); // PWT, PCD
    write(bench, 4, cr4::pae | cr4::pge);
    write(bench, 8, 5);
    for (auto const& [number, value] : {std::pair{0U, bench.state.cr0},
                                        {2U, bench.state.cr2},
                                        {3U, tables_at | 0x18},
                                        {4U, cr4::pae | cr4::pge},
                                        {8U, std::uint64_t{5}}}) {
        bench.done(from_cr(number));
        CHECK(bench.state.gpr[rax] == value);
    }
}

TEST_CASE("outside CPL 0 no control register can be touched")
{
    Bench bench(CpuMode::long64, 3);
    for (unsigned const number : {0U, 2U, 3U, 4U, 8U}) {
        CHECK(bench.fault_of(to_cr(number)) == gp0);
        CHECK(bench.fault_of(from_cr(number)) == gp0);
    }
    for (Bytes const& bytes : {lmsw_ax, clts, invlpg_bx, invd, wbinvd})
        CHECK(bench.fault_of(bytes) == gp0);
}

TEST_CASE("32-bit code moves 32 bits")
{
    Bench bench(CpuMode::protected32);
    bench.state.gpr[rax] = 0xffff'ffff'0000'3000;
    bench.done(to_cr(3));
    CHECK(bench.state.cr3 == 0x3000);
}

TEST_CASE("setting CR0.PE enters protected mode with the segments as they are")
{
    Bench bench(CpuMode::real);
    Segment const code = bench.state[cs];
    CHECK(write(bench, 0, cr0::pe).translations_stale);
    CHECK(bench.state.mode() == CpuMode::protected16);
    CHECK(bench.state[cs] == code);
    CHECK(bench.state.cpl() == 0);
}

TEST_CASE("CR0.ET is always 1, and bits that do not exist stay 0")
{
    Bench bench(CpuMode::protected32);
    write(bench, 0, 0xffffffff & ~(cr0::pg | cr0::nw | cr0::et));
    CHECK(bench.state.cr0 == (cr0::pe | cr0::mp | cr0::em | cr0::ts | cr0::et | cr0::ne | cr0::wp |
                              cr0::am | cr0::cd));
}

TEST_CASE("CR0 refuses paging without protection, and NW without CD")
{
    Bench bench(CpuMode::protected32);
    CHECK(refused(bench, 0, cr0::pg) == gp0);
    CHECK(refused(bench, 0, cr0::pe | cr0::nw) == gp0);
    write(bench, 0, cr0::pe | cr0::nw | cr0::cd);
}

TEST_CASE("CR0 refuses upper bits in 64-bit code")
{
    Bench bench(CpuMode::long64);
    CHECK(refused(bench, 0, bench.state.cr0 | 1ULL << 32) == gp0);
}

TEST_CASE("paging with EFER.LME and PAE activates long mode, and turning it off leaves it")
{
    Bench bench = ready_for_pae();
    bench.state.efer = efer::lme;
    write(bench, 0, cr0::pe | cr0::pg);
    CHECK(bench.state.efer == (efer::lme | efer::lma));
    CHECK(bench.state.mode() == CpuMode::compatibility);
    write(bench, 0, cr0::pe);
    CHECK(bench.state.efer == efer::lme);
    CHECK(bench.state.mode() == CpuMode::protected32);
}

TEST_CASE("long mode is refused without PAE, from a CS with L, and with a 16-bit TSS")
{
    Bench bench = ready_for_pae();
    bench.state.efer = efer::lme;
    bench.state.cr4 = 0;
    CHECK(refused(bench, 0, cr0::pe | cr0::pg) == gp0);
    bench.state.cr4 = cr4::pae;
    bench.state[cs].attributes = 0xa09b;
    CHECK(refused(bench, 0, cr0::pe | cr0::pg) == gp0);
    bench.state[cs].attributes = 0xc09b;
    bench.state.tr.attributes = 0x83;
    CHECK(refused(bench, 0, cr0::pe | cr0::pg) == gp0);
    bench.state.tr.attributes = 0x8b;
    write(bench, 0, cr0::pe | cr0::pg);
}

TEST_CASE("64-bit code cannot turn paging off")
{
    Bench bench(CpuMode::long64);
    CHECK(refused(bench, 0, cr0::pe) == gp0);
}

TEST_CASE("PAE paging refuses top entries with reserved bits, wherever it would load them")
{
    Bench bench = ready_for_pae();
    bench.put(0x10008, 0x11000 | 0x3); // present, and a reserved bit
    CHECK(refused(bench, 0, cr0::pe | cr0::pg) == gp0);
    bench.put(0x10008, 0x11000 | 0x2); // not present: nobody looks
    write(bench, 0, cr0::pe | cr0::pg);
    bench.put(0x11010, 1ULL << 40 | 1);
    CHECK(refused(bench, 3, 0x11000) == gp0);
    bench.put(0x10018, 0x1e1);
    CHECK(refused(bench, 4, cr4::pae | cr4::pge) == gp0);
}

TEST_CASE("CR3 refuses addresses beyond the physical ones")
{
    Bench bench(CpuMode::long64);
    CHECK(refused(bench, 3, 1ULL << 40) == gp0);
    CHECK(refused(bench, 3, 1ULL << 63) == gp0);
    CHECK(write(bench, 3, tables_at).translations_stale); // the same value: flushes all the same
}

TEST_CASE("CR4 refuses what the CPU does not have, and in long mode to do without PAE")
{
    Bench bench(CpuMode::long64);
    for (unsigned const index : {12U, 13U, 14U, 17U, 18U, 22U, 32U, 63U})
        CHECK(refused(bench, 4, cr4::pae | 1ULL << index) == gp0);
    CHECK(refused(bench, 4, 0) == gp0);
    CHECK(write(bench, 4, cr4::pae | cr4::smep | cr4::smap).translations_stale);
    CHECK(bench.state.cr4 == (cr4::pae | cr4::smep | cr4::smap));
}

TEST_CASE("CR8 takes four bits")
{
    Bench bench(CpuMode::long64);
    CHECK(refused(bench, 8, 0x10) == gp0);
    CHECK_FALSE(write(bench, 8, 0xf).translations_stale);
}

TEST_CASE("LMSW loads the lower four bits of CR0 but cannot clear PE")
{
    Bench bench(CpuMode::real);
    bench.state.gpr[rax] = 0xfff7;
    bench.done(lmsw_ax);
    CHECK(bench.state.cr0 == (cr0::et | cr0::pe | cr0::mp | cr0::em));
    bench.state.gpr[rax] = cr0::ts;
    bench.done(lmsw_ax);
    CHECK(bench.state.cr0 == (cr0::et | cr0::pe | cr0::ts));
}

TEST_CASE("SMSW gives 16 bits to memory and as many as fit to a register")
{
    Bench bench(CpuMode::long64);
    bench.state.gpr[rbx] = scratch;
    bench.put(scratch, ~0ULL);
    bench.done(smsw_memory);
    CHECK(bench.get(scratch, 4) == (0xffff0000 | (bench.state.cr0 & 0xffff)));
    bench.done(smsw_eax);
    CHECK(bench.state.gpr[rax] == (bench.state.cr0 & 0xffffffff));
}

TEST_CASE("user mode may ask SMSW, unless CR4.UMIP forbids it")
{
    Bench bench(CpuMode::long64, 3);
    bench.done(smsw_eax);
    bench.state.cr4 |= cr4::umip;
    CHECK(bench.fault_of(smsw_eax) == gp0);
}

TEST_CASE("CLTS clears CR0.TS")
{
    Bench bench(CpuMode::protected32);
    bench.state.cr0 |= cr0::ts;
    bench.done(clts);
    CHECK((bench.state.cr0 & cr0::ts) == 0);
}

TEST_CASE("INVLPG makes translations stale, and takes any address")
{
    Bench bench(CpuMode::long64);
    bench.state.gpr[rbx] = 0x8000'0000'0000'0000;
    CHECK(bench.done(invlpg_bx).translations_stale);
}

TEST_CASE("INVD and WBINVD find no cache to write back")
{
    Bench bench(CpuMode::long64);
    bench.state.rip = 0x7c00;
    bench.done(invd);
    bench.done(wbinvd);
    CHECK(bench.state.rip == 0x7c04);
}

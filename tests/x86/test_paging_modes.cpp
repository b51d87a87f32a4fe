// One walk in each paging mode and page size: which entries are read, and where the page lies.
#include "engine/x86/paging.hpp"

#include "engine/x86/control_bits.hpp"
#include "tests/x86/page_tables.hpp"

#include <utility>
#include <vector>

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

Walk read(memory::GuestMemory const& memory, Paging const& paging, std::uint64_t gva)
{
    return walk(memory, paging, Gva(gva), Access::read, Privilege::supervisor);
}

/// Each entry of the walk as address and level, for comparing at a glance.
std::vector<std::pair<std::uint64_t, int>> path(Walk const& walk)
{
    std::vector<std::pair<std::uint64_t, int>> steps;
    for (Entry const& entry : walk.steps())
        steps.emplace_back(entry.address.value, entry.level);
    return steps;
}

using Path = std::vector<std::pair<std::uint64_t, int>>;

} // namespace

TEST_CASE("without paging a linear address is the physical one, cut to 32 bits")
{
    memory::GuestMemory const memory = small_memory();
    Paging const off{};
    CHECK(read(memory, off, 0x12345678).gpa == Gpa(0x12345678));
    CHECK(read(memory, off, 0x1'0000'1234).gpa == Gpa(0x1234));
    CHECK(read(memory, off, 0x1234).depth == 0);
}

TEST_CASE("without paging everything is allowed, whatever the protection bits say")
{
    memory::GuestMemory const memory = small_memory();
    Paging off = strict(PagingMode::none);
    off.smep = off.smap = true;
    for (Access access : {Access::read, Access::write, Access::fetch})
        for (Privilege privilege : {Privilege::supervisor, Privilege::user})
            CHECK(walk(memory, off, Gva(0x5000), access, privilege).ok());
}

TEST_CASE("32-bit paging takes 10 + 10 + 12 bits through two tables of 4-byte entries")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000 + 4 * 0x2aa, 0x2000 | all_rights, 4);
    put(memory, 0x2000 + 4 * 0x155, 0xabcde000 | all_rights, 4);
    std::uint64_t const gva = 0x2aaULL << 22 | 0x155ULL << 12 | 0x678;
    Walk const made = read(memory, strict(PagingMode::bits32), gva);
    CHECK(made.ok());
    CHECK(made.gpa == Gpa(0xabcde678));
    CHECK(made.page_shift == 12);
    CHECK(path(made) == Path{{0x1000 + 4 * 0x2aa, 2}, {0x2000 + 4 * 0x155, 1}});
}

TEST_CASE("a 4M page ends the walk at the directory when CR4.PSE is set")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000 + 4 * 3, 0xc0400000 | large | all_rights, 4);
    Walk const made = read(memory, strict(PagingMode::bits32), 3ULL << 22 | 0x3abcde);
    CHECK(made.gpa == Gpa(0xc0400000 + 0x3abcde));
    CHECK(made.page_shift == 22);
    CHECK(made.depth == 1);
}

TEST_CASE("without CR4.PSE the page-size bit of a directory entry means nothing")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000, 0x2000 | large | all_rights, 4);
    put(memory, 0x2000 + 4 * 5, 0x7000 | all_rights, 4);
    Paging paging = strict(PagingMode::bits32);
    paging.page_size_extensions = false;
    CHECK(read(memory, paging, 0x5123).gpa == Gpa(0x7123));
}

TEST_CASE("bits 20 to 13 of a 4M entry are address bits 39 to 32 (PSE-36)")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000, 0x00400000 | 0xa5ULL << 13 | large | all_rights, 4);
    CHECK(read(memory, strict(PagingMode::bits32), 0x1234).gpa == Gpa(0xa5'0040'1234));
}

TEST_CASE("PAE takes 2 + 9 + 9 + 12 bits through three tables of 8-byte entries")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000 + 8 * 2, 0x2000 | present, 8);
    put(memory, 0x2000 + 8 * 0x0aa, 0x3000 | all_rights, 8);
    put(memory, 0x3000 + 8 * 0x155, 0x12'3456'7000 | all_rights, 8);
    std::uint64_t const gva = 2ULL << 30 | 0xaaULL << 21 | 0x155ULL << 12 | 0x89a;
    Walk const made = read(memory, strict(PagingMode::pae), gva);
    CHECK(made.ok());
    CHECK(made.gpa == Gpa(0x12'3456'789a));
    CHECK(path(made) == Path{{0x1010, 3}, {0x2000 + 8 * 0x0aa, 2}, {0x3000 + 8 * 0x155, 1}});
}

TEST_CASE("the four PAE directory pointers need only 32-byte alignment")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1fe0 + 8 * 1, 0x2000 | present, 8);
    put(memory, 0x2000, 0x200000 | large | all_rights, 8);
    Paging paging = strict(PagingMode::pae);
    paging.cr3 = 0x1fe0 | 0x1f; // the low five bits of CR3 are not part of the address
    CHECK(read(memory, paging, 1ULL << 30 | 0x123).gpa == Gpa(0x200123));
}

TEST_CASE("PAE has 2M pages")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000, 0x2000 | present, 8);
    put(memory, 0x2000 + 8, 0xff'ffe0'0000 | large | all_rights, 8);
    Walk const made = read(memory, strict(PagingMode::pae), 0x200000 | 0x1abcd);
    CHECK(made.gpa == Gpa(0xff'ffe1'abcd));
    CHECK(made.page_shift == 21);
    CHECK(made.depth == 2);
}

TEST_CASE("4-level paging takes 9 + 9 + 9 + 9 + 12 bits through four tables")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000 + 8 * 0x001, 0x2000 | all_rights, 8);
    put(memory, 0x2000 + 8 * 0x0aa, 0x3000 | all_rights, 8);
    put(memory, 0x3000 + 8 * 0x155, 0x4000 | all_rights, 8);
    put(memory, 0x4000 + 8 * 0x1ff, 0xab'cdef'0000 | all_rights, 8);
    std::uint64_t const gva = 1ULL << 39 | 0xaaULL << 30 | 0x155ULL << 21 | 0x1ffULL << 12 | 0xfff;
    Walk const made = read(memory, strict(PagingMode::level4), gva);
    CHECK(made.ok());
    CHECK(made.gpa == Gpa(0xab'cdef'0fff));
    CHECK(path(made) == Path{{0x1008, 4},
                             {0x2000 + 8 * 0x0aa, 3},
                             {0x3000 + 8 * 0x155, 2},
                             {0x4000 + 8 * 0x1ff, 1}});
    CHECK(made.entries[3].value == (0xab'cdef'0000 | all_rights));
}

TEST_CASE("4-level paging has 2M pages")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000, 0x2000 | all_rights, 8);
    put(memory, 0x2000, 0x3000 | all_rights, 8);
    put(memory, 0x3000 + 8 * 7, 0x7fe00000 | large | all_rights, 8);
    Walk const made = read(memory, strict(PagingMode::level4), 7ULL << 21 | 0x1fffff);
    CHECK(made.gpa == Gpa(0x7fffffff));
    CHECK(made.page_shift == 21);
    CHECK(made.depth == 3);
}

TEST_CASE("4-level paging has 1G pages")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000, 0x2000 | all_rights, 8);
    put(memory, 0x2000 + 8 * 5, 0x2'4000'0000 | large | all_rights, 8);
    Walk const made = read(memory, strict(PagingMode::level4), 5ULL << 30 | 0x3fff'ffff);
    CHECK(made.gpa == Gpa(0x2'7fff'ffff));
    CHECK(made.page_shift == 30);
    CHECK(made.depth == 2);
}

TEST_CASE("the upper canonical half uses the upper half of the PML4")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000 + 8 * 511, 0x2000 | all_rights, 8);
    put(memory, 0x2000 + 8 * 510, large | all_rights, 8);
    CHECK(read(memory, strict(PagingMode::level4), 0xffffffff'80000123).gpa == Gpa(0x123));
}

TEST_CASE("the low bits of CR3 that are not address are ignored in 4-level and 32-bit paging")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000, large | all_rights, 4);
    Paging paging = strict(PagingMode::bits32);
    paging.cr3 = 0x1fff;
    CHECK(read(memory, paging, 0x10).gpa == Gpa(0x10));

    put(memory, 0x1000, 0x2000 | all_rights, 8);
    put(memory, 0x2000, large | all_rights, 8);
    paging.mode = PagingMode::level4;
    CHECK(read(memory, paging, 0x10).gpa == Gpa(0x10));
}

TEST_CASE("a page may lie outside memory: the walk succeeds, the access is somebody else's")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000, 0xd0000000 | large | all_rights, 4);
    CHECK(read(memory, strict(PagingMode::bits32), 0x10).gpa == Gpa(0xd0000010));
}

TEST_CASE("Paging::of reads what decides translations from the control registers")
{
    CpuState state;
    state.cr0 = cr0::pe | cr0::pg | cr0::wp;
    state.cr3 = 0x1234000;
    state.cr4 = cr4::pae | cr4::pse | cr4::smep;
    state.efer = efer::lme | efer::lma | efer::nxe;
    CHECK(Paging::of(state) == Paging{.mode = PagingMode::level4,
                                      .cr3 = 0x1234000,
                                      .write_protect = true,
                                      .page_size_extensions = true,
                                      .no_execute = true,
                                      .smep = true});
}

TEST_CASE("RFLAGS.AC lifts SMAP")
{
    CpuState state;
    state.cr4 = cr4::smap;
    CHECK(Paging::of(state).smap);
    state.rflags |= rflags::ac;
    CHECK_FALSE(Paging::of(state).smap);
}

TEST_CASE("the event of a walk tells every entry as it was read")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000 + 4 * 1, 0x2000 | all_rights, 4);
    put(memory, 0x2000 + 4 * 2, 0x7000 | present, 4);
    Paging const paging = strict(PagingMode::bits32);
    Walk const made = walk(memory, paging, Gva(0x402345), Access::write, Privilege::user);
    trace::PageWalk const event = to_event(made, paging, trace::WalkOrigin::observed);
    CHECK(event.origin == trace::WalkOrigin::observed);
    CHECK(event.access == Access::write);
    CHECK(event.paging == PagingMode::bits32);
    CHECK(event.user);
    CHECK_FALSE(event.ok);
    CHECK(event.error_code == 7);
    CHECK(event.problem == WalkProblem::supervisor_only);
    CHECK(event.gva == 0x402345);
    CHECK(event.cr3 == 0x1000);
    REQUIRE(event.steps.view().size() == 2);
    CHECK(event.steps.view()[0] == trace::WalkStep{0x1004, 0x2000 | all_rights});
    CHECK(event.steps.view()[1] == trace::WalkStep{0x2008, 0x7000 | present});
}

// Every rule that refuses an access, with the exact error code of its #PF; and the bits a
// successful access leaves in the tables.
#include "engine/x86/paging.hpp"

#include "tests/x86/page_tables.hpp"

#include <cstdint>

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

/// 4-level tables that map gva 0 with the given entry values at each level.
struct Tables {
    memory::GuestMemory memory = small_memory();
    Paging paging = strict(PagingMode::level4);

    Tables()
    {
        entry(4, 0x2000 | all_rights);
        entry(3, 0x3000 | all_rights);
        entry(2, 0x4000 | all_rights);
        entry(1, 0x8000 | all_rights);
    }
    /// Entry 0 of the table of this level: PML4 at 0x1000, PT at 0x4000.
    void entry(unsigned level, std::uint64_t value)
    {
        put(memory, 0x5000 - 0x1000 * level, value, 8);
    }
    std::uint64_t entry(unsigned level) const { return get(memory, 0x5000 - 0x1000 * level, 8); }

    Walk walk(Access access, Privilege privilege, std::uint64_t gva = 0) const
    {
        return x86::walk(memory, paging, Gva(gva), access, privilege);
    }
};

/// The same at PAE: PDPT at 0x1000, PD at 0x2000, PT at 0x3000.
struct PaeTables {
    memory::GuestMemory memory = small_memory();
    Paging paging = strict(PagingMode::pae);

    PaeTables()
    {
        put(memory, 0x1000, 0x2000 | present, 8);
        put(memory, 0x2000, 0x3000 | all_rights, 8);
        put(memory, 0x3000, 0x8000 | all_rights, 8);
    }
    Walk read() const { return walk(memory, paging, Gva(0), Access::read, Privilege::supervisor); }
};

constexpr Privilege supervisor = Privilege::supervisor;
constexpr Privilege user_mode = Privilege::user;

void check_fault(Walk const& walk, WalkProblem problem, unsigned error_code)
{
    CHECK(walk.problem == problem);
    CHECK(walk.error_code == error_code);
    CHECK_FALSE(walk.ok());
}

} // namespace

TEST_CASE("a page with all rights takes every access of both privileges")
{
    Tables const tables;
    for (Access access : {Access::read, Access::write, Access::fetch})
        for (Privilege privilege : {supervisor, user_mode})
            CHECK(tables.walk(access, privilege).gpa == Gpa(0x8000));
}

TEST_CASE("an entry that is not present faults at any level, and the walk ends with that entry")
{
    for (unsigned level : {4U, 3U, 2U, 1U}) {
        Tables tables;
        tables.entry(level, ~present); // nothing else of such an entry counts
        Walk const made = tables.walk(Access::read, supervisor);
        check_fault(made, WalkProblem::not_present, 0x0);
        CHECK(made.depth == 5 - level);
        CHECK(made.steps().back().level == level);
    }
}

TEST_CASE("a page that is not present gives 0, 2, 4, 6 and, for fetches, 10h and 14h")
{
    Tables tables;
    tables.entry(1, 0);
    check_fault(tables.walk(Access::read, supervisor), WalkProblem::not_present, 0x0);
    check_fault(tables.walk(Access::write, supervisor), WalkProblem::not_present, 0x2);
    check_fault(tables.walk(Access::read, user_mode), WalkProblem::not_present, 0x4);
    check_fault(tables.walk(Access::write, user_mode), WalkProblem::not_present, 0x6);
    check_fault(tables.walk(Access::fetch, supervisor), WalkProblem::not_present, 0x10);
    check_fault(tables.walk(Access::fetch, user_mode), WalkProblem::not_present, 0x14);
}

TEST_CASE("the fetch bit is reported only where NXE or SMEP makes fetches special")
{
    Tables tables;
    tables.entry(1, 0);
    tables.paging.no_execute = false;
    check_fault(tables.walk(Access::fetch, supervisor), WalkProblem::not_present, 0x0);
    tables.paging.smep = true;
    check_fault(tables.walk(Access::fetch, supervisor), WalkProblem::not_present, 0x10);
}

TEST_CASE("in 32-bit paging NXE does not make fetches special, SMEP does")
{
    memory::GuestMemory const memory = small_memory();
    Paging paging = strict(PagingMode::bits32);
    Walk const plain = walk(memory, paging, Gva(0), Access::fetch, supervisor);
    check_fault(plain, WalkProblem::not_present, 0x0);
    paging.smep = true;
    Walk const with_smep = walk(memory, paging, Gva(0), Access::fetch, supervisor);
    check_fault(with_smep, WalkProblem::not_present, 0x10);
}

TEST_CASE("one supervisor entry on the way keeps user accesses out: 5, 7, 15h")
{
    for (unsigned level : {4U, 3U, 2U, 1U}) {
        Tables tables;
        tables.entry(level, tables.entry(level) & ~user);
        check_fault(tables.walk(Access::read, user_mode), WalkProblem::supervisor_only, 0x5);
        check_fault(tables.walk(Access::write, user_mode), WalkProblem::supervisor_only, 0x7);
        check_fault(tables.walk(Access::fetch, user_mode), WalkProblem::supervisor_only, 0x15);
        CHECK(tables.walk(Access::read, supervisor).ok());
    }
}

TEST_CASE("one read-only entry on the way keeps user writes out: 7")
{
    for (unsigned level : {4U, 3U, 2U, 1U}) {
        Tables tables;
        tables.entry(level, tables.entry(level) & ~writable);
        check_fault(tables.walk(Access::write, user_mode), WalkProblem::write_protected, 0x7);
        CHECK(tables.walk(Access::read, user_mode).ok());
    }
}

TEST_CASE("CR0.WP decides whether a read-only page stops supervisor writes: 3")
{
    Tables tables;
    tables.entry(1, 0x8000 | present);
    check_fault(tables.walk(Access::write, supervisor), WalkProblem::write_protected, 0x3);
    tables.paging.write_protect = false;
    CHECK(tables.walk(Access::write, supervisor).ok());
}

TEST_CASE("CR0.WP does not help user writes")
{
    Tables tables;
    tables.entry(1, 0x8000 | present | user);
    tables.paging.write_protect = false;
    check_fault(tables.walk(Access::write, user_mode), WalkProblem::write_protected, 0x7);
}

TEST_CASE("one execute-disable bit on the way stops fetches: 11h and 15h")
{
    for (unsigned level : {4U, 3U, 2U, 1U}) {
        Tables tables;
        tables.entry(level, tables.entry(level) | execute_disable);
        check_fault(tables.walk(Access::fetch, supervisor), WalkProblem::no_execute, 0x11);
        check_fault(tables.walk(Access::fetch, user_mode), WalkProblem::no_execute, 0x15);
        CHECK(tables.walk(Access::write, user_mode).ok());
    }
}

TEST_CASE("the execute-disable bit is reserved while EFER.NXE is 0: 9 and 0bh")
{
    for (unsigned level : {4U, 3U, 2U, 1U}) {
        Tables tables;
        tables.paging.no_execute = false;
        tables.entry(level, tables.entry(level) | execute_disable);
        check_fault(tables.walk(Access::read, supervisor), WalkProblem::reserved_bits, 0x9);
        check_fault(tables.walk(Access::write, supervisor), WalkProblem::reserved_bits, 0xb);
    }
}

TEST_CASE("SMEP stops supervisor fetches from user pages: 11h")
{
    Tables tables;
    tables.paging.smep = true;
    check_fault(tables.walk(Access::fetch, supervisor), WalkProblem::smep, 0x11);
    CHECK(tables.walk(Access::fetch, user_mode).ok());
    CHECK(tables.walk(Access::read, supervisor).ok());
    tables.entry(2, tables.entry(2) & ~user);
    CHECK(tables.walk(Access::fetch, supervisor).ok());
}

TEST_CASE("SMAP stops supervisor reads and writes of user pages: 1 and 3")
{
    Tables tables;
    tables.paging.smap = true;
    check_fault(tables.walk(Access::read, supervisor), WalkProblem::smap, 0x1);
    check_fault(tables.walk(Access::write, supervisor), WalkProblem::smap, 0x3);
    CHECK(tables.walk(Access::fetch, supervisor).ok());
    CHECK(tables.walk(Access::write, user_mode).ok());
    tables.entry(3, tables.entry(3) & ~user);
    CHECK(tables.walk(Access::write, supervisor).ok());
}

TEST_CASE("SMAP holds also where CR0.WP is off")
{
    Tables tables;
    tables.paging.smap = true;
    tables.paging.write_protect = false;
    check_fault(tables.walk(Access::write, supervisor), WalkProblem::smap, 0x3);
}

TEST_CASE("an address bit above the physical address width is reserved at every level: 9, 0dh")
{
    for (unsigned level : {4U, 3U, 2U, 1U})
        for (unsigned bit : {40U, 51U}) {
            Tables tables;
            tables.entry(level, tables.entry(level) | 1ULL << bit);
            check_fault(tables.walk(Access::read, supervisor), WalkProblem::reserved_bits, 0x9);
            check_fault(tables.walk(Access::read, user_mode), WalkProblem::reserved_bits, 0xd);
        }
}

TEST_CASE("bits 52 to 62 are free for software in 4-level paging")
{
    for (unsigned level : {4U, 3U, 2U, 1U}) {
        Tables tables;
        tables.entry(level, tables.entry(level) | 0x7ffULL << 52);
        CHECK(tables.walk(Access::read, supervisor).gpa == Gpa(0x8000));
    }
}

TEST_CASE("a wider physical address moves the border of the reserved bits")
{
    Tables tables;
    tables.paging.physical_bits = 52;
    tables.entry(1, 1ULL << 51 | 0x8000 | all_rights);
    CHECK(tables.walk(Access::read, supervisor).gpa == Gpa(1ULL << 51 | 0x8000));
}

TEST_CASE("the page-size bit is reserved in a PML4 entry: 9")
{
    Tables tables;
    tables.entry(4, tables.entry(4) | large);
    check_fault(tables.walk(Access::read, supervisor), WalkProblem::reserved_bits, 0x9);
}

TEST_CASE("a 2M page has bits 20 to 13 reserved, and bit 12 not")
{
    for (unsigned bit = 12; bit <= 20; ++bit) {
        Tables tables;
        tables.entry(2, 0x40000000 | 1ULL << bit | large | all_rights);
        Walk const made = tables.walk(Access::read, supervisor, 0x1f0123);
        if (bit == 12) // PAT
            CHECK(made.gpa == Gpa(0x401f0123));
        else
            check_fault(made, WalkProblem::reserved_bits, 0x9);
    }
}

TEST_CASE("a 1G page has bits 29 to 13 reserved, and bit 12 not")
{
    for (unsigned bit = 12; bit <= 29; ++bit) {
        Tables tables;
        tables.entry(3, 0x1'0000'0000 | 1ULL << bit | large | all_rights);
        Walk const made = tables.walk(Access::read, supervisor, 0x3456'7890);
        if (bit == 12) // PAT
            CHECK(made.gpa == Gpa(0x1'3456'7890));
        else
            check_fault(made, WalkProblem::reserved_bits, 0x9);
    }
}

TEST_CASE("bit 21 of a 4M entry is reserved")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000, 1U << 21 | large | all_rights, 4);
    Paging const paging = strict(PagingMode::bits32);
    check_fault(walk(memory, paging, Gva(0), Access::read, user_mode), WalkProblem::reserved_bits,
                0xd);
}

TEST_CASE("a narrower physical address makes the upper PSE-36 bits of a 4M entry reserved")
{
    memory::GuestMemory memory = small_memory();
    Paging paging = strict(PagingMode::bits32);
    paging.physical_bits = 36;
    put(memory, 0x1000, 1U << 16 | large | all_rights, 4);
    CHECK(walk(memory, paging, Gva(5), Access::read, supervisor).gpa == Gpa(0x8'0000'0005));
    put(memory, 0x1000, 1U << 17 | large | all_rights, 4);
    check_fault(walk(memory, paging, Gva(5), Access::read, supervisor), WalkProblem::reserved_bits,
                0x9);
}

TEST_CASE("32-bit tables have no reserved bits but those of 4M pages")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000, 0x2000 | 0xf18 | all_rights, 4);
    put(memory, 0x2000, 0xfffff000 | 0xfff, 4);
    Paging const paging = strict(PagingMode::bits32);
    CHECK(walk(memory, paging, Gva(0x123), Access::write, user_mode).gpa == Gpa(0xfffff123));
}

TEST_CASE("in a PAE directory pointer bits 1, 2, 5 to 8, and 40 to 63 are reserved: 9")
{
    for (unsigned bit : {1U, 2U, 5U, 6U, 7U, 8U, 40U, 51U, 52U, 62U, 63U}) {
        PaeTables tables;
        put(tables.memory, 0x1000, 0x2000 | present | 1ULL << bit, 8);
        check_fault(tables.read(), WalkProblem::reserved_bits, 0x9);
    }
    for (unsigned bit : {3U, 4U, 9U, 10U, 11U}) {
        PaeTables tables;
        put(tables.memory, 0x1000, 0x2000 | present | 1ULL << bit, 8);
        CHECK(tables.read().ok());
    }
}

TEST_CASE("in PAE directories and tables bits 40 to 62 are reserved: 9")
{
    for (std::uint64_t table : {0x2000ULL, 0x3000ULL})
        for (unsigned bit : {40U, 51U, 52U, 62U}) {
            PaeTables tables;
            put(tables.memory, table, (table + 0x1000) | all_rights | 1ULL << bit, 8);
            check_fault(tables.read(), WalkProblem::reserved_bits, 0x9);
        }
}

TEST_CASE("a PAE directory pointer carries no rights: the page alone decides")
{
    PaeTables const tables;
    Walk const made = walk(tables.memory, tables.paging, Gva(0), Access::write, user_mode);
    CHECK(made.ok());
    CHECK(made.rights == Rights{.writable = true, .user = true, .executable = true});
}

TEST_CASE("a reserved bit is reported before missing rights")
{
    Tables tables;
    tables.entry(4, 0x2000 | present);
    tables.entry(1, 0x8000 | present | 1ULL << 45);
    check_fault(tables.walk(Access::write, user_mode), WalkProblem::reserved_bits, 0xf);
}

TEST_CASE("a non-canonical address is no page fault and reads no table")
{
    Tables const tables;
    for (std::uint64_t gva : {0x0000'8000'0000'0000ULL, 0x8000'0000'0000'0000ULL,
                              0xffff'7fff'ffff'ffffULL, 0x0001'0000'0000'0000ULL}) {
        Walk const made = tables.walk(Access::read, supervisor, gva);
        check_fault(made, WalkProblem::non_canonical, 0);
        CHECK(made.depth == 0);
    }
    CHECK(tables.walk(Access::read, supervisor, 0x0000'7fff'ffff'ffff).problem ==
          WalkProblem::not_present);
    CHECK(tables.walk(Access::read, supervisor, 0xffff'8000'0000'0000).problem ==
          WalkProblem::not_present);
}

TEST_CASE("a table outside memory faults as if not present, and its entry is no step of the walk")
{
    Tables tables;
    tables.entry(2, 0x40000000 | all_rights);
    Walk const made = tables.walk(Access::write, user_mode);
    check_fault(made, WalkProblem::table_unmapped, 0x6);
    CHECK(made.depth == 3);

    tables.paging.cr3 = 0xd0000000;
    Walk const rootless = tables.walk(Access::fetch, supervisor);
    check_fault(rootless, WalkProblem::table_unmapped, 0x10);
    CHECK(rootless.depth == 0);
}

TEST_CASE("a walk never writes")
{
    Tables tables;
    tables.memory.clear_dirty();
    for (Access access : {Access::read, Access::write, Access::fetch})
        for (Privilege privilege : {supervisor, user_mode})
            CHECK(tables.walk(access, privilege).ok());
    CHECK(tables.memory.dirty_pages().empty());
    CHECK(tables.entry(1) == (0x8000 | all_rights));
}

TEST_CASE("a read sets the accessed bit of every entry and no dirty bit")
{
    Tables tables;
    Walk made = tables.walk(Access::read, supervisor);
    set_accessed_and_dirty(tables.memory, tables.paging, made);
    CHECK(tables.entry(4) == (0x2000 | all_rights | accessed));
    CHECK(tables.entry(3) == (0x3000 | all_rights | accessed));
    CHECK(tables.entry(2) == (0x4000 | all_rights | accessed));
    CHECK(tables.entry(1) == (0x8000 | all_rights | accessed));
    CHECK_FALSE(made.dirty());
}

TEST_CASE("a write sets the dirty bit of the entry that maps the page, and of no other")
{
    Tables tables;
    Walk made = tables.walk(Access::write, supervisor);
    set_accessed_and_dirty(tables.memory, tables.paging, made);
    CHECK(tables.entry(2) == (0x4000 | all_rights | accessed));
    CHECK(tables.entry(1) == (0x8000 | all_rights | accessed | dirty));
    CHECK(made.dirty());
    CHECK(made.entries[3].value == tables.entry(1));
}

TEST_CASE("large pages carry their dirty bit where their walk ends")
{
    Tables tables;
    tables.entry(2, large | all_rights);
    Walk made = tables.walk(Access::write, supervisor);
    set_accessed_and_dirty(tables.memory, tables.paging, made);
    CHECK(tables.entry(2) == (large | all_rights | accessed | dirty));
    CHECK(tables.entry(1) == (0x8000 | all_rights));
}

TEST_CASE("bits that are already set are not written again")
{
    Tables tables;
    Walk first = tables.walk(Access::write, supervisor);
    set_accessed_and_dirty(tables.memory, tables.paging, first);
    tables.memory.clear_dirty();
    Walk second = tables.walk(Access::write, supervisor);
    set_accessed_and_dirty(tables.memory, tables.paging, second);
    CHECK(tables.memory.dirty_pages().empty());
}

TEST_CASE("a read of a dirty page leaves it dirty")
{
    Tables tables;
    tables.entry(1, 0x8000 | all_rights | dirty);
    Walk made = tables.walk(Access::read, supervisor);
    set_accessed_and_dirty(tables.memory, tables.paging, made);
    CHECK(tables.entry(1) == (0x8000 | all_rights | accessed | dirty));
}

TEST_CASE("a PAE directory pointer gets no accessed bit: its place is reserved")
{
    PaeTables tables;
    Walk made = walk(tables.memory, tables.paging, Gva(0), Access::write, supervisor);
    set_accessed_and_dirty(tables.memory, tables.paging, made);
    CHECK(get(tables.memory, 0x1000, 8) == (0x2000 | present));
    CHECK(get(tables.memory, 0x2000, 8) == (0x3000 | all_rights | accessed));
    CHECK(get(tables.memory, 0x3000, 8) == (0x8000 | all_rights | accessed | dirty));
    CHECK(tables.read().ok());
}

TEST_CASE("accessed bits of 4-byte entries leave their neighbours alone")
{
    memory::GuestMemory memory = small_memory();
    put(memory, 0x1000, large | all_rights, 4);
    put(memory, 0x1004, 0x55555555, 4);
    Paging const paging = strict(PagingMode::bits32);
    Walk made = walk(memory, paging, Gva(0), Access::write, supervisor);
    set_accessed_and_dirty(memory, paging, made);
    CHECK(get(memory, 0x1000, 4) == (large | all_rights | accessed | dirty));
    CHECK(get(memory, 0x1004, 4) == 0x55555555);
}

TEST_CASE("tables in read-only memory translate, and keep their bits as they are")
{
    memory::GuestMemory memory;
    REQUIRE(memory.add_slot(Gpa(0x1000), 0x1000, memory::SlotKind::read_only, "rom"));
    REQUIRE(memory.write_integer(Gpa(0x1000), large | all_rights, 4, memory::Writer::loader));
    Paging const paging = strict(PagingMode::bits32);
    Walk made = walk(memory, paging, Gva(0), Access::write, supervisor);
    REQUIRE(made.ok());
    set_accessed_and_dirty(memory, paging, made);
    CHECK(get(memory, 0x1000, 4) == (large | all_rights));
    CHECK(made.dirty());
}

TEST_CASE("paging off leaves nothing to mark, and counts as dirty")
{
    memory::GuestMemory memory = small_memory();
    Walk made = walk(memory, Paging{}, Gva(0x1000), Access::write, supervisor);
    set_accessed_and_dirty(memory, Paging{}, made);
    CHECK(memory.dirty_pages().empty());
    CHECK(made.dirty());
}

// The model TLB: when a walk is needed again.
#include "engine/x86/model_tlb.hpp"

#include "tests/x86/page_tables.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

constexpr Privilege supervisor = Privilege::supervisor;

/// A walk that found a page with these rights.
Walk found(std::uint64_t gva, Rights rights, std::uint8_t page_shift = 12)
{
    Walk walk;
    walk.gva = Gva(gva);
    walk.mode = PagingMode::level4;
    walk.page_shift = page_shift;
    walk.rights = rights;
    walk.depth = 1;
    walk.entries[0].value = all_rights;
    return walk;
}

constexpr Rights everything{.writable = true, .user = true, .executable = true};

ModelTlb fresh()
{
    ModelTlb tlb;
    tlb.follow(strict(PagingMode::level4));
    return tlb;
}

} // namespace

TEST_CASE("an empty TLB hits nothing, not even page 0")
{
    CHECK_FALSE(fresh().hit(Gva(0), Access::read, supervisor));
}

TEST_CASE("a cached page is hit at every offset, and its neighbours are not")
{
    ModelTlb tlb = fresh();
    tlb.insert(found(0x5123, everything));
    CHECK(tlb.hit(Gva(0x5000), Access::read, supervisor));
    CHECK(tlb.hit(Gva(0x5fff), Access::fetch, supervisor));
    CHECK_FALSE(tlb.hit(Gva(0x4fff), Access::read, supervisor));
    CHECK_FALSE(tlb.hit(Gva(0x6000), Access::read, supervisor));
}

TEST_CASE("a page that a read cached is walked once more by the first write, for its dirty bit")
{
    ModelTlb tlb = fresh();
    Walk walk = found(0x5000, everything);
    tlb.insert(walk);
    CHECK_FALSE(tlb.hit(Gva(0x5000), Access::write, supervisor));
    walk.access = Access::write;
    tlb.insert(walk);
    CHECK(tlb.hit(Gva(0x5000), Access::write, supervisor));
}

TEST_CASE("a page that was dirty already takes writes at once")
{
    ModelTlb tlb = fresh();
    Walk walk = found(0x5000, everything);
    walk.entries[0].value |= dirty;
    tlb.insert(walk);
    CHECK(tlb.hit(Gva(0x5000), Access::write, supervisor));
}

TEST_CASE("missing rights miss, so that the walk can say why")
{
    ModelTlb tlb = fresh();
    Walk walk = found(0x5000, Rights{});
    walk.entries[0].value |= dirty;
    tlb.insert(walk);
    CHECK(tlb.hit(Gva(0x5000), Access::read, supervisor));
    CHECK_FALSE(tlb.hit(Gva(0x5000), Access::read, Privilege::user));
    CHECK_FALSE(tlb.hit(Gva(0x5000), Access::write, supervisor));
    CHECK_FALSE(tlb.hit(Gva(0x5000), Access::fetch, supervisor));
}

TEST_CASE("a failed walk is not cached")
{
    ModelTlb tlb = fresh();
    Walk walk = found(0x5000, everything);
    walk.problem = WalkProblem::not_present;
    tlb.insert(walk);
    CHECK_FALSE(tlb.hit(Gva(0x5000), Access::read, supervisor));
}

TEST_CASE("two pages of the same slot take turns")
{
    ModelTlb tlb = fresh();
    std::uint64_t const other = 0x5000 + ModelTlb::entries * 0x1000;
    tlb.insert(found(0x5000, everything));
    tlb.insert(found(other, everything));
    CHECK_FALSE(tlb.hit(Gva(0x5000), Access::read, supervisor));
    CHECK(tlb.hit(Gva(other), Access::read, supervisor));
}

TEST_CASE("as many neighbouring pages as there are slots fit at once")
{
    ModelTlb tlb = fresh();
    for (std::uint64_t page = 0; page < ModelTlb::entries; ++page)
        tlb.insert(found(page * 0x1000, everything));
    for (std::uint64_t page = 0; page < ModelTlb::entries; ++page)
        CHECK(tlb.hit(Gva(page * 0x1000), Access::read, supervisor));
}

TEST_CASE("flush forgets everything, flush_page one page")
{
    ModelTlb tlb = fresh();
    tlb.insert(found(0x5000, everything));
    tlb.insert(found(0x6000, everything));
    tlb.flush_page(Gva(0x5abc));
    CHECK_FALSE(tlb.hit(Gva(0x5000), Access::read, supervisor));
    CHECK(tlb.hit(Gva(0x6000), Access::read, supervisor));
    tlb.flush();
    CHECK_FALSE(tlb.hit(Gva(0x6000), Access::read, supervisor));
}

TEST_CASE("flushing one address of a large page drops every cached piece of it")
{
    ModelTlb tlb = fresh();
    tlb.insert(found(0x200000, everything, 21));
    tlb.insert(found(0x3ff000, everything, 21));
    tlb.insert(found(0x401000, everything, 21));
    tlb.flush_page(Gva(0x2abcde));
    CHECK_FALSE(tlb.hit(Gva(0x200000), Access::read, supervisor));
    CHECK_FALSE(tlb.hit(Gva(0x3ff000), Access::read, supervisor));
    CHECK(tlb.hit(Gva(0x401000), Access::read, supervisor));
}

TEST_CASE("a change of CR3, mode or protection flushes, the same settings again do not")
{
    ModelTlb tlb = fresh();
    tlb.insert(found(0x5000, everything));
    tlb.follow(strict(PagingMode::level4));
    CHECK(tlb.hit(Gva(0x5000), Access::read, supervisor));

    Paging other = strict(PagingMode::level4);
    other.cr3 = 0x9000;
    tlb.follow(other);
    CHECK_FALSE(tlb.hit(Gva(0x5000), Access::read, supervisor));

    tlb.insert(found(0x5000, everything));
    other.write_protect = false;
    tlb.follow(other);
    CHECK_FALSE(tlb.hit(Gva(0x5000), Access::read, supervisor));
}

TEST_CASE("SMAP is judged at each hit and flushes nothing")
{
    ModelTlb tlb = fresh();
    tlb.insert(found(0x5000, everything));
    Paging guarded = strict(PagingMode::level4);
    guarded.smap = true;
    tlb.follow(guarded);
    CHECK_FALSE(tlb.hit(Gva(0x5000), Access::read, supervisor));
    CHECK(tlb.hit(Gva(0x5000), Access::read, Privilege::user));
    tlb.follow(strict(PagingMode::level4));
    CHECK(tlb.hit(Gva(0x5000), Access::read, supervisor));
}

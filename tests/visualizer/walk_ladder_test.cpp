// A page walk as the panel draws it.
#include "tests/catch.hpp"
#include "visualizer/model/walk_ladder.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

trace::PageWalk four_level(std::vector<std::uint64_t> const& entries)
{
    trace::PageWalk walk;
    walk.paging = trace::PagingMode::level4;
    walk.ok = true;
    walk.gva = 0xffff'8000'1234'5678;
    walk.gpa = 0x9678;
    for (std::uint64_t const entry : entries)
        walk.steps.push({0x1000, entry});
    return walk;
}

std::string letters(Rung const& rung)
{
    std::string text;
    for (EntryBit const& bit : rung.bits)
        text += bit.set ? bit.letter : '-';
    return text;
}

Catalogue with_ram()
{
    Catalogue catalogue;
    catalogue.add(trace::SlotMapped{0, 0x100000, trace::SlotKind::ram, std::string_view("RAM")});
    return catalogue;
}

} // namespace

TEST_CASE("the address is cut into the indices the rungs use")
{
    Ladder const drawn = ladder(four_level({0x2003, 0x3003, 0x4003, 0x9003}), with_ram());
    REQUIRE(drawn.fields.size() == 6);
    CHECK(drawn.fields[0].name == "sign");
    CHECK(drawn.fields[1].value == drawn.rungs[0].index);
    CHECK(drawn.fields[2].value == drawn.rungs[1].index);
    CHECK(drawn.fields[3].value == drawn.rungs[2].index);
    CHECK(drawn.fields[4].value == drawn.rungs[3].index);
    CHECK(drawn.fields[5].value == 0x678);
}

TEST_CASE("an entry's bits are letters, those that are set are shown")
{
    Ladder const drawn =
        ladder(four_level({0x2007, 0x3007, 0x4007, 0x8000'0000'0000'9163}), with_ram());
    CHECK(letters(drawn.rungs[0]) == "PWU-----");
    CHECK(letters(drawn.rungs[3]) == "PW-AD-GX");
    CHECK(drawn.rungs[3].target == 0x9000);
}

TEST_CASE("permissions are what all entries so far allow together")
{
    Ladder const drawn = ladder(four_level({0x2007, 0x3005, 0x4007, 0x9007}), with_ram());
    CHECK(drawn.rungs[0].allowed == Permissions{true, true, true, true});
    CHECK(drawn.rungs[1].allowed == Permissions{true, false, true, true});
    CHECK(drawn.rungs[3].allowed == Permissions{true, false, true, true});
}

TEST_CASE("an entry that is not present allows nothing")
{
    trace::PageWalk walk = four_level({0x2007, 0x3007, 0x4007, 0});
    walk.ok = false;
    walk.problem = trace::WalkProblem::not_present;
    Ladder const drawn = ladder(walk, with_ram());
    CHECK(drawn.rungs[2].allowed == Permissions{true, true, true, true});
    CHECK(drawn.rungs[3].allowed == Permissions{});
}

TEST_CASE("a large page ends the ladder early and widens the offset")
{
    trace::PageWalk walk = four_level({0x2003, 0x3003, 0x400083});
    walk.page_shift = 21;
    Ladder const drawn = ladder(walk, with_ram());
    CHECK(drawn.rungs.size() == 3);
    CHECK(drawn.rungs[2].leaf);
    CHECK(letters(drawn.rungs[2])[5] == 'S');
    CHECK(drawn.fields.back().count == 21);
    CHECK(drawn.page_size == "2 MiB page");
}

TEST_CASE("a walk that fails marks its last rung and explains the error code")
{
    trace::PageWalk walk = four_level({0x2003, 0x3003, 0x4003, 0x9001});
    walk.ok = false;
    walk.problem = trace::WalkProblem::write_protected;
    walk.error_code = 3;
    Ladder const drawn = ladder(walk, with_ram());
    CHECK_FALSE(drawn.rungs[2].breaks);
    CHECK(drawn.rungs[3].breaks);
    CHECK(drawn.verdict == "#PF error 0x3: the page is read-only");
    REQUIRE(drawn.error_bits.size() == 5);
    CHECK(drawn.error_bits[0].set);
    CHECK(drawn.error_bits[1].set);
    CHECK_FALSE(drawn.error_bits[2].set);
}

TEST_CASE("an address that is not canonical is a #GP, not a page fault")
{
    trace::PageWalk walk = four_level({});
    walk.ok = false;
    walk.problem = trace::WalkProblem::non_canonical;
    Ladder const drawn = ladder(walk, with_ram());
    CHECK(drawn.rungs.empty());
    CHECK(drawn.error_bits.empty());
    CHECK(drawn.verdict.substr(0, 4) == "#GP:");
}

TEST_CASE("the second dimension is the memory slot the address lies in")
{
    CHECK(ladder(four_level({0x2003, 0x3003, 0x4003, 0x9003}), with_ram()).slot ==
          "slot \"RAM\" (RAM) + 0x9678");
    CHECK(ladder(four_level({0x2003, 0x3003, 0x4003, 0x9003}), Catalogue()).slot ==
          "no memory slot: an access exits as MMIO");
}

TEST_CASE("a walk says who made it")
{
    trace::PageWalk walk = four_level({0x2003, 0x3003, 0x4003, 0x9003});
    walk.origin = trace::WalkOrigin::observed;
    CHECK(ladder(walk, with_ram()).evidence == "E");
    walk.origin = trace::WalkOrigin::reconstructed;
    CHECK(ladder(walk, with_ram()).evidence == "D");
}

TEST_CASE("PAE and 32-bit paging have their own fields")
{
    trace::PageWalk walk = four_level({0x2001, 0x3003, 0x9003});
    walk.paging = trace::PagingMode::pae;
    walk.gva = 0xc0105123;
    CHECK(ladder(walk, with_ram()).fields[0].value == 3);
    CHECK(ladder(walk, with_ram()).rungs[0].allowed == Permissions{true, true, true, true});
    walk = four_level({0x2003, 0x9003});
    walk.paging = trace::PagingMode::bits32;
    walk.gva = 0xc0105123;
    CHECK(ladder(walk, with_ram()).fields[0].value == 0x300);
    CHECK(ladder(walk, with_ram()).rungs[1].index == 0x105);
}

TEST_CASE("a damaged walk with too many steps or a huge page is drawn without harm")
{
    trace::PageWalk walk = four_level({1, 2, 3, 4});
    walk.paging = trace::PagingMode::bits32;
    walk.page_shift = 200;
    CHECK(ladder(walk, with_ram()).rungs.size() == 2);
    walk.paging = static_cast<trace::PagingMode>(77);
    CHECK(ladder(walk, with_ram()).rungs.empty());
}

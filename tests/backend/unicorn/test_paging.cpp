// Shadow translations: faults that restart, bits that are set, and walks that are told.
#include "tests/backend/unicorn/box.hpp"

#include <algorithm>

using namespace ringside;
using namespace ringside::unicorn_test;

namespace {

using Values = std::vector<std::uint64_t>;

constexpr std::uint64_t present = 1, writable = 2, no_execute = 1ULL << 63;
constexpr std::uint64_t accessed = 0x20, dirty = 0x40;

/// A guest whose page faults at `mapped` and above are answered by mapping physical memory from
/// 0x300000 on, a page for each.
class PagedBox : public Box {
public:
    explicit PagedBox(Bytes guest) : Box(Start::long64, guest)
    {
        gate(14, code + 0x800);
        entry_of(mapped); // the upper tables are there
    }
    void run_paged()
    {
        for (int limit = 0; limit < 1000 && !done(); ++limit) {
            Exit const left = enter();
            auto const* const out = std::get_if<exit::PortOut>(&left);
            REQUIRE(out != nullptr);
            if (out->port == 0x20) {
                faulted.push_back(out->value);
                map_page(mapped + out->value, 0x300000 + (out->value & ~0xfffU) + 3);
            }
            if (out->port == 0x21)
                errors.push_back(out->value);
            finish();
        }
        REQUIRE(done());
    }
    Values faulted; ///< offsets from `mapped`
    Values errors;
};

} // namespace

TEST_CASE("a load from a page that is not there faults once and restarts")
{
    PagedBox box(GUEST_BYTES(demand_load));
    box.poke(0x300100, 0xabcd, 4);
    box.run_paged();
    CHECK(box.faulted == Values{0x100});
    CHECK(box.errors == Values{0});
    CHECK(box.said() == Values{0xabcd});
}

TEST_CASE("a store across two pages that are not there faults twice and then happens whole")
{
    PagedBox box(GUEST_BYTES(demand_crossing_store));
    box.run_paged();
    CHECK(box.faulted.size() == 2);
    CHECK(std::is_permutation(box.faulted.begin(), box.faulted.end(),
                              Values{0x1ffc, 0x2000}.begin()));
    CHECK(box.errors == Values{2, 2});
    CHECK(box.registers().gpr[x86::rbx] == 0x1122334455667788);
}

TEST_CASE("REP MOVS keeps its progress over page faults")
{
    PagedBox box(GUEST_BYTES(demand_rep_movsb));
    for (std::uint64_t offset = 0; offset < 0x1200; offset += 8)
        box.poke(0x100000 + offset, offset * 0x0101);
    box.run_paged();
    CHECK(box.faulted == Values{0xf00, 0x1000, 0x2000});
    CHECK(box.registers().gpr[x86::rdi] == mapped + 0x2100);
    CHECK(box.registers().gpr[x86::rcx] == 0);
    for (std::uint64_t offset = 0; offset < 0x1200; offset += 8)
        REQUIRE(box.peek(0x300f00 + offset) == offset * 0x0101);
}

TEST_CASE("a push to a page that is not there changes no register and restarts")
{
    PagedBox box(GUEST_BYTES(demand_push));
    box.gate(14, code + 0x800, 0, 1); // on a stack of its own
    box.poke(tss + 36, inner_stack);
    box.run_paged();
    CHECK(box.faulted == Values{0x1000, 0xff8});
    CHECK(box.errors == Values{2, 2});
    CHECK(box.registers().gpr[x86::rbx] == 77);
}

TEST_CASE("an instruction whose tail lies in a page that is not there faults with that address")
{
    PagedBox box(GUEST_BYTES(demand_fetch));
    box.map_page(mapped, 0x300000 | present | writable);
    box.poke(0x301000, 0xc30403, 4);
    box.run_paged();
    CHECK(box.faulted == Values{0x1000});
    CHECK(box.errors == Values{0x10});
    CHECK(box.said() == Values{0x04030201});
}

TEST_CASE("code that is translated ahead but never reached raises no fault")
{
    PagedBox box(GUEST_BYTES(code_at_the_end_of_a_page));
    box.map_page(mapped, 0x300000 | present | writable);
    // OUT to the say port; a conditional jump that is taken to a RET; NOPs up to the page's end.
    box.load(0x300fe0, std::array<std::uint8_t, 1>{0xc3});
    box.load(0x300ff0,
             std::array<std::uint8_t, 16>{0xb0, 0x01, 0xe6, 0x10, 0x84, 0xc0, 0x75, 0xe8, 0x90,
                                          0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90});
    box.run_paged();
    CHECK(box.faulted.empty());
    CHECK(box.said() == Values{1});
}

TEST_CASE("straight code up to the end of a page runs whole before the next page faults")
{
    PagedBox box(GUEST_BYTES(code_at_the_end_of_a_page));
    box.map_page(mapped, 0x300000 | present | writable);
    // mov al, 1; out 0x10, al; eleven NOPs; the next page begins with a RET.
    std::array<std::uint8_t, 16> tail{};
    tail.fill(0x90);
    std::copy_n(std::array<std::uint8_t, 4>{0xb0, 0x01, 0xe6, 0x10}.begin(), 4, tail.begin());
    box.load(0x300ff0, tail);
    box.load(0x301000, std::array<std::uint8_t, 1>{0xc3});
    box.run_paged();
    CHECK(box.said() == Values{1});
    CHECK(box.faulted == Values{0x1000});
    CHECK(std::get<exit::PortOut>(box.exits[0]).port == say_port); // before the fault, not after
}

TEST_CASE("each kind of access is walked once, and again after a flush")
{
    Box box(Start::long64, GUEST_BYTES(access_kinds));
    box.map_page(mapped, 0x300000 | present | writable);
    box.run();
    REQUIRE(box.done());
    std::vector<trace::WalkAccess> kinds;
    for (trace::PageWalk const& walk : box.events<trace::PageWalk>()) {
        CHECK(walk.origin == trace::WalkOrigin::observed);
        if (walk.gva == mapped)
            kinds.push_back(walk.access);
    }
    using enum trace::WalkAccess;
    CHECK(kinds == std::vector{read, write, write});
}

TEST_CASE("the accessed bit is set by a read, the dirty bit only by a write")
{
    Box box(Start::long64, GUEST_BYTES(access_kinds));
    box.map_page(mapped, 0x300000 | present | writable);
    std::uint64_t const entry = box.entry_of(mapped);
    auto const step = [&] { box.step(backend::Budget::one_instruction); };
    step();
    CHECK((box.peek(entry) & (accessed | dirty)) == 0);
    step();
    CHECK((box.peek(entry) & (accessed | dirty)) == accessed);
    step();
    step();
    CHECK((box.peek(entry) & (accessed | dirty)) == (accessed | dirty));
}

TEST_CASE("a read-modify-write faults as a write, at its exact address")
{
    Box box(Start::long64, GUEST_BYTES(read_modify_write_fault));
    box.gate(14, code + 0x800);
    box.run();
    CHECK(box.said() == Values{2, 0x123});
}

TEST_CASE("INVLPG makes a changed entry count")
{
    Box box(Start::long64, GUEST_BYTES(stale_until_flushed));
    box.map_page(mapped, 0x301000 | present | writable);
    box.poke(0x300008, box.entry_of(mapped));
    box.poke(0x301000, 0x1111, 4);
    box.poke(0x302000, 0x2222, 4);
    box.run();
    CHECK(box.said() == Values{0x1111, 0x2222});
}

TEST_CASE("CR0.WP decides whether ring 0 may write to a read-only page")
{
    Box box(Start::long64, GUEST_BYTES(write_protection));
    box.map_page(mapped, 0x300000 | present);
    box.gate(14, code + 0x800);
    box.run();
    CHECK(box.said() == Values{3});
    CHECK(box.peek(0x300000, 4) == 2);
}

TEST_CASE("a fetch from a no-execute page faults with the instruction bit")
{
    Box box(Start::long64, GUEST_BYTES(no_execute));
    box.map_page(mapped, 0x300000 | present | writable | no_execute);
    box.gate(14, code + 0x800);
    box.run();
    CHECK(box.said() == Values{0x11, mapped >> 32});
}

TEST_CASE("pages the guest wrote are dirty, and dirty again after they were collected")
{
    Box box(Start::long64, GUEST_BYTES(touch_pages));
    // The stack and tables of the box are in pages of their own.
    auto const dirty_in_area = [&] {
        std::vector<Gpa> pages;
        for (Gpa page : box.memory.dirty_pages())
            if (page.value >= 0x200000)
                pages.push_back(page);
        return pages;
    };
    box.step();
    REQUIRE(box.machine->collect_dirty_pages());
    CHECK(dirty_in_area() ==
          std::vector{Gpa(0x201000), Gpa(0x202000), Gpa(0x203000), Gpa(0x205000)});
    box.memory.clear_dirty();
    box.run();
    REQUIRE(box.machine->collect_dirty_pages());
    CHECK(dirty_in_area() == std::vector{Gpa(0x205000)});
}

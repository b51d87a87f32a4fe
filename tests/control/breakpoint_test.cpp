// Breakpoints as values: what they cover, when they stop, how they are listed.
#include "engine/control/breakpoint.hpp"
#include "engine/query/happening.hpp"
#include "tests/catch.hpp"

using namespace ringside;
using namespace ringside::control;
using query::AddressSpace;

namespace {

Breakpoint at(std::uint64_t address, std::string_view condition = {})
{
    Breakpoint breakpoint;
    breakpoint.place = ExecuteAt{Gva(address)};
    breakpoint.condition_text = condition;
    breakpoint.condition = *query::parse_condition(condition);
    return breakpoint;
}

Breakpoint watch(Touch touch, std::uint64_t address, std::uint64_t size,
                 AddressSpace space = AddressSpace::guest_virtual)
{
    Breakpoint breakpoint;
    breakpoint.place = Watch{touch, space, address, size};
    return breakpoint;
}

Breakpoint event(std::string_view condition)
{
    Breakpoint breakpoint = at(0, condition);
    breakpoint.place = AnyEvent{};
    return breakpoint;
}

/// A machine on port 0x3f8.
query::Happening subject()
{
    query::Happening happening;
    happening.set(query::Field::port, 0x3f8);
    return happening;
}

Watch access(Touch touch, std::uint64_t address, std::uint64_t size)
{
    return {touch, AddressSpace::guest_virtual, address, size};
}

} // namespace

TEST_CASE("a breakpoint on an address is met there and nowhere else")
{
    Breakpoints set;
    unsigned const id = *set.add(at(0x1000));
    CHECK(set.at_instruction(Gva(0x1000), subject()) == Breakpoints::Ids{id});
    CHECK(set.at_instruction(Gva(0x1001), subject()).empty());
    CHECK(set.at_access(access(Touch::either, 0x1000, 1), subject()).empty());
    CHECK(set.at_event(subject()).empty());
}

TEST_CASE("a condition decides whether a breakpoint is met")
{
    Breakpoints set;
    unsigned const fits = *set.add(at(0x1000, "port == 0x3f8"));
    REQUIRE(set.add(at(0x1000, "port == 0x60")));
    CHECK(set.at_instruction(Gva(0x1000), subject()) == Breakpoints::Ids{fits});
}

TEST_CASE("an event is met by its condition")
{
    Breakpoints set;
    unsigned const id = *set.add(event("port == 0x3f8"));
    REQUIRE(set.add(event("port == 0x60")));
    CHECK(set.at_event(subject()) == Breakpoints::Ids{id});
    CHECK(set.at_instruction(Gva(0), subject()).empty());
}

TEST_CASE("a watchpoint is met by an access that touches one of its bytes in its way")
{
    Breakpoints set;
    unsigned const id = *set.add(watch(Touch::write, 0x2000, 4));
    Breakpoints::Ids const met{id};
    CHECK(set.at_access(access(Touch::write, 0x2003, 1), subject()) == met);
    CHECK(set.at_access(access(Touch::write, 0x1ff8, 9), subject()) == met);
    CHECK(set.at_access(access(Touch::write, 0x1000, 0x8000), subject()) == met);
    CHECK(set.at_access(access(Touch::either, 0x2000, 1), subject()) == met);
    CHECK(set.at_access(access(Touch::write, 0x2004, 1), subject()).empty());
    CHECK(set.at_access(access(Touch::write, 0x1fff, 1), subject()).empty());
    CHECK(set.at_access(access(Touch::read, 0x2000, 1), subject()).empty());
}

TEST_CASE("a watchpoint on physical memory is not met by a virtual address")
{
    Breakpoints set;
    REQUIRE(set.add(watch(Touch::either, 0x2000, 1, AddressSpace::guest_physical)));
    CHECK(set.at_access(access(Touch::write, 0x2000, 1), subject()).empty());
    Watch physical = access(Touch::read, 0x2000, 1);
    physical.space = AddressSpace::guest_physical;
    CHECK(set.at_access(physical, subject()).size() == 1);
}

TEST_CASE("a watchpoint may end at the last address, and not behind it")
{
    Breakpoints set;
    CHECK(set.add(watch(Touch::write, ~0ULL, 1)));
    CHECK(set.add(watch(Touch::write, 0, ~0ULL)));
    CHECK_FALSE(set.add(watch(Touch::write, ~0ULL, 2)));
    CHECK_FALSE(set.add(watch(Touch::write, 0x2000, 0)));
    CHECK(set.at_access(access(Touch::write, ~0ULL, 8), subject()).empty()); // no such access
}

TEST_CASE("hits are counted, and ignored ones do not stop")
{
    Breakpoints set;
    unsigned const id = *set.add(at(0x1000));
    CHECK(set.ignore(id, 2));
    CHECK_FALSE(set.hit({id}));
    CHECK_FALSE(set.hit({id}));
    CHECK(set.hit({id})->hits == 3);
    CHECK(set.find(id)->ignored == 0);
}

TEST_CASE("a breakpoint for once is gone after it has stopped, not after an ignored hit")
{
    Breakpoints set;
    Breakpoint once = at(0x1000);
    once.lifetime = Lifetime::one_shot;
    once.ignored = 1;
    unsigned const id = *set.add(once);
    CHECK_FALSE(set.hit({id}));
    CHECK(set.find(id) != nullptr);
    CHECK(set.hit({id})->id == id);
    CHECK(set.find(id) == nullptr);
    CHECK_FALSE(set.hit({id}));
}

TEST_CASE("of several that are met the first stops, and all are counted")
{
    Breakpoints set;
    unsigned const first = *set.add(at(0x1000));
    unsigned const second = *set.add(at(0x1000));
    CHECK(set.hit({first, second})->id == first);
    CHECK(set.find(second)->hits == 1);
    CHECK_FALSE(set.hit({}));
}

TEST_CASE("a disabled breakpoint is not met, and nobody waits for it")
{
    Breakpoints set;
    unsigned const id = *set.add(at(0x1000));
    CHECK(set.any<ExecuteAt>());
    CHECK_FALSE(set.any<Watch>());
    CHECK(set.enable(id, false));
    CHECK_FALSE(set.any<ExecuteAt>());
    CHECK(set.at_instruction(Gva(0x1000), subject()).empty());
    CHECK(set.enable(id, true));
    CHECK(set.at_instruction(Gva(0x1000), subject()).size() == 1);
}

TEST_CASE("ids are never used again, and an unknown one is told")
{
    Breakpoints set;
    unsigned const first = *set.add(at(1));
    CHECK(set.remove(first));
    CHECK_FALSE(set.remove(first));
    CHECK_FALSE(set.enable(first, true));
    CHECK_FALSE(set.ignore(first, 1));
    CHECK(*set.add(at(1)) == first + 1);
}

TEST_CASE("gdb's breakpoints go when gdb goes, and a person's stay")
{
    Breakpoints set;
    unsigned const mine = *set.add(at(0x1000));
    Breakpoint theirs = at(0x1000);
    theirs.owner = Owner::gdb;
    REQUIRE(set.add(theirs));
    CHECK(set.remove(Owner::gdb, ExecuteAt{Gva(0x1000)}));
    CHECK_FALSE(set.remove(Owner::gdb, ExecuteAt{Gva(0x1000)}));
    REQUIRE(set.add(theirs));
    set.remove_all(Owner::gdb);
    REQUIRE(set.all().size() == 1);
    CHECK(set.all()[0].id == mine);
}

TEST_CASE("what could never stop, or always would, is refused with advice")
{
    Breakpoints set;
    CHECK(set.add(event("")).error().text == "which event? give a condition, as kind == halt");
    CHECK(set.add(event("class == Q")).error().text ==
          "a machine cannot stop by class: only a viewer knows it");
    CHECK(set.add(event("cost > 1us")).error().blame == Blame::usage);
    for (unsigned count = 0; count < 1'000; ++count)
        REQUIRE(set.add(at(count)));
    CHECK(set.add(at(0)).error().text == "there are 1000 breakpoints already; delete some");
}

TEST_CASE("a breakpoint is listed in words")
{
    Breakpoint breakpoint = at(0x401000, "eax == 3");
    breakpoint.id = 3;
    CHECK(text_of(breakpoint) == "3  instruction at 0x401000 if eax == 3");
    breakpoint.hits = 1;
    breakpoint.ignored = 5;
    breakpoint.enabled = false;
    CHECK(text_of(breakpoint) ==
          "3  instruction at 0x401000 if eax == 3, 1 hit, the next 5 ignored, disabled");
    Breakpoint range = watch(Touch::either, 0x2000, 8, AddressSpace::guest_physical);
    range.lifetime = Lifetime::one_shot;
    range.owner = Owner::gdb;
    CHECK(text_of(range) == "0  access of 8 bytes at physical 0x2000, once, set by gdb");
    CHECK(text_of(event("kind == halt")) == "0  any event if kind == halt");
}

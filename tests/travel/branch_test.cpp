// Stepping back by instructions, changing something in the past, and what a bounded history refuses.
#include <algorithm>
#include <string>
#include <vector>

#include "engine/x86/control_bits.hpp"
#include "tests/catch.hpp"
#include "tests/travel/traveller.hpp"

using namespace ringside;
using namespace ringside::tests;
using machine::Pace;
using machine::Position;
using trace::BackendKind;

namespace {

ExpectedGuest guest_named(std::string const& name)
{
    for (ExpectedGuest const& guest : expected_guests())
        if (guest.name == name)
            return guest;
    FAIL("there is no guest " << name);
    return {};
}

/// Runs the body on each backend that can run and step this guest.
template <typename Body>
void on_each_backend(std::string const& name, Body body)
{
    ExpectedGuest const guest = guest_named(name);
    auto const needed =
        shipped_image(name).needs | backend::only(backend::Ability::step_supervisor);
    for (BackendKind const backend : {BackendKind::unicorn, BackendKind::kvm}) {
        std::string const reason = reason_to_skip(backend, needed);
        if (!reason.empty()) {
            std::printf("SKIPPED: travelling with %s: %s\n", name.c_str(), reason.c_str());
            continue;
        }
        CAPTURE(trace::name_of(backend));
        Traveller machine(guest, backend, Traveller::standard_options(name));
        body(machine);
    }
}

/// Where this text lies in the guest's memory.
Gpa find_text(memory::GuestMemory const& memory, std::string const& text)
{
    auto const wanted = std::as_bytes(std::span(text));
    for (memory::Slot const& slot : memory.slots()) {
        auto const found =
            std::search(slot.host.begin(), slot.host.end(), wanted.begin(), wanted.end());
        if (found != slot.host.end())
            return slot.start + static_cast<std::uint64_t>(found - slot.host.begin());
    }
    FAIL("the text is not in memory: " << text);
    return {};
}

std::size_t count_branches(Traveller const& machine)
{
    return machine.told.all<trace::Branched>().size();
}

} // namespace

TEST_CASE("a byte changed in the past makes a branch, which itself can be gone through again")
{
    on_each_backend("port-hello", [](Traveller& machine) {
        Hashes first;
        machine.run_on(first);
        std::string const whole = machine.console;
        machine.go_to(10);
        Gpa const text = find_text(machine->memory(), whole.substr(whole.size() - 20, 10));
        std::byte const star{'*'};
        REQUIRE(machine->change_memory(text, std::span(&star, 1)).value());
        CHECK(machine->branch() == 1);
        CHECK_FALSE(machine->replaying());
        Hashes changed;
        machine.run_on(changed);
        CHECK(machine.console.find('*') != std::string::npos);
        REQUIRE(count_branches(machine) == 1);
        CHECK(machine.told.all<trace::Branched>()[0].exits == 10);

        machine.go_to(5);
        Hashes again;
        machine.run_on(again);
        for (auto const& [exit, hash] : again)
            CHECK(hash == (exit <= 10 ? first[exit] : changed[exit]));
        CHECK(machine->branch() == 1);
    });
}

TEST_CASE("a register changed between two instructions of the past makes a branch there")
{
    on_each_backend("port-hello", [](Traveller& machine) {
        Hashes hashes;
        machine.run_on(hashes);
        machine.go_to(6, 2);
        x86::CpuState state = machine->vcpu().state().value();
        state.gpr[x86::r15] = 0x1234; // which 32-bit code cannot see
        REQUIRE(machine->change_registers(state));
        CHECK(machine->position() == Position{6, 2});
        machine.run_on(hashes);
        machine.go_to(3);
        Hashes again;
        machine.run_on(again);
        CHECK(again.rbegin()->second == hashes[again.rbegin()->first]);
        CHECK(machine->branch() == 1);
    });
}

TEST_CASE("stepped through by instructions, the past is the same at each exit")
{
    on_each_backend("port-hello", [](Traveller& machine) {
        Hashes hashes;
        machine.run_on(hashes);
        machine.go_to(7);
        std::uint64_t steps = 0;
        while (machine->exits() < 12) {
            machine.turn(Pace::instruction);
            ++steps;
            if (machine->position().steps == 0)
                REQUIRE(machine.hash() == hashes[machine->exits()]);
        }
        CHECK(steps > 5);
        CHECK(machine->branch() == 0);
    });
}

TEST_CASE("one instruction back undoes one instruction forward, across an exit too")
{
    on_each_backend("port-hello", [](Traveller& machine) {
        Hashes hashes;
        machine.run_on(hashes);
        machine.go_to(8);
        std::vector<Position> path;
        std::vector<std::uint64_t> seen;
        for (int step = 0; step < 12; ++step) {
            path.push_back(machine->position());
            seen.push_back(machine.hash());
            machine.turn(Pace::instruction);
        }
        while (!path.empty()) {
            REQUIRE(machine->back_one_instruction().value());
            REQUIRE(machine->position() == path.back());
            REQUIRE(machine.hash() == seen.back());
            path.pop_back();
            seen.pop_back();
        }
        CHECK(machine->branch() == 0);
    });
}

TEST_CASE("a history keeps within its bounds, and says how far back it reaches")
{
    machine::Options options = Traveller::standard_options("port-hello");
    options.history_bytes = 8U << 10;
    Traveller machine(guest_named("port-hello"), BackendKind::unicorn, options);
    Hashes hashes;
    machine.run_on(hashes);
    auto const [first, last] = machine->reach().value();
    CHECK(first.exits > 0);
    CHECK(last.exits == machine->exits());
    auto const too_far = machine->go_to({first.exits - 1, 0});
    REQUIRE_FALSE(too_far.has_value());
    CHECK(too_far.error().blame == Blame::usage);
    CHECK(machine->exits() == last.exits); // refused, and unharmed
    machine.go_to(first.exits);
    Hashes again;
    machine.run_on(again);
    CHECK(again.rbegin()->second == hashes.rbegin()->second);
}

TEST_CASE("without a history there is no way back, and with one none before its beginning")
{
    machine::Options options = Traveller::standard_options("first-exit");
    Traveller with(guest_named("first-exit"), BackendKind::unicorn, options);
    CHECK_FALSE(with->back_one_instruction().value());
    CHECK_FALSE(with->go_to({1000, 0}).has_value());
    CHECK_FALSE(with->go_to({0, 1'000'000}).has_value());
    options.history_bytes = 0;
    Traveller without(guest_named("first-exit"), BackendKind::unicorn, options);
    CHECK_FALSE(without->go_to({0, 0}).has_value());
    CHECK_FALSE(without->reach().has_value());
}

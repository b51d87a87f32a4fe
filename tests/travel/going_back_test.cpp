// Going back and forward again, on the shipped guests and both backends: the same states and events.
#include <iterator>
#include <random>
#include <string>

#include "engine/stream/parity.hpp"
#include "tests/catch.hpp"
#include "tests/travel/traveller.hpp"

using namespace ringside;
using namespace ringside::tests;
using trace::BackendKind;

namespace {

void check_back_and_forth(ExpectedGuest const& guest, BackendKind backend, unsigned journeys)
{
    Traveller machine(guest, backend, Traveller::standard_options(guest.name));
    Hashes once;
    once[0] = machine.hash();
    machine.run_on(once);
    std::string const console = machine.console;
    std::size_t const told = machine.told.records().size();
    CHECK(console == guest.console);

    std::mt19937 random(7 + static_cast<unsigned>(guest.name.size()));
    for (unsigned journey = 0; journey < journeys; ++journey) {
        std::uint64_t const exit = random() % (machine->exits() + 1);
        CAPTURE(guest.name, exit);
        machine.go_to(exit);
        REQUIRE(machine->exits() == exit);
        if (once.count(exit) != 0)
            REQUIRE(machine.hash() == once[exit]);
        machine.retold.take();
        Hashes again;
        machine.run_on(again, journey < 2 ? 1 : 50);
        for (auto const& [at, hash] : again)
            REQUIRE(hash == once[at]);
        REQUIRE(machine->branch() == 0);

        // In the middle of an instruction, its other exits are told again with it.
        std::uint64_t const moment = std::prev(once.upper_bound(exit))->first;
        auto const found =
            stream::first_divergence(machine.told_behind(moment), machine.retold.take());
        REQUIRE((found ? found->what : "") == "");
    }
    CHECK(machine.console == console); // nothing was printed twice
    CHECK(machine.told.records().size() == told);
}

void check_all(BackendKind backend, unsigned journeys)
{
    for (ExpectedGuest const& guest : expected_guests())
        if (!skip_guest("going back", guest, backend))
            DYNAMIC_SECTION(guest.name)
            {
                check_back_and_forth(guest, backend, journeys);
            }
}

} // namespace

TEST_CASE("every guest goes back to any exit and forward to the same end on Unicorn")
{
    check_all(BackendKind::unicorn, 3);
}

TEST_CASE("every guest goes back to any exit and forward to the same end on KVM")
{
    check_all(BackendKind::kvm, 3);
}

TEST_CASE("every guest goes back to 200 exits and forward on Unicorn", "[.slow]")
{
    check_all(BackendKind::unicorn, 200);
}

TEST_CASE("every guest goes back to 200 exits and forward on KVM", "[.slow]")
{
    check_all(BackendKind::kvm, 200);
}

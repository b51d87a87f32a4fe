// Going back and forward again, on the shipped guests and both backends: the same states and events.
#include <algorithm>
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

/// The records behind the `exits`th ExitEnd. Idle turns in front of the next exit are among them.
std::vector<trace::Record> records_behind(std::vector<trace::Record> const& records,
                                          std::uint64_t exits)
{
    auto from = records.begin();
    for (auto at = records.begin(); at != records.end() && exits != 0; ++at)
        if (std::holds_alternative<trace::ExitEnd>(at->event) && --exits == 0)
            from = at + 1;
    return {from, records.end()};
}

trace::Category category_of(trace::Record const& record)
{
    return std::visit([](auto const& event) { return event.category; }, record.event);
}

/// A walk at the end of an exit is told behind its ExitEnd; so are a keyframe, and a typed byte with its
/// interrupt line. What
/// comes before the first exit is no part of a turn either.
void drop_tail_of_exit(std::vector<trace::Record>& records)
{
    auto const next = std::find_if(records.begin(), records.end(), [](trace::Record const& record) {
        if (category_of(record) == trace::Category::lifecycle ||
            category_of(record) == trace::Category::definition)
            return false;
        auto const* walk = std::get_if<trace::PageWalk>(&record.event);
        bool const tail = (walk != nullptr && walk->origin == trace::WalkOrigin::reconstructed) ||
                          std::holds_alternative<trace::Keyframe>(record.event) ||
                          std::holds_alternative<trace::DeviceState>(record.event) ||
                          std::holds_alternative<trace::Scheduling>(record.event) ||
                          std::holds_alternative<trace::LineChanged>(record.event) ||
                          std::holds_alternative<trace::ConsoleByte>(record.event);
        return !tail;
    });
    records.erase(records.begin(), next);
}

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
        std::vector<trace::Record> first = records_behind(machine.told.records(), moment);
        std::vector<trace::Record> second = machine.retold.take();
        drop_tail_of_exit(first);
        drop_tail_of_exit(second);
        auto const found = stream::first_divergence(first, second);
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

// Guests that move to the other backend in mid-run, at many places: what they do from there on is what
// they would have done.
#include <algorithm>
#include <cstdio>
#include <random>
#include <set>

#include "engine/stream/parity.hpp"
#include "tests/catch.hpp"
#include "tests/snapshot/portable.hpp"

using namespace ringside;
using namespace ringside::tests;
using trace::BackendKind;

namespace {

using Records = std::vector<trace::Record>;

/// Told between two exits, or when a stream begins; which of them comes first differs there.
bool is_told_between_exits(trace::Record const& record)
{
    trace::Category const category =
        std::visit([](auto const& event) { return event.category; }, record.event);
    return category == trace::Category::lifecycle || category == trace::Category::definition ||
           category == trace::Category::scheduling ||
           std::holds_alternative<trace::PageWalk>(record.event) ||
           std::holds_alternative<trace::Keyframe>(record.event) ||
           std::holds_alternative<trace::DeviceState>(record.event) ||
           std::holds_alternative<trace::ConsoleByte>(record.event) ||
           std::holds_alternative<trace::Instruction>(record.event);
}

/// What is told from the exit behind `exits` on.
Records rest_of(Records const& records, std::uint64_t exits)
{
    auto from = records.begin();
    for (auto at = records.begin(); at != records.end() && exits != 0; ++at)
        if (std::holds_alternative<trace::ExitEnd>(at->event) && --exits == 0)
            from = at + 1;
    from = std::find_if_not(from, records.end(), is_told_between_exits);
    return {from, records.end()};
}

/// So that both streams know the flags before their first change.
void begin_with_keyframe(Records& records, Records const& restored)
{
    auto const keyframe =
        std::find_if(restored.begin(), restored.end(), [](trace::Record const& record) {
            return std::holds_alternative<trace::Keyframe>(record.event);
        });
    REQUIRE(keyframe != restored.end());
    records.insert(records.begin(), *keyframe);
}

std::set<std::uint64_t> places(std::uint64_t exits, unsigned count, unsigned seed)
{
    std::mt19937 random(seed);
    std::set<std::uint64_t> found;
    for (unsigned number = 0; number < count; ++number)
        found.insert(random() % exits);
    return found;
}

void check_one_move(ExpectedGuest const& guest, Portable const& whole, Portable& moving,
                    std::string const& left_to_type, BackendKind to)
{
    std::uint64_t const exit = moving.machine->exits();
    CAPTURE(guest.name, exit);
    Portable arrived(moving.take(), to, left_to_type);
    REQUIRE(arrived.machine->exits() == exit);
    arrived.run();
    REQUIRE(moving.console + arrived.console == whole.console);
    REQUIRE(arrived.stop.code == whole.stop.code);
    if (guest.preempted)
        return; // where KVM is preempted is not repeatable
    REQUIRE(arrived.machine->exits() == whole.machine->exits());
    Records stayed = rest_of(whole.sink.records(), exit);
    Records moved = rest_of(arrived.sink.records(), 0);
    begin_with_keyframe(stayed, arrived.sink.records());
    begin_with_keyframe(moved, arrived.sink.records());
    auto const found = stream::first_divergence(stayed, moved);
    REQUIRE((found ? found->what : "") == "");
}

void check_moves(ExpectedGuest const& guest, BackendKind from, BackendKind to, unsigned count)
{
    Portable whole(guest, from);
    whole.run();
    Portable moving(guest, from);
    for (std::uint64_t const exit : places(whole.machine->exits(), count, 4711)) {
        if (moving.run_to(exit))
            return;
        check_one_move(guest, whole, moving, moving.input.left(), to);
    }
}

void check_all(BackendKind from, BackendKind to, unsigned count)
{
    for (ExpectedGuest const& guest : expected_guests()) {
        std::string const reason =
            reason_to_skip(BackendKind::kvm, shipped_image(guest.name).needs);
        bool const needs_kvm = from == BackendKind::kvm || to == BackendKind::kvm;
        if (needs_kvm && !reason.empty()) {
            std::printf("SKIPPED: moving %s: %s\n", guest.name.c_str(), reason.c_str());
            continue;
        }
        DYNAMIC_SECTION(guest.name)
        {
            check_moves(guest, from, to, count);
        }
    }
}

} // namespace

TEST_CASE("a snapshot of Unicorn goes on under Unicorn as the guest would have")
{
    check_all(BackendKind::unicorn, BackendKind::unicorn, 5);
}

TEST_CASE("a snapshot of KVM goes on under Unicorn as the guest would have")
{
    check_all(BackendKind::kvm, BackendKind::unicorn, 5);
}

TEST_CASE("a snapshot of Unicorn goes on under KVM as the guest would have")
{
    check_all(BackendKind::unicorn, BackendKind::kvm, 5);
}

TEST_CASE("snapshots at fifty places move from KVM to Unicorn", "[.slow]")
{
    check_all(BackendKind::kvm, BackendKind::unicorn, 50);
}

TEST_CASE("snapshots at fifty places move from Unicorn to KVM", "[.slow]")
{
    check_all(BackendKind::unicorn, BackendKind::kvm, 50);
}

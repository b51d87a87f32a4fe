// Every shipped guest, on every backend: what it prints, how it ends, and that both backends tell the
// same story.
#include <cstdio>

#include "engine/stream/export_text.hpp"
#include "engine/stream/parity.hpp"
#include "tests/catch.hpp"
#include "tests/guest/guest_list.hpp"

using namespace ringside;
using namespace ringside::tests;
using trace::BackendKind;

namespace {

/// True, and one line for the list of skips, when this host's backend cannot run it.
bool skipped(std::string const& test, BackendKind backend, backend::Abilities needed)
{
    std::string const reason = reason_to_skip(backend, needed);
    if (!reason.empty())
        std::printf("SKIPPED: %s: %s\n", test.c_str(), reason.c_str());
    return !reason.empty();
}

std::string where(std::vector<trace::Record> const& records, std::size_t index)
{
    std::string text;
    std::size_t const first = index < 6 ? 0 : index - 6;
    for (std::size_t at = first; at < records.size() && at < index + 3; ++at)
        text += (at == index ? "> " : "  ") + stream::record_text(records[at]) + "\n";
    return text;
}

void check_same_story(GuestRun const& kvm, GuestRun const& unicorn)
{
    auto const found = stream::first_divergence(kvm.records, unicorn.records);
    if (!found)
        return;
    INFO("on KVM:\n"
         << where(kvm.records, found->left) << "on Unicorn:\n"
         << where(unicorn.records, found->right));
    FAIL("the streams differ: " << found->what);
}

backend::Abilities stepping(backend::Abilities needs)
{
    using backend::Ability;
    constexpr auto user_code = backend::only(Ability::user_mode) |
                               backend::only(Ability::user_interrupts) |
                               backend::only(Ability::syscall);
    needs |= backend::only(Ability::step_supervisor);
    return (needs & user_code) != 0 ? needs | backend::only(Ability::step_user) : needs;
}

} // namespace

TEST_CASE("every guest prints what its page says and ends as it says, on Unicorn")
{
    for (ExpectedGuest const& guest : expected_guests()) {
        INFO(guest.name);
        GuestRun const run = run_guest(guest, BackendKind::unicorn);
        INFO(run.stop.reason);
        CHECK(run.console == guest.console);
        CHECK(static_cast<int>(run.stop.code) == guest.result);
    }
}

TEST_CASE("every guest prints what its page says and ends as it says, on KVM")
{
    for (ExpectedGuest const& guest : expected_guests()) {
        if (skipped("guest " + guest.name + " on KVM", BackendKind::kvm,
                    shipped_image(guest.name).needs))
            continue;
        INFO(guest.name);
        GuestRun const run = run_guest(guest, BackendKind::kvm);
        INFO(run.stop.reason);
        CHECK(run.console == guest.console);
        CHECK(static_cast<int>(run.stop.code) == guest.result);
    }
}

TEST_CASE("both backends tell the same event stream of every guest")
{
    for (ExpectedGuest const& guest : expected_guests()) {
        if (skipped("parity of " + guest.name, BackendKind::kvm, shipped_image(guest.name).needs))
            continue;
        DYNAMIC_SECTION(guest.name)
        {
            GuestRun const kvm = run_guest(guest, BackendKind::kvm);
            GuestRun const unicorn = run_guest(guest, BackendKind::unicorn);
            if (guest.preempted)
                CHECK(stream::different_properties(kvm.records, unicorn.records).empty());
            else
                check_same_story(kvm, unicorn);
        }
    }
}

TEST_CASE("both backends tell the same page walks when every instruction is stepped")
{
    machine::Options options;
    options.walks = machine::WalkMode::every_instruction;
    for (ExpectedGuest const& guest : expected_guests()) {
        if (guest.preempted || skipped("walks of " + guest.name, BackendKind::kvm,
                                       stepping(shipped_image(guest.name).needs)))
            continue;
        DYNAMIC_SECTION(guest.name)
        {
            GuestRun const kvm = run_guest(guest, BackendKind::kvm, options);
            GuestRun const unicorn = run_guest(guest, BackendKind::unicorn, options);
            check_same_story(kvm, unicorn);
        }
    }
}

TEST_CASE("twenty runs on Unicorn are equal in every event")
{
    for (ExpectedGuest const& guest : expected_guests()) {
        INFO(guest.name);
        GuestRun const first = run_guest(guest, BackendKind::unicorn);
        for (int repeat = 1; repeat < 20; ++repeat) {
            GuestRun const again = run_guest(guest, BackendKind::unicorn);
            bool same = first.records.size() == again.records.size();
            for (std::size_t index = 0; same && index < first.records.size(); ++index)
                same = first.records[index].event == again.records[index].event &&
                       first.records[index].time == again.records[index].time;
            CHECK(same);
        }
    }
}

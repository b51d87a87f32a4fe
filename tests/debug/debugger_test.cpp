// Stopping and going back, on both backends, in shipped guests.
#include <cstdio>

#include "tests/catch.hpp"
#include "tests/debug/desk.hpp"

using namespace ringside;
using namespace ringside::tests;
using debug::Halt;
using trace::BackendKind;

namespace {

/// Those of the two backends that can run and step the guest here.
std::vector<BackendKind> backends_for(std::string const& guest)
{
    std::vector<BackendKind> usable{BackendKind::unicorn};
    backend::Abilities const needs =
        shipped_image(guest).needs | backend::only(backend::Ability::step_supervisor);
    std::string const reason = reason_to_skip(BackendKind::kvm, needs);
    if (reason.empty())
        usable.push_back(BackendKind::kvm);
    else
        std::printf("SKIPPED: debugging %s on KVM: %s\n", guest.c_str(), reason.c_str());
    return usable;
}

std::string console_of(std::string const& name)
{
    for (ExpectedGuest const& guest : expected_guests())
        if (guest.name == name)
            return guest.console;
    return {};
}

} // namespace

TEST_CASE("a breakpoint stops in front of its instruction, and the guest then goes on to its end")
{
    for (BackendKind const backend : backends_for("exceptions")) {
        Desk desk("exceptions", backend);
        desk.stop_at("page_fault");
        Halt const halt = desk.run();
        CHECK(halt.why == Halt::Why::breakpoint);
        CHECK(desk.holds("rip == page_fault"));
        CHECK(desk.run().why == Halt::Why::breakpoint); // the store faults, too
        CHECK(desk.run().why == Halt::Why::ended);
        CHECK(desk.console == console_of("exceptions"));
    }
}

TEST_CASE("a condition decides whether a breakpoint stops")
{
    for (BackendKind const backend : backends_for("exceptions")) {
        Desk desk("exceptions", backend);
        auto breakpoint =
            desk.breakpoint(control::ExecuteAt{Gva(desk.address("page_fault"))}, "qword[rsp] & 2");
        REQUIRE(desk.debugger->breakpoints().add(breakpoint).has_value());
        CHECK(desk.run().why == Halt::Why::breakpoint);
        CHECK(desk.holds("qword[rsp] == 2")); // the store, not the load before it
        CHECK(desk.run().why == Halt::Why::ended);
    }
}

TEST_CASE("a watchpoint stops behind each write, and on the way back in front of it")
{
    for (BackendKind const backend : backends_for("demand-paging")) {
        Desk desk("demand-paging", backend);
        desk.watch("faults", 4);
        for (unsigned count = 1; count <= 3; ++count) {
            Halt const halt = desk.run();
            REQUIRE(halt.why == Halt::Why::breakpoint);
            CHECK(desk.holds("dword[faults] == " + std::to_string(count)));
        }
        CHECK(desk.back().why == Halt::Why::breakpoint);
        CHECK(desk.holds("dword[faults] == 2")); // the third write is about to happen
        CHECK(desk.back().why == Halt::Why::breakpoint);
        CHECK(desk.holds("dword[faults] == 1"));
    }
}

TEST_CASE("a read is watched too, by the operand that reads")
{
    for (BackendKind const backend : backends_for("demand-paging")) {
        Desk desk("demand-paging", backend);
        desk.watch("next_frame", 8, control::Touch::read);
        Halt const halt = desk.run();
        REQUIRE(halt.why == Halt::Why::breakpoint);
        REQUIRE(halt.touched);
        CHECK(halt.touched->touch == control::Touch::read);
        CHECK(desk.holds("qword[next_frame] == rdi")); // mov rdi, [next_frame]
    }
}

TEST_CASE("an event stops the machine behind its exit, without stepping a single instruction")
{
    for (BackendKind const backend : backends_for("port-hello")) {
        Desk desk("port-hello", backend);
        desk.stop_when("port == 0x3f8 && value == 'o'");
        CHECK(desk.run().why == Halt::Why::breakpoint);
        CHECK(desk.console.back() == 'o');
        CHECK(desk.machine->position().steps == 0);
    }
}

TEST_CASE("back to an event finds the last one before, not the one stood at")
{
    for (BackendKind const backend : backends_for("port-hello")) {
        Desk desk("port-hello", backend);
        CHECK(desk.run().why == Halt::Why::ended);
        desk.stop_when("port == 0x3f8");
        std::uint64_t previous = desk.machine->exits() + 1;
        for (int count = 0; count < 5; ++count) {
            REQUIRE(desk.back().why == Halt::Why::breakpoint);
            CHECK(desk.machine->exits() < previous);
            previous = desk.machine->exits();
        }
    }
}

TEST_CASE("one instruction back undoes one instruction forward")
{
    for (BackendKind const backend : backends_for("first-exit")) {
        Desk desk("first-exit", backend);
        for (int count = 0; count < 12; ++count)
            desk.step();
        std::uint64_t const there = desk.machine->vcpu().standing().registers.rip;
        desk.step();
        desk.step_back();
        CHECK(desk.machine->vcpu().standing().registers.rip == there);
        for (int count = 0; count < 12; ++count)
            CHECK(desk.step_back().why == Halt::Why::stepped);
        CHECK(desk.step_back().why == Halt::Why::beginning);
    }
}

TEST_CASE("what a person breaks off stops at once")
{
    Desk desk("first-exit", BackendKind::unicorn);
    auto const halt = desk.debugger->run([] { return false; });
    REQUIRE(halt.has_value());
    CHECK(halt->why == Halt::Why::interrupted);
    CHECK(desk.machine->exits() == 0);
}

TEST_CASE("a search backwards that is broken off leaves the machine where it stood")
{
    Desk desk("port-hello", BackendKind::unicorn);
    CHECK(desk.run().why == Halt::Why::ended);
    desk.stop_when("exits == 3");
    machine::Position const here = desk.machine->position();
    int asked = 0; // says so once, as whoever answers a signal does
    auto const halt = desk.debugger->back([&] { return ++asked != 7; });
    REQUIRE(halt.has_value());
    CHECK(halt->why == Halt::Why::interrupted);
    CHECK(desk.machine->position() == here);
}

TEST_CASE("without the ability to step, a breakpoint is refused by the ability's name")
{
    Desk desk("first-exit", BackendKind::unicorn);
    debug::Debugger unable(*desk.machine, desk.ear, backend::Abilities{});
    auto const halt = unable.step_instruction();
    REQUIRE_FALSE(halt.has_value());
    CHECK(halt.error().text.find("single-step") != std::string::npos);
}

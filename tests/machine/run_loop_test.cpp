// The run loop, driven by scripted exits: no KVM, no Unicorn.
#include "tests/machine/scripted_machine.hpp"

#include "guest-programs/abi/ringside.h"

using namespace ringside;
using namespace ringside::tests;
namespace exit_is = ringside::backend::exit;
using trace::StopCause;

namespace {

exit_is::PortOut out(std::uint16_t port, std::uint32_t value)
{
    return {port, 1, value};
}
exit_is::PortOut end_with(std::uint32_t result)
{
    return out(RINGSIDE_PORT_EXIT, result);
}

/// PIC set up as every PC does (vectors 0x20 and 0x28), IRQ 0 unmasked, PIT channel 0 in mode 2.
std::vector<backend::Exit> timer_set_up(std::uint16_t reload)
{
    return {out(0x20, 0x11), out(0x21, 0x20), out(0x21, 0x04),           out(0x21, 0x01),
            out(0x21, 0xfe), out(0x43, 0x34), out(0x40, reload & 0xffU), out(0x40, reload >> 8U)};
}

} // namespace

TEST_CASE("the guest's result on the exit port ends the run with that code")
{
    ScriptedMachine machine({end_with(7)});
    trap::Stop const stop = machine.run();
    CHECK(stop.cause == StopCause::guest_exit);
    CHECK(stop.code == 7);
}

TEST_CASE("bytes written to the serial port reach the console in order")
{
    ScriptedMachine machine({out(0x3f8, 'h'), out(0x3f8, 'i'), end_with(0)});
    machine.run();
    CHECK(machine.console == "hi");
}

TEST_CASE("every exit is answered exactly once, the last one too")
{
    ScriptedMachine machine({out(0x80, 1), exit_is::PortIn{0x3fd, 1, 0, 1}, end_with(0)});
    machine.run();
    CHECK(machine.script.answers.size() == 3);
}

TEST_CASE("a read of an unclaimed port answers all ones and is an event")
{
    ScriptedMachine machine({exit_is::PortIn{0x300, 2, 0, 1}, end_with(0)});
    machine.run();
    CHECK(machine.script.answers[0].value == 0xffff);
    auto const unclaimed = machine.sink.all<trace::Unclaimed>();
    REQUIRE(unclaimed.size() == 1);
    CHECK(unclaimed[0].address == 0x300);
}

TEST_CASE("an unknown MSR raises a general-protection fault")
{
    ScriptedMachine machine({exit_is::MsrRead{0x1234}, end_with(0)});
    machine.run();
    CHECK(machine.script.answers[0].general_protection);
}

TEST_CASE("an exit's events lie between its beginning and its end")
{
    ScriptedMachine machine({out(0x3f8, 'A'), end_with(0)});
    machine.run();
    int depth = 0;
    for (trace::Record const& record : machine.sink.records()) {
        if (std::holds_alternative<trace::ExitBegin>(record.event))
            ++depth;
        if (std::holds_alternative<trace::DeviceAccess>(record.event))
            CHECK(depth == 1);
        if (std::holds_alternative<trace::ExitEnd>(record.event))
            --depth;
    }
    CHECK(depth == 0);
}

TEST_CASE("an exit's end names the sequence number of its beginning")
{
    ScriptedMachine machine({out(0x80, 1), out(0x80, 2), end_with(0)});
    machine.run();
    std::uint64_t began = 0;
    for (trace::Record const& record : machine.sink.records()) {
        if (std::holds_alternative<trace::ExitBegin>(record.event))
            began = record.seq;
        if (auto const* end = std::get_if<trace::ExitEnd>(&record.event))
            CHECK(end->began == began);
    }
}

TEST_CASE("each exit moves virtual time by one step")
{
    ScriptedMachine machine({out(0x80, 1), out(0x80, 2), end_with(0)});
    machine.run();
    CHECK(machine.end == VirtualTime(3 * sched::exit_step_ns));
}

TEST_CASE("a spent slice moves virtual time by a slice")
{
    ScriptedMachine machine({exit_is::BudgetSpent{}, end_with(0)});
    machine.run();
    CHECK(machine.end == VirtualTime(sched::spent_slice_ns + sched::exit_step_ns));
}

TEST_CASE("a halted guest wakes by the timer, at the timer's time")
{
    auto exits = timer_set_up(1193);
    exits.push_back(exit_is::Halt{});
    exits.push_back(end_with(0));
    ScriptedMachine machine(exits);
    machine.interrupts_on();
    machine.run();
    CHECK(machine.script.injected == std::vector<std::uint8_t>{0x20});
    // 1193 ticks of 1193182 Hz, counted from the eighth exit, which loaded the counter.
    CHECK(machine.end.value > 999'847);
    CHECK(machine.end.value < 999'847 + 12 * sched::exit_step_ns);
}

TEST_CASE("an interrupt that the guest cannot take is told once, with the reason, and not injected")
{
    auto exits = timer_set_up(1193);
    exits.push_back(exit_is::BudgetSpent{});
    exits.push_back(exit_is::BudgetSpent{});
    exits.push_back(out(0x80, 0));
    exits.push_back(end_with(0));
    ScriptedMachine machine(exits);
    machine.script.window = {false, trace::NotNow::interrupts_off};
    machine.run();
    CHECK(machine.script.injected.empty());
    auto const pending = machine.sink.all<trace::InterruptPending>();
    REQUIRE(pending.size() == 1);
    CHECK(pending[0].irq == 0);
    CHECK(pending[0].reason == trace::NotNow::interrupts_off);
}

TEST_CASE("a guest that halts with interrupts off is at its end")
{
    ScriptedMachine machine({exit_is::Halt{}});
    trap::Stop const stop = machine.run();
    CHECK(stop.cause == StopCause::halted_for_ever);
    CHECK(stop.reason.find("interrupts off") != std::string::npos);
    CHECK(stop.code == 0);
}

TEST_CASE("a guest that halts with interrupts on and nothing to wake it is at its end")
{
    ScriptedMachine machine({exit_is::Halt{}});
    machine.interrupts_on();
    trap::Stop const stop = machine.run();
    CHECK(stop.cause == StopCause::halted_for_ever);
    CHECK(stop.reason.find("no timer") != std::string::npos);
}

TEST_CASE("a guest that halts while its only timer is masked does not hang the machine")
{
    auto exits = timer_set_up(1193);
    exits.push_back(out(0x21, 0xff));
    exits.push_back(exit_is::Halt{});
    ScriptedMachine machine(exits);
    machine.interrupts_on();
    CHECK(machine.run().cause == StopCause::halted_for_ever);
}

TEST_CASE("a triple fault ends the run as the guest's fault")
{
    ScriptedMachine machine({exit_is::TripleFault{}});
    trap::Stop const stop = machine.run();
    CHECK(stop.cause == StopCause::triple_fault);
    CHECK(stop.code == 65);
}

TEST_CASE("an exit nobody knows ends the run and is told whole")
{
    ScriptedMachine machine({exit_is::Unhandled{99, "reason 99", {1, 2, 3}}});
    trap::Stop const stop = machine.run();
    CHECK(stop.code == 70);
    CHECK(stop.reason.find("reason 99") != std::string::npos);
}

TEST_CASE("the limit of exits stops the run with code 75 and the trace says why")
{
    std::vector<backend::Exit> exits(50, backend::Exit(out(0x80, 0)));
    ScriptedMachine machine(exits);
    machine.options.limit_exits = 10;
    trap::Stop const stop = machine.run();
    CHECK(stop.code == 75);
    CHECK(machine.script.played == 10);
    auto const stopped = machine.sink.all<trace::MachineStopped>();
    REQUIRE(stopped.size() == 1);
    CHECK(stopped[0].cause == StopCause::limit);
}

TEST_CASE("a typed byte reaches the guest that looks for it")
{
    ScriptedMachine machine(
        {exit_is::PortIn{0x3fd, 1, 0, 1}, exit_is::PortIn{0x3f8, 1, 0, 1}, end_with(0)});
    trace::Command command;
    command.kind = trace::Command::Kind::input;
    command.bytes = {'x'};
    CommandList commands;
    commands.commands = {command};
    machine.commands = &commands;
    machine.run();
    CHECK((machine.script.answers[0].value & 1U) == 1); // LSR: data ready
    CHECK(machine.script.answers[1].value == 'x');
}

TEST_CASE("stepping runs exactly one exit between two pauses")
{
    ScriptedMachine machine({out(0x80, 1), out(0x80, 2), end_with(0)});
    trace::Command step;
    step.kind = trace::Command::Kind::step_exit;
    trace::Command pause;
    pause.kind = trace::Command::Kind::pause;
    trace::Command quit;
    quit.kind = trace::Command::Kind::quit;
    CommandList commands;
    commands.commands = {pause, std::nullopt, step, std::nullopt, std::nullopt, quit};
    machine.commands = &commands;
    trap::Stop const stop = machine.run();
    CHECK(stop.cause == StopCause::asked);
    CHECK(machine.script.played == 1);
    CHECK(commands.states == std::vector<bool>{true, false, true});
}

TEST_CASE("the stream begins with what the machine is and a full picture of it")
{
    ScriptedMachine machine({end_with(0)});
    machine.run();
    CHECK(machine.sink.all<trace::MachineCreated>().size() == 1);
    CHECK(machine.sink.all<trace::SlotMapped>().size() == 4);
    CHECK(machine.sink.all<trace::DeviceDefined>().size() >= 8);
    CHECK(machine.sink.all<trace::Keyframe>().size() == 2); // and one at the end
}

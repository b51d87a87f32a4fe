#include "engine/debug/gdb_machine.hpp"

#include <algorithm>
#include <utility>

namespace ringside::debug {

using control::Stopped;
using Reason = control::Stopped::Reason;

namespace {

constexpr std::uint64_t page_size = 4096;

Stopped because(Reason reason, std::uint8_t code = 0)
{
    Stopped stopped;
    stopped.reason = reason;
    stopped.code = code;
    return stopped;
}

machine::Stop asked_to_stop()
{
    return {trace::StopCause::asked, 0, "gdb asked the machine to stop"};
}

} // namespace

// ---------------------------------------------------------------- the loop

Result<machine::Stop> GdbMachine::serve(control::GdbServer& server,
                                        std::function<bool()> const& go_on)
{
    server_ = &server;
    constexpr std::uint32_t look_again_ms = 50;
    constexpr unsigned turns_between_looks = 64; // a look at the socket is a system call
    unsigned turns = 0;
    auto const patience = [&] {
        if (++turns % turns_between_looks == 0)
            server.poll();
        return !interrupt_ && !farewell_ && go_on();
    };
    while (go_on()) {
        server.poll();
        if (farewell_ == control::Farewell::killed)
            return asked_to_stop();
        if (std::exchange(farewell_, std::nullopt) == control::Farewell::detached)
            return run_alone(go_on);
        if (!wanted_) {
            server.wait(look_again_ms);
            continue;
        }
        bool const onward = wanted_->heading == control::Heading::forward;
        if (onward && ended_) {
            server.stopped(because(Reason::exited, ended_->code));
            server.poll();
            return *ended_;
        }
        moving_ = true;
        Result<Halt> const halt = move(*std::exchange(wanted_, std::nullopt), patience);
        moving_ = interrupt_ = false;
        if (halt) {
            report(*halt);
        } else if (halt.error().blame == Blame::host) {
            return fail(halt.error());
        } else {
            server.print(halt.error().text + "\n");
            server.stopped(because(Reason::condition));
        }
    }
    return machine::Stop{trace::StopCause::asked, trap::code_limit, "interrupted by a signal"};
}

Result<Halt> GdbMachine::move(control::Resume const& wanted, Debugger::Patience const& patience)
{
    bool const back = wanted.heading == control::Heading::back;
    bool const step = !wanted.motions.empty() && wanted.motions.front() == control::Motion::step;
    if (back) {
        ended_.reset();
        return step ? debugger_.back_instruction() : debugger_.back(patience);
    }
    return step ? debugger_.step_instruction() : debugger_.run(patience);
}

Result<machine::Stop> GdbMachine::run_alone(std::function<bool()> const& go_on)
{
    Result<Halt> const halt = debugger_.run(go_on);
    if (!halt)
        return fail(halt.error());
    return halt->stop.value_or(asked_to_stop());
}

void GdbMachine::report(Halt const& halt)
{
    switch (halt.why) {
    case Halt::Why::stepped:
        return server_->stopped(because(Reason::stepped));
    case Halt::Why::breakpoint:
        return server_->stopped(stopped_by(*halt.breakpoint));
    case Halt::Why::interrupted:
        return server_->stopped(because(Reason::interrupted));
    case Halt::Why::beginning:
        return server_->stopped(because(Reason::beginning_of_history));
    case Halt::Why::ended:
        ended_ = halt.stop;
        server_->print("The guest has ended: " + halt.stop->reason + " (exit code " +
                       std::to_string(halt.stop->code) + ")\n");
        if (can_go_back())
            return server_->stopped(because(Reason::end_of_history));
        return server_->stopped(because(Reason::exited, halt.stop->code));
    }
}

Stopped GdbMachine::stopped_by(control::Breakpoint const& breakpoint) const
{
    if (breakpoint.owner != control::Owner::gdb)
        return because(Reason::condition);
    Stopped stopped = because(Reason::breakpoint);
    if (auto const* watch = std::get_if<control::Watch>(&breakpoint.place)) {
        stopped.reason = Reason::watchpoint;
        stopped.touch = watch->touch;
        stopped.address = Gva(watch->address);
    }
    return stopped;
}

void GdbMachine::interrupt()
{
    interrupt_ = moving_;
    if (!moving_ && !wanted_ && server_ != nullptr)
        server_->stopped(because(Reason::interrupted));
}

void GdbMachine::let_go(control::Farewell farewell)
{
    debugger_.breakpoints().remove_all(control::Owner::gdb);
    wanted_.reset();
    farewell_ = farewell;
}

// ---------------------------------------------------------------- break- and watchpoints

Result<void> GdbMachine::insert(control::Place const& place)
{
    for (control::Breakpoint const& known : debugger_.breakpoints().all())
        if (known.owner == control::Owner::gdb && known.place == place)
            return {};
    control::Breakpoint breakpoint;
    breakpoint.place = place;
    breakpoint.owner = control::Owner::gdb;
    TRY(debugger_.breakpoints().add(std::move(breakpoint)));
    return {};
}

Result<void> GdbMachine::remove(control::Place const& place)
{
    debugger_.breakpoints().remove(control::Owner::gdb, place);
    return {};
}

// ---------------------------------------------------------------- registers and memory

Result<control::VcpuRegisters> GdbMachine::registers(VcpuId)
{
    std::optional<machine::State> const state = TRY(debugger_.machine().state());
    if (state)
        return control::VcpuRegisters{state->vcpu.registers, state->vcpu.fpu};
    return control::VcpuRegisters{TRY(debugger_.machine().vcpu().state()), {}};
}

Result<void> GdbMachine::set_registers(VcpuId vcpu, control::VcpuRegisters const& registers)
{
    control::VcpuRegisters const now = TRY(this->registers(vcpu));
    if (!(now.fpu == registers.fpu))
        return fail(Blame::usage, "the FPU's registers can be read, not written");
    return debugger_.machine().change_registers(registers.cpu);
}

std::size_t GdbMachine::read_memory(VcpuId, Gva address, std::span<std::uint8_t> out)
{
    machine::Machine& machine = debugger_.machine();
    return read_virtual(machine.memory(), machine.vcpu().standing().registers, address,
                        std::as_writable_bytes(out));
}

std::size_t GdbMachine::write_memory(VcpuId, Gva address, std::span<std::uint8_t const> bytes)
{
    machine::Machine& machine = debugger_.machine();
    std::size_t done = 0;
    while (done < bytes.size()) {
        Gva const here(address.value + done);
        std::size_t const in_page = page_size - (here.value & (page_size - 1));
        std::size_t const piece = std::min(in_page, bytes.size() - done);
        auto const gpa = physical(machine.memory(), machine.vcpu().standing().registers, here);
        if (!gpa)
            break;
        auto const written = machine.change_memory(*gpa, std::as_bytes(bytes.subspan(done, piece)));
        if (!written || !*written)
            break;
        done += piece;
    }
    return done;
}

std::string GdbMachine::monitor(VcpuId, std::string_view line)
{
    return monitor_ ? monitor_(line) : std::string("there is no monitor here\n");
}

} // namespace ringside::debug

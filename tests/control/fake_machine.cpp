#include "tests/control/fake_machine.hpp"

#include <algorithm>
#include <array>

#include "engine/base/assert.hpp"
#include "engine/query/happening.hpp"

namespace ringside::control {

namespace {

// start: inc rax; stosb; nop; inc rax; stosb; jmp start; hlt
constexpr auto program = std::to_array<std::uint8_t>(
    {0x48, 0xff, 0xc0, 0xaa, 0x90, 0x48, 0xff, 0xc0, 0xaa, 0xeb, 0xf5, 0xf4});

VcpuRegisters start_of_long_mode()
{
    VcpuRegisters registers;
    x86::CpuState& cpu = registers.cpu;
    cpu.cr0 = 0x8000'0011; // PG, ET, PE
    cpu.cr4 = 0x20;        // PAE
    cpu.efer = 0x500;      // LMA, LME
    cpu.rflags = 2;
    cpu.segments[x86::cs] = {.selector = 8, .attributes = 0xa09b, .limit = 0xffffffff, .base = 0};
    for (x86::SegmentIndex const index : {x86::ss, x86::ds, x86::es})
        cpu.segments[index] = {
            .selector = 16, .attributes = 0xc093, .limit = 0xffffffff, .base = 0};
    cpu.rip = FakeMachine::code_start;
    cpu.gpr[x86::rdi] = FakeMachine::data_start;
    return registers;
}

} // namespace

FakeMachine::FakeMachine(unsigned vcpus)
{
    now_.vcpus.assign(vcpus, start_of_long_mode());
    now_.memory.assign(memory_end, 0);
    std::copy(program.begin(), program.end(), now_.memory.begin() + code_start);
}

Result<void> FakeMachine::set_registers(VcpuId vcpu, VcpuRegisters const& registers)
{
    now_.vcpus[vcpu.value] = registers;
    return {};
}

std::size_t FakeMachine::read_memory(VcpuId, Gva address, std::span<std::uint8_t> out)
{
    std::size_t count = 0;
    for (; count < out.size() && address.value + count < memory_end &&
           address.value + count >= address.value;
         ++count)
        out[count] = now_.memory[address.value + count];
    return count;
}

std::size_t FakeMachine::write_memory(VcpuId, Gva address, std::span<std::uint8_t const> bytes)
{
    std::size_t count = 0;
    for (; count < bytes.size() && address.value < memory_end && address.value + count < memory_end;
         ++count)
        now_.memory[address.value + count] = bytes[count];
    return count;
}

std::string FakeMachine::monitor(VcpuId vcpu, std::string_view line)
{
    monitored = line;
    return "vCPU " + std::to_string(vcpu.value) + " hears: " + std::string(line) + "\n";
}

void FakeMachine::interrupt()
{
    ++interrupts;
    stop(Stopped::Reason::interrupted);
}

Result<void> FakeMachine::insert(Place const& place)
{
    Breakpoint breakpoint;
    breakpoint.place = place;
    breakpoint.owner = Owner::gdb;
    TRY(breakpoints_.add(breakpoint));
    return {};
}

Result<void> FakeMachine::remove(Place const& place)
{
    breakpoints_.remove(Owner::gdb, place);
    return {};
}

void FakeMachine::let_go(Farewell how)
{
    farewell = how;
    breakpoints_.remove_all(Owner::gdb);
}

void FakeMachine::stop(Stopped::Reason reason, VcpuId vcpu)
{
    going_.reset();
    Stopped stopped;
    stopped.reason = reason;
    stopped.vcpu = vcpu;
    if (reason == Stopped::Reason::watchpoint) {
        stopped.touch = touched_->touch;
        stopped.address = Gva(touched_->address);
    }
    if (report)
        report(stopped);
}

void FakeMachine::run(unsigned instructions)
{
    for (unsigned count = 0; count < instructions && going_; ++count) {
        bool const back = going_->heading == Heading::back;
        Resume const how = *going_;
        if (!(back ? step_back() : step_forward())) {
            stop(back ? Stopped::Reason::beginning_of_history : Stopped::Reason::exited);
            return;
        }
        if (stop_at_breakpoint())
            return;
        auto const stepper = std::find(how.motions.begin(), how.motions.end(), Motion::step);
        if (stepper != how.motions.end())
            stop(Stopped::Reason::stepped,
                 VcpuId(static_cast<std::uint8_t>(stepper - how.motions.begin())));
    }
}

bool FakeMachine::step_forward()
{
    past_.push_back(now_);
    touched_.reset();
    for (unsigned vcpu = 0; vcpu < vcpus(); ++vcpu) {
        if (going_->motions[vcpu] == Motion::stand)
            continue;
        if (now_.memory[cpu(vcpu).rip % memory_end] == 0xf4) // HLT
            return false;
        one_instruction(vcpu);
    }
    return true;
}

bool FakeMachine::step_back()
{
    if (past_.empty())
        return false;
    touched_.reset();
    for (std::uint64_t address = 0; address < memory_end; ++address)
        if (now_.memory[address] != past_.back().memory[address])
            touched_ = Watch{Touch::write, query::AddressSpace::guest_virtual, address, 1};
    now_ = past_.back();
    past_.pop_back();
    return true;
}

void FakeMachine::one_instruction(unsigned vcpu)
{
    x86::CpuState& state = cpu(vcpu);
    switch (now_.memory[state.rip]) {
    case 0x90: // NOP
        state.rip += 1;
        return;
    case 0xaa: // STOSB
        store(vcpu, state.gpr[x86::rdi]++, static_cast<std::uint8_t>(state.gpr[x86::rax]));
        state.rip += 1;
        return;
    case 0x48: // INC RAX
        state.gpr[x86::rax] += 1;
        state.rip += 3;
        return;
    case 0xeb: // JMP
        state.rip +=
            2 + static_cast<std::uint64_t>(static_cast<std::int8_t>(now_.memory[state.rip + 1]));
        return;
    default:
        bool const is_in_the_program_above = false;
        ASSERT(is_in_the_program_above);
    }
}

void FakeMachine::store(unsigned, std::uint64_t address, std::uint8_t value)
{
    now_.memory[address % memory_end] = value;
    touched_ = Watch{Touch::write, query::AddressSpace::guest_virtual, address, 1};
}

bool FakeMachine::stop_at_breakpoint()
{
    query::Happening const nothing;
    if (touched_ && breakpoints_.hit(breakpoints_.at_access(*touched_, nothing))) {
        stop(Stopped::Reason::watchpoint);
        return true;
    }
    for (std::uint8_t vcpu = 0; vcpu < vcpus(); ++vcpu) {
        if (going_->motions[vcpu] == Motion::stand)
            continue;
        if (breakpoints_.hit(breakpoints_.at_instruction(Gva(cpu(vcpu).linear_rip()), nothing))) {
            stop(Stopped::Reason::breakpoint, VcpuId(vcpu));
            return true;
        }
    }
    return false;
}

} // namespace ringside::control

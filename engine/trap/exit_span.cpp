#include "engine/trap/exit_span.hpp"

namespace ringside::trap {

namespace {

using backend::Exit;
namespace exit = backend::exit;
using trace::ExitKind;

/// What the hardware reported, as the stream tells it. No catch-all: a new exit must be told too.
struct Told {
    trace::ExitBegin event;

    void kind(ExitKind value) { event.kind = value; }
    void access(ExitKind value, std::uint64_t address, std::uint8_t width, std::uint64_t written)
    {
        event.kind = value;
        event.address = address;
        event.width = width;
        event.value = written;
    }
    void operator()(exit::PortIn const& in)
    {
        access(ExitKind::port_in, in.port, in.width, 0);
        event.element = in.element;
        event.elements = in.elements;
    }
    void operator()(exit::PortOut const& out)
    {
        access(ExitKind::port_out, out.port, out.width, out.value);
    }
    void operator()(exit::MmioRead const& read)
    {
        access(ExitKind::mmio_read, read.gpa.value, read.width, 0);
    }
    void operator()(exit::MmioWrite const& write)
    {
        access(ExitKind::mmio_write, write.gpa.value, write.width, write.value);
    }
    void operator()(exit::MsrRead const& read) { access(ExitKind::msr_read, read.index, 8, 0); }
    void operator()(exit::MsrWrite const& write)
    {
        access(ExitKind::msr_write, write.index, 8, write.value);
    }
    void operator()(exit::Hypercall const& call)
    {
        access(ExitKind::hypercall, call.number, 8, call.arguments[0]);
    }
    void operator()(exit::Halt const&) { kind(ExitKind::halt); }
    void operator()(exit::InterruptWindow const&) { kind(ExitKind::interrupt_window); }
    void operator()(exit::BudgetSpent const&) { kind(ExitKind::budget_spent); }
    void operator()(exit::Debug const& debug) { access(ExitKind::debug, debug.dr6, 0, 0); }
    void operator()(exit::TripleFault const&) { kind(ExitKind::triple_fault); }
    void operator()(exit::EntryFailed const& failed)
    {
        access(ExitKind::entry_failed, failed.reason, 0, 0);
    }
    void operator()(exit::Unhandled const& raw) { access(ExitKind::unhandled, raw.reason, 0, 0); }
};

struct Ended {
    trace::ExitEnd event;

    void operator()(verdict::Resume const&) { event.verdict = trace::VerdictKind::resume; }
    void operator()(verdict::Answer const& answer)
    {
        event.verdict = trace::VerdictKind::answer;
        event.answer = answer.value;
    }
    void operator()(verdict::Park const&) { event.verdict = trace::VerdictKind::park; }
    void operator()(verdict::Fault const&) { event.verdict = trace::VerdictKind::fault; }
    void operator()(verdict::Stop const&) { event.verdict = trace::VerdictKind::stop; }
};

} // namespace

void ExitStory::open(Exit const& exit, backend::Vcpu const& vcpu)
{
    ++exits_;
    if (!tracer_.on())
        return;
    backend::Standing const& standing = vcpu.standing(); // not for free on every backend
    began_ = tracer_.next_seq();
    Told told;
    std::visit(told, exit);
    told.event.rip = standing.instruction.length != 0 ? standing.instruction.linear_rip : 0;
    told.event.length = standing.instruction.length;
    tracer_.emit(told.event);
    tell_instruction(standing);
}

void ExitStory::close(Verdict const& verdict, backend::Vcpu const& vcpu)
{
    if (!tracer_.on())
        return;
    backend::Standing const& standing = vcpu.standing();
    if (auto const changed = registers_.changes(standing.registers))
        tracer_.emit(*changed);
    tell_mode(standing.registers);
    Ended ended;
    std::visit(ended, verdict);
    ended.event.next_rip = standing.registers.linear_rip();
    ended.event.began = began_;
    tracer_.emit(ended.event);
}

void ExitStory::keyframe(x86::CpuState const& state)
{
    registers_.reset(state);
    trace::Keyframe event;
    for (std::uint64_t const value : x86::to_register_file(state))
        event.values.push(value);
    tracer_.emit(event);
    tell_mode(state);
}

void ExitStory::tell_instruction(backend::Standing const& standing)
{
    backend::ExitingInstruction const& instruction = standing.instruction;
    if (instruction.length == 0)
        return;
    KnownInstruction& known = known_[instruction.linear_rip % known_.size()];
    if (known.rip == instruction.linear_rip && known.length == instruction.length &&
        known.bytes == instruction.bytes)
        return;
    known = KnownInstruction{instruction.linear_rip, instruction.length, instruction.bytes,
                             standing.registers.code_size()};
    emit_instruction(known);
}

void ExitStory::emit_instruction(KnownInstruction const& known)
{
    trace::Instruction event;
    event.rip = known.rip;
    event.code_size = known.code_size;
    for (std::uint8_t index = 0; index < known.length; ++index)
        event.bytes.push(known.bytes[index]);
    tracer_.emit(event);
}

void ExitStory::restore(State const& state)
{
    exits_ = state.exits;
    mode_ = state.mode;
    known_ = state.known;
    registers_.reset(state.told);
}

void ExitStory::tell_known()
{
    for (KnownInstruction const& known : known_)
        if (known.length != 0)
            emit_instruction(known);
}

void ExitStory::tell_mode(x86::CpuState const& state)
{
    trace::CpuMode const mode = state.mode();
    if (mode_ && *mode_ != mode)
        tracer_.emit(trace::ModeChanged{*mode_, mode});
    mode_ = mode;
}

} // namespace ringside::trap

// Asking how the guest stands and completing its last instruction belong together: KVM tells where
// RIP ends up only by getting it there.
#include "engine/backend/kvm/vcpu.hpp"

#include "engine/base/assert.hpp"

#include <utility>
#include <variant>

namespace ringside::kvm {

namespace {

using backend::InterruptWindowState;
using trace::NotNow;
namespace exit = backend::exit;

} // namespace

Vcpu::Vcpu(Fd fd, Mapping run_page, memory::GuestMemory& memory, backend::Slice slice,
           Options options)
    : runner_(std::move(fd), std::move(run_page), memory, slice, options)
{
}

Result<void> Vcpu::prepare()
{
    TRY(runner_.prepare());
    state_was_set_ = true; // by KVM, to what a CPU is after RESET
    return {};
}

Result<backend::Exit> Vcpu::enter(backend::Budget budget)
{
    ASSERT(!awaits_finish_);
    TRY(tell_trouble());
    if (runner_.is_stepping() || budget == backend::Budget::one_instruction)
        TRY(settle()); // or completing the last instruction would count as the step
    exit_ = TRY(runner_.run(budget));
    awaits_finish_ = true;
    state_was_set_ = false;
    instruction_known_ = false;
    settled_ = false;
    completion_ = completion_of(exit_);
    return exit_;
}

Result<void> Vcpu::finish(backend::Answer answer)
{
    ASSERT(awaits_finish_);
    awaits_finish_ = false;
    runner_.answer(answer);
    return tell_trouble();
}

backend::Standing const& Vcpu::standing() const
{
    if (auto const done = bring_up_to_date(); !done)
        trouble_ = done.error();
    return standing_;
}

InterruptWindowState Vcpu::window() const
{
    auto const window = find_window();
    if (window)
        return *window;
    trouble_ = window.error();
    return {.open = false, .reason = NotNow::backend_busy};
}

Result<x86::CpuState> Vcpu::state()
{
    TRY(settle());
    return *TRY(runner_.door().read_all());
}

Result<void> Vcpu::set_state(x86::CpuState const& state)
{
    TRY(abandon());
    TRY(runner_.door().write_all(state));
    state_was_set_ = true;
    event_pending_ = false;
    return {};
}

Result<std::optional<backend::SavedVcpu>> Vcpu::save()
{
    ASSERT(!awaits_finish_);
    TRY(tell_trouble());
    TRY(settle());
    if (runner_.has_more_exits())
        return std::nullopt;
    backend::SavedVcpu saved = TRY(runner_.door().save());
    if (auto const vector = runner_.injected())
        saved.pending =
            x86::Interrupt{x86::Source::external, {.vector = *vector, .error_code = {}, .cr2 = 0}};
    return saved;
}

Result<void> Vcpu::abandon()
{
    bool const has_begun = !settled_ || runner_.has_more_exits();
    awaits_finish_ = false;
    settled_ = instruction_known_ = true;
    completion_ = Completion::done;
    may_repeat_ = false;
    if (has_begun)
        TRY(runner_.abandon());
    return {};
}

Result<void> Vcpu::restore(backend::SavedVcpu const& saved)
{
    TRY(abandon());
    TRY(runner_.door().restore(saved));
    standing_.instruction = {};
    state_was_set_ = true;
    event_pending_ = saved.pending.has_value();
    return {};
}

Result<void> Vcpu::inject(std::uint8_t vector)
{
    TRY(tell_trouble());
    ASSERT(window().open);
    runner_.inject(vector);
    return {};
}

Result<void> Vcpu::tell_trouble()
{
    if (!trouble_)
        return {};
    return fail(*std::exchange(trouble_, std::nullopt));
}

Result<void> Vcpu::bring_up_to_date() const
{
    TRY(settle());
    x86::CpuState const& registers = *TRY(runner_.door().read());
    std::uint64_t const version = runner_.door().version();
    if (std::exchange(version_, version) != version)
        standing_.registers = registers;
    standing_.window = TRY(find_window());
    return {};
}

// KVM has executed a store and a HLT when it reports them, and completes what needs an answer once
// it has the answer. Of OUT only the host knows.
Vcpu::Completion Vcpu::completion_of(backend::Exit const& exit)
{
    struct Visitor {
        Completion operator()(exit::PortIn const&) const { return Completion::due; }
        Completion operator()(exit::PortOut const&) const { return Completion::unclear; }
        Completion operator()(exit::MmioRead const&) const { return Completion::due; }
        Completion operator()(exit::MmioWrite const&) const { return Completion::done; }
        Completion operator()(exit::Halt const&) const { return Completion::done; }
        Completion operator()(exit::InterruptWindow const&) const { return Completion::done; }
        Completion operator()(exit::BudgetSpent const&) const { return Completion::done; }
        Completion operator()(exit::Debug const&) const { return Completion::done; }
        Completion operator()(exit::MsrRead const&) const { return Completion::due; }
        Completion operator()(exit::MsrWrite const&) const { return Completion::due; }
        Completion operator()(exit::Hypercall const&) const { return Completion::due; }
        Completion operator()(exit::TripleFault const&) const { return Completion::done; }
        Completion operator()(exit::EntryFailed const&) const { return Completion::done; }
        Completion operator()(exit::Unhandled const&) const { return Completion::done; }
    };
    return std::visit(Visitor{}, exit);
}

/// Finds the instruction of the last exit, while the registers are still as the exit left them.
Result<void> Vcpu::look() const
{
    if (std::exchange(instruction_known_, true))
        return {};
    x86::CpuState const& registers = *TRY(runner_.door().read());
    if (std::holds_alternative<exit::Debug>(exit_)) {
        standing_.instruction = runner_.stepped();
        may_repeat_ = true;
        return {};
    }
    Candidates found = runner_.finder().find(registers, exit_);
    if (completion_ == Completion::unclear && !runner_.has_more_exits())
        found = TRY(clear_up(found));
    standing_.instruction = found.found_at() ? found.at : found.behind;
    may_repeat_ = found.at_repeats;
    return {};
}

/// An OUT at RIP may be the one that exited, not yet completed, or another of the same kind that
/// comes next. Completing tells them apart, by whether RIP moves.
Result<Candidates> Vcpu::clear_up(Candidates found) const
{
    completion_ = Completion::done;
    bool const is_executed = found.found_behind() && !found.found_at();
    bool const is_executed_in_part = found.at_repeats && !found.found_behind();
    if (is_executed || is_executed_in_part)
        return found;
    std::uint64_t const rip = TRY(runner_.door().read())->rip;
    TRY(runner_.complete());
    if (TRY(runner_.door().read())->rip != rip)
        found.behind = {};
    else if (!found.at_repeats)
        found.at = {};
    return found;
}

/// Brings RIP behind the instruction of the last exit, if that has been finished.
Result<void> Vcpu::settle() const
{
    TRY(look());
    if (awaits_finish_ || runner_.has_more_exits() || std::exchange(settled_, true))
        return {};
    if (std::exchange(completion_, Completion::done) != Completion::done)
        TRY(runner_.complete());
    if (may_repeat_ && is_finished_repeat(*TRY(runner_.door().read()), standing_.instruction))
        TRY(runner_.door().skip(standing_.instruction.length));
    return {};
}

/// KVM API: "The kvm_run structure", if_flag and ready_for_interrupt_injection. With interrupts off
/// nothing needs to be completed to know the answer.
Result<InterruptWindowState> Vcpu::find_window() const
{
    InterruptWindowState const busy{.open = false, .reason = NotNow::backend_busy};
    InterruptWindowState const off{.open = false, .reason = NotNow::interrupts_off};
    InterruptWindowState const shadow{.open = false, .reason = NotNow::shadow};
    if (state_was_set_) {
        x86::CpuState const& registers = *TRY(runner_.door().read());
        if (!registers.interrupts_on())
            return off;
        if (registers.interrupt_shadow)
            return shadow;
        bool const taken = runner_.has_injected() || event_pending_;
        return taken ? busy : InterruptWindowState{.open = true};
    }
    if (runner_.report().if_flag == 0)
        return off;
    TRY(settle());
    if (runner_.has_injected() || runner_.has_more_exits())
        return busy;
    if (runner_.report().ready_for_interrupt_injection != 0)
        return InterruptWindowState{.open = true};
    return TRY(runner_.door().in_interrupt_shadow()) ? shadow : busy;
}

} // namespace ringside::kvm

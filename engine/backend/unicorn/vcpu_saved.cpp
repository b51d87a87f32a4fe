// Taking the vCPU out of the library, and putting it back: between two instructions it is no more
// than its registers, a count, and perhaps an exception that waits.
#include "engine/backend/unicorn/vcpu.hpp"

#include "engine/base/assert.hpp"

namespace ringside::unicorn {

Result<std::optional<backend::SavedVcpu>> UnicornVcpu::save()
{
    ASSERT(!answer_due_);
    if (!outbox_.empty() || emulation_ || !loads_.empty())
        return std::nullopt;
    backend::SavedVcpu saved;
    saved.registers = registers();
    saved.fpu = parts_.fpu.state();
    saved.instructions = parts_.progress.executed;
    if (pending_fault_)
        saved.pending = x86::Interrupt{x86::Source::exception, *pending_fault_};
    return saved;
}

Result<void> UnicornVcpu::abandon()
{
    outbox_.clear();
    answer_due_ = examined_ = false;
    emulation_.reset();
    loads_.clear();
    pending_fault_.reset();
    parts_.devices.forget_answers();
    stepped_ = 0;
    return {};
}

Result<void> UnicornVcpu::restore(backend::SavedVcpu const& saved)
{
    parts_.progress.executed = saved.instructions;
    TRY(set_state(saved.registers));
    standing_.instruction = {};
    parts_.fpu.set_state(saved.fpu);
    if (saved.pending && saved.pending->source == x86::Source::exception)
        pending_fault_ = saved.pending->what;
    else if (saved.pending) // KVM had accepted it already
        if (MaybeExit exit = deliver(*saved.pending))
            outbox_.push_back(*std::move(exit));
    look_around();
    return {};
}

} // namespace ringside::unicorn

// The second halves of what enter() left waiting, when the VMM's answer is there.
#include "engine/backend/unicorn/vcpu.hpp"

#include <utility>

#include "engine/backend/unicorn/repetition.hpp"
#include "engine/base/assert.hpp"
#include "engine/x86/control_bits.hpp"

namespace ringside::unicorn {

namespace {

bool wants_a_value(x86::Effect const& effect)
{
    return std::holds_alternative<x86::effect::PortIn>(effect) ||
           std::holds_alternative<x86::effect::MsrRead>(effect) ||
           std::holds_alternative<x86::effect::Hypercall>(effect);
}

} // namespace

Result<void> UnicornVcpu::finish(backend::Answer answer)
{
    ASSERT(answer_due_);
    answer_due_ = false;
    if (!loads_.empty())
        TRY(finish_load(answer));
    else if (emulation_)
        finish_emulation(answer);
    leave_finished_repeat();
    look_around();
    return {};
}

/// After the last iteration of a REP the library stays at the instruction, and would find out only
/// then that the count has run out. A CPU has moved on.
void UnicornVcpu::leave_finished_repeat()
{
    backend::ExitingInstruction const& last = standing_.instruction;
    if (last.length == 0 || registers().linear_rip() != last.linear_rip || !outbox_.empty() ||
        pending_fault_)
        return;
    Instruction const* const instruction = parts_.finder.decode(last.linear_rip);
    if (instruction && repeats(instruction->decoded) &&
        has_run_out(instruction->decoded, registers()))
        registers().rip += last.length;
}

void UnicornVcpu::finish_emulation(backend::Answer answer)
{
    Emulation& emulation = *emulation_;
    if (wants_a_value(emulation.effect))
        emulation.values.push_back(answer.value);
    auto const* const in = std::get_if<x86::effect::PortIn>(&emulation.effect);
    if (in != nullptr && emulation.values.size() < in->elements) {
        auto const element = static_cast<std::uint16_t>(emulation.values.size());
        outbox_.push_back(backend::exit::PortIn{in->port, in->width, element, in->elements});
        return;
    }
    Emulation const done = *std::exchange(emulation_, std::nullopt);
    if (answer.general_protection) {
        pending_fault_ =
            x86::Fault{.vector = x86::vector::gp, .error_code = std::uint16_t{0}, .cr2 = 0};
        return;
    }
    bool const trap_flag = (registers().rflags & x86::rflags::tf) != 0;
    x86::Outcome<void> const completed =
        x86::complete(registers(), memory_, *done.decoded, done.effect, done.values);
    if (!completed) {
        pending_fault_ = completed.error();
        return;
    }
    ++parts_.progress.executed;
    trap_if_stepped(trap_flag);
}

/// Runs the load again once all of it is answered. It may turn out to have stores, too, or another
/// load: those are exits of the same instruction.
Result<void> UnicornVcpu::finish_load(backend::Answer answer)
{
    DeviceAccess const& access = loads_[loads_answered_];
    parts_.devices.answer(access.read, answer.value, access.alignment);
    if (++loads_answered_ < loads_.size())
        return {};
    loads_.clear();

    bool const trap_flag = (registers().rflags & x86::rflags::tf) != 0;
    std::uint64_t const before = parts_.progress.executed;
    parts_.progress.allow(1);
    Stop const stop = TRY(parts_.execution.run(registers(), {.first_was_examined = true}));
    if (parts_.progress.executed == before) {
        after_replay(stop);
        return {};
    }
    parts_.devices.forget_answers();
    trap_if_stepped(trap_flag);
    if (!parts_.devices.stores().empty())
        post_stores();
    return {};
}

/// The load did not complete even so: it faulted, or there is more to load.
void UnicornVcpu::after_replay(Stop const& stop)
{
    if (auto const* const untranslated = std::get_if<stop::Untranslated>(&stop))
        pending_fault_ = fault_of(*untranslated);
    else if (auto const* const exception = std::get_if<stop::Exception>(&stop))
        pending_fault_ = exception->fault;
    else if (MaybeExit exit = after(stop))
        outbox_.push_front(*std::move(exit));
    if (pending_fault_)
        parts_.devices.forget_answers();
}

} // namespace ringside::unicorn

#include "engine/machine/stepper.hpp"

namespace ringside::machine {

Result<backend::Exit> Stepper::enter(backend::Vcpu& vcpu, bool injected)
{
    if (mode_ == WalkMode::at_exits)
        return vcpu.enter(backend::Budget::slice);
    for (;;) {
        backend::Exit exit = TRY(step(vcpu, injected));
        if (!std::holds_alternative<backend::exit::Debug>(exit))
            return exit;
        TRY(vcpu.finish({})); // only a step: nothing for the trap layer
        injected = false;
    }
}

Result<backend::Exit> Stepper::step(backend::Vcpu& vcpu, bool injected)
{
    bool const tracing = mode_ == WalkMode::every_instruction;
    if (tracing && !injected)
        walks_.before_instruction(vcpu.standing().registers);
    backend::Exit exit = TRY(vcpu.enter(backend::Budget::one_instruction));
    bool const only_a_step = std::holds_alternative<backend::exit::Debug>(exit);
    steps_ = only_a_step ? steps_ + 1 : 0;
    if (!tracing || steps_ != steps_in_a_slice)
        return exit;
    steps_ = 0;
    return backend::Exit(backend::exit::BudgetSpent{}); // the run loop finishes this last step
}

} // namespace ringside::machine

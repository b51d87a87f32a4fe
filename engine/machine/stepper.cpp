#include "engine/machine/stepper.hpp"

namespace ringside::machine {

Result<backend::Exit> Stepper::enter(backend::Vcpu& vcpu, bool injected)
{
    using backend::Exit;
    if (mode_ == WalkMode::at_exits)
        return vcpu.enter(backend::Budget::slice);
    for (unsigned step = 1;; ++step) {
        if (step != 1 || !injected)
            walks_.before_instruction(vcpu.standing().registers);
        Exit exit = TRY(vcpu.enter(backend::Budget::one_instruction));
        if (!std::holds_alternative<backend::exit::Debug>(exit))
            return exit;
        if (step == steps_in_a_slice)
            return Exit(backend::exit::BudgetSpent{}); // the run loop finishes this last step
        TRY(vcpu.finish({}));                          // only a step: nothing for the trap layer
    }
}

} // namespace ringside::machine

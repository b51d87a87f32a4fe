#include "engine/machine/stepper.hpp"

namespace ringside::machine {

Result<backend::Exit> Stepper::enter(backend::Vcpu& vcpu, bool injected)
{
    using backend::Exit;
    if (mode_ == WalkMode::at_exits)
        return vcpu.enter(backend::Budget::slice);
    for (unsigned step = 0; step < steps_in_a_slice; ++step) {
        if (step != 0 || !injected)
            walks_.before_instruction(vcpu.standing().registers);
        Exit exit = TRY(vcpu.enter(backend::Budget::one_instruction));
        if (!std::holds_alternative<backend::exit::Debug>(exit))
            return exit;
        TRY(vcpu.finish({})); // only a step: nothing for the trap layer
    }
    return Exit(backend::exit::BudgetSpent{});
}

} // namespace ringside::machine

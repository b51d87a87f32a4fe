// How a vCPU is entered: a slice at a time, or, while page walks are traced, one instruction at a
// time. Either way the run loop sees one exit.
#pragma once

#include "engine/backend/backend.hpp"
#include "engine/machine/walk_tracer.hpp"

namespace ringside::machine {

enum class WalkMode : std::uint8_t { at_exits, every_instruction };

class Stepper {
public:
    Stepper(WalkMode mode, WalkTracer& walks) : mode_(mode), walks_(walks) {}

    /// Guest code runs only inside this call. `injected`: an interrupt was just queued, so the next
    /// instruction is not the one RIP names.
    Result<backend::Exit> enter(backend::Vcpu& vcpu, bool injected);
    /// One instruction of the same way: Debug, unless it ends in an exit.
    Result<backend::Exit> step(backend::Vcpu& vcpu, bool injected);
    /// The vCPU is elsewhere in time: a new slice begins.
    void begin_slice() { steps_ = 0; }

private:
    /// Steps after which a vCPU whose walks are traced reports BudgetSpent, so that a pause always
    /// answers.
    static constexpr unsigned steps_in_a_slice = 20'000;

    WalkMode mode_;
    WalkTracer& walks_;
    unsigned steps_ = 0; ///< since the last exit
};

} // namespace ringside::machine

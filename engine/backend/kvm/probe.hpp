// What this host's KVM can do with guest code, found out by running some.
//
// CPU flags and module names do not tell: a KVM may offer a mode and then stop in it, or run an
// instruction and do something else. So for each ability a guest of a few instructions is run and
// judged by what it does. All of them together take some tens of milliseconds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/base/result.hpp"

namespace ringside::kvm {

struct AbilityProbe {
    backend::Ability ability;
    bool present = false;
    std::string evidence; ///< what the probe's guest did, in a few words
};

struct Probed {
    backend::Abilities abilities = 0;
    std::vector<AbilityProbe> probes; ///< one for each ability, in their order
    /// Leaves of the machine's CPUID table that this KVM answers with something else.
    std::vector<std::uint32_t> changed_cpuid_leaves;
};

/// An error means that there is no KVM to probe (Blame::unavailable) or that the host refused
/// something.
Result<Probed> probe();

/// The one probe that a vCPU asks for before it steps through user code.
Result<bool> can_step_user_code();

} // namespace ringside::kvm

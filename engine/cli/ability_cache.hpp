// What the probes found, remembered until the host reboots: probing costs tens of milliseconds, and
// a run should start in one.
#pragma once

#include "engine/backend/backend.hpp"
#include "engine/base/result.hpp"

namespace ringside::cli {

/// From the cache file of this boot, or from fresh probes, whose result is then remembered. KVM's
/// absence is never remembered: permissions change.
Result<backend::Abilities> kvm_abilities();

} // namespace ringside::cli

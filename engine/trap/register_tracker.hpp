// Which registers changed since the stream last told: the cheap half of every traced exit.
//
// Compares the few registers that change often first, and the segments and control registers only
// as whole blocks, so that an exit where little happened costs a few nanoseconds.
#pragma once

#include <optional>

#include "engine/trace/events.hpp"
#include "engine/x86/cpu_state.hpp"

namespace ringside::trap {

class RegisterTracker {
public:
    /// Forgets what was told: the next changes() is measured against `state`.
    void reset(x86::CpuState const& state) { told_ = state; }

    x86::CpuState const& told() const { return told_; }

    /// The registers that differ from what was told, and remembers them as told. Nothing when none
    /// do.
    std::optional<trace::RegistersChanged> changes(x86::CpuState const& state);

private:
    x86::CpuState told_;
};

} // namespace ringside::trap

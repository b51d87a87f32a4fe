// The sixteen general registers, RFLAGS and RIP, between the CPU state that lives with us and the
// copy the library computes on.
//
// After each stop they are read in one batch; before the next start only those are written that we
// changed meanwhile: after an OUT, none. TF and RF never reach the library, we single-step and
// resume ourselves.
#pragma once

#include <array>
#include <cstdint>

#include "engine/backend/unicorn/engine.hpp"
#include "engine/x86/cpu_state.hpp"

namespace ringside::unicorn {

class GeneralRegisters {
public:
    explicit GeneralRegisters(Engine& engine);

    /// From the library into `state`, which keeps its own TF and RF.
    void load(x86::CpuState& state);
    /// From `state` into the library, but for RIP, which each start is given.
    void store(x86::CpuState const& state);
    /// The library's registers were replaced as a whole: the next store() writes all.
    void forget() { known_ = false; }

private:
    static constexpr std::size_t flags_at = 16, rip_at = 17, count = 18;
    void write(std::size_t index, std::uint64_t value);

    Engine& engine_;
    std::array<int, count> names_;            ///< in encoding order, then RFLAGS and RIP
    std::array<std::uint64_t, count> held_{}; ///< what the library holds
    std::array<void*, count> places_{};       ///< of each, for a read in one batch
    bool known_ = false;
};

} // namespace ringside::unicorn

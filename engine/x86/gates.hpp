// One attempt to enter a handler: through the interrupt vector table of real mode, or a gate of the
// IDT. What to do when it faults is delivery's business.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/x86/cpu_state.hpp"
#include "engine/x86/fault.hpp"
#include "engine/x86/linear_memory.hpp"

namespace ringside::x86 {

enum class GateCheck : std::uint8_t {
    none,       ///< exceptions and external interrupts pass whatever the gate's DPL
    descriptor, ///< INT n, INT3, INTO: the gate's DPL must allow the CPL
};

/// What goes through the gate.
struct GateEntry {
    std::uint8_t vector = 0;
    GateCheck check = GateCheck::none;
    std::uint64_t flags = 0; ///< the image to push
    std::optional<std::uint16_t> error_code;
};

/// `state` is a scratch copy: after a fault it is worthless. Error codes come without the EXT bit.
Outcome<void> enter_handler(CpuState& state, LinearMemory& memory, GateEntry const& entry);

} // namespace ringside::x86

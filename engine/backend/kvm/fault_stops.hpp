// Single-stepping over an instruction that faults, or that returns from a handler.
//
// KVM steps with the guest's own trap flag. A fault clears it, so the CPU runs into the handler
// unnoticed, and pushes it, so the guest can see it in the saved flags. Breakpoints on the first
// instructions of the handlers end the step where it should end, and the flag is taken out of the
// frame again. An IRET loads the trap flag anew, so it would be stepped over together with the
// instruction it returns to: a breakpoint there ends its step too.
//
// Not modelled: more handlers than there are breakpoints (the commonest faults have them), handlers
// in a code segment whose base is not 0, and guests that use the debug registers while they are
// stepped: theirs do not fire.
#pragma once

#include <array>
#include <cstdint>

#include "engine/backend/backend.hpp"
#include "engine/memory/guest_memory.hpp"
#include "engine/x86/cpu_state.hpp"

namespace ringside::kvm {

/// Linear addresses for DR0 to DR3; 0 for none.
using FaultStops = std::array<std::uint64_t, 4>;

/// Where the handlers of #PF, #GP, #UD and #DE begin, except the one at RIP: a breakpoint there
/// would hit before the step. When `next` is an IRET, where it returns to takes the place of #DE.
FaultStops fault_stops(x86::CpuState const& state, memory::GuestMemory& memory,
                       backend::ExitingInstruction const& next);

/// HLT cannot be stepped: KVM tells the step and keeps the halt for later. It exits by itself.
bool is_halt(backend::ExitingInstruction const& instruction, x86::CodeSize code_size);

/// The step from `before` ended in front of a handler. Clears the trap flag in the frame of the
/// fault, unless it was the guest's own.
void clear_pushed_trap_flag(x86::CpuState const& before, x86::CpuState const& after,
                            memory::GuestMemory& memory);

} // namespace ringside::kvm

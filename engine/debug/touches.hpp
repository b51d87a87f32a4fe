// Which bytes the instruction at hand will touch, found by decoding it before it runs: how watchpoints
// work on every host, whether it has debug registers for guests or not.
//
// Told are the accesses that will succeed: one that faults has touched nothing, and is made again
// when the fault is mended. Not told: what interrupt delivery pushes and what descriptor loads read
// (x86/decode.hpp); writes of that kind are found by the bytes they change.
#pragma once

#include <vector>

#include "engine/control/breakpoint.hpp"
#include "engine/memory/guest_memory.hpp"
#include "engine/x86/cpu_state.hpp"

namespace ringside::debug {

/// In guest-virtual and in guest-physical addresses, as both may be watched.
std::vector<control::Watch> touched_next(memory::GuestMemory const& memory,
                                         x86::CpuState const& registers);

} // namespace ringside::debug

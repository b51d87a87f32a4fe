// Which instruction caused an exit? KVM does not say; RIP and the bytes around it do.
//
// KVM leaves RIP at an instruction that it completes later (IN, a load, RDMSR) and behind one that
// it has already executed (a store, HLT). For OUT it depends on the host. x86 code cannot be read
// backwards, so "behind" means: the shortest bytes before RIP that decode to an instruction which
// does exactly what the exit says.
#pragma once

#include <array>
#include <cstdint>

#include "engine/backend/backend.hpp"
#include "engine/backend/exit.hpp"
#include "engine/memory/guest_memory.hpp"
#include "engine/x86/cpu_state.hpp"

namespace ringside::kvm {

/// The instruction may be found at RIP, behind it, both or neither; length 0 says it is not there.
/// Both happen where the same OUT stands twice in a row.
struct Candidates {
    backend::ExitingInstruction at;
    backend::ExitingInstruction behind;
    bool at_repeats = false; ///< the one at RIP is a string instruction in the middle of its work

    bool found_at() const { return at.length != 0; }
    bool found_behind() const { return behind.length != 0; }
};

/// `state` is the vCPU as the exit left it. BudgetSpent, InterruptWindow and Debug have no exiting
/// instruction.
Candidates find_instruction(x86::CpuState const& state, memory::GuestMemory& memory,
                            backend::Exit const& exit);

/// Whatever stands at RIP.
backend::ExitingInstruction instruction_at_rip(x86::CpuState const& state,
                                               memory::GuestMemory& memory);

/// Is RIP still at this repeated string instruction, although its count has run out? KVM passes over
/// it, without further effect, only in the next run.
bool is_finished_repeat(x86::CpuState const& state, backend::ExitingInstruction const& instruction);

} // namespace ringside::kvm

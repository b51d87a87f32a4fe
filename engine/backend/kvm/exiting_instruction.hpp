// Which instruction caused an exit? KVM does not say; RIP and the bytes around it do.
//
// KVM leaves RIP at an instruction that it completes later (IN, a load, RDMSR) and behind one that
// it has already executed (a store, HLT). For OUT it depends on the host. x86 code cannot be read
// backwards, so "behind" means: the shortest bytes before RIP that decode to an instruction which
// does exactly what the exit says.
#pragma once

#include <array>
#include <cstdint>
#include <span>

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

/// The bytes on both sides of RIP, as many as are mapped: up to the length of an instruction each.
class Surroundings {
public:
    static Surroundings of(x86::CpuState const& state, memory::GuestMemory& memory);

    std::span<std::uint8_t const> behind() const { return {&bytes_[longest - behind_], behind_}; }
    std::span<std::uint8_t const> at() const { return {&bytes_[longest], at_}; }
    bool operator==(Surroundings const&) const = default;

private:
    static constexpr std::size_t longest = 15; // SDM Vol. 2A, "Instruction Format"

    std::array<std::uint8_t, 2 * longest + 1> bytes_{};
    std::uint8_t behind_ = 0;
    std::uint8_t at_ = 0;
};

class InstructionFinder {
public:
    /// `memory` must outlive this.
    explicit InstructionFinder(memory::GuestMemory& memory) : memory_(memory) {}

    /// `state` is the vCPU as the exit left it. BudgetSpent, InterruptWindow and Debug have no
    /// exiting instruction.
    Candidates find(x86::CpuState const& state, backend::Exit const& exit);

    /// Whatever stands at RIP.
    backend::ExitingInstruction at_rip(x86::CpuState const& state);

private:
    /// A guest's loop exits at the same few places over and over.
    struct Memo {
        std::uint64_t linear_rip = 0;
        std::size_t kind = 0; ///< of exit
        x86::CodeSize code_size = x86::CodeSize::bits16;
        Surroundings surroundings;
        Candidates found;
    };

    memory::GuestMemory& memory_;
    std::array<Memo, 16> memos_{};
};

/// Is RIP still at this repeated string instruction, although its count has run out? KVM passes
/// over it, without further effect, only in the next run.
bool is_finished_repeat(x86::CpuState const& state, backend::ExitingInstruction const& instruction);

} // namespace ringside::kvm

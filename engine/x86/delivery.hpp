// Interrupt and exception delivery: from a vector to the first instruction of its handler.
//
//   real mode    IVT entry ─► push FLAGS CS IP ─► CS:IP
//   protected    IDT gate ─► checks ─► (inner privilege: stack from the TSS, push SS ESP)
//                ─► push EFLAGS CS EIP [error] ─► CS:EIP
//   long mode    IDT gate ─► checks ─► stack: IST, or RSP0, or RSP & ~15
//                ─► push SS RSP RFLAGS CS RIP [error] ─► CS:RIP
//
// A fault on the way nests: benign + any, contributory + contributory, #PF + ... ─► #DF ─►
// shutdown. SDM Vol. 3A, "Interrupt and Exception Handling", Table "Conditions for Generating a
// Double Fault". Not modelled: task gates (#GP), NMIs, virtual-8086 mode, shadow stacks, FRED.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/memory/guest_memory.hpp"
#include "engine/x86/cpu_state.hpp"
#include "engine/x86/fault.hpp"

namespace ringside::x86 {

enum class Source : std::uint8_t {
    exception,          ///< a fault or trap of the CPU: RIP in the state is the one to push
    software_interrupt, ///< INT n, INT3, INTO: gate DPL is checked; RIP in the state is already
                        ///< behind it
    external,           ///< from the interrupt controller
};

struct Interrupt {
    Source source = Source::exception;
    Fault what; ///< vector, error code, CR2
};

/// One vector that was really attempted: the first is the one asked for, more mean it nested.
struct Attempt {
    Fault what;                 ///< no error code in real mode: nothing is pushed there
    std::uint64_t from_rip = 0; ///< pushed RIP
    std::uint64_t to_rip = 0;   ///< handler, when it succeeded
    bool delivered = false;
};

struct Delivery {
    bool shutdown =
        false; ///< a fault during #DF: triple fault; the state is as before the first attempt
    std::vector<Attempt> attempts;
};

/// Delivers, following nested faults to the end. An instruction that is an interrupt (INT n, INT1)
/// and whose gate faults has RIP put back to it: `instruction_length` bytes before the RIP in the
/// state.
Delivery deliver(CpuState& state, memory::GuestMemory& memory, Interrupt const& interrupt,
                 std::uint8_t instruction_length = 0);

/// What is delivered next when `second` is raised while `first` is being delivered: `second`
/// itself, #DF, or nothing (shutdown).
std::optional<Fault> escalate(Interrupt const& first, Fault const& second);

} // namespace ringside::x86

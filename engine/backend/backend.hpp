// The contract between whoever runs guest instructions and everybody else: one exit at a time.
//
//     enter() ──► Exit ──► (trap layer decides) ──► finish(answer) ──► enter() ...
//
// Guest code runs only inside enter(). finish() completes the trapped instruction, so that RIP and
// the registers read after it are the same on every backend. Nothing else is comparable.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/exit.hpp"
#include "engine/base/result.hpp"
#include "engine/memory/guest_memory.hpp"
#include "engine/trace/tracer.hpp"
#include "engine/x86/cpu_state.hpp"
#include "engine/x86/delivery.hpp"
#include "engine/x86/fpu_state.hpp"

namespace ringside::backend {

/// How long enter() may run. Always bounded, so that a pause always answers.
enum class Budget : std::uint8_t {
    slice,           ///< Slice below, then BudgetSpent
    one_instruction, ///< then Debug with dr6.BS, unless the instruction itself exits
};

/// The size of a slice. Unicorn counts instructions, exactly; KVM counts host time.
struct Slice {
    std::uint64_t instructions = 1'000'000;
    std::uint64_t host_microseconds = 20'000; ///< of the vCPU thread's own CPU time
};

/// What the trap layer hands back with finish().
struct Answer {
    std::uint64_t value = 0; ///< for PortIn, MmioRead, MsrRead, Hypercall; ignored for others
    bool general_protection = false; ///< for MsrRead and MsrWrite: raise #GP(0) instead
};

/// The instruction that caused the last exit, as far as the backend can tell.
struct ExitingInstruction {
    std::uint64_t linear_rip = 0;
    std::uint8_t length = 0; ///< 0: unknown
    std::array<std::uint8_t, 15> bytes{};
};

/// Can the guest take an external interrupt right now?
struct InterruptWindowState {
    bool open = false;
    trace::NotNow reason = trace::NotNow::interrupts_off; ///< when not open
};

/// What is known after every enter() and finish() without much asking. In the registers STAR,
/// LSTAR, CSTAR, FMASK, KERNEL_GS_BASE, the debug registers, interrupt_shadow and nmi_blocked are
/// only as of the last state().
struct Standing {
    x86::CpuState registers;
    ExitingInstruction instruction;
    InterruptWindowState window;
    std::uint64_t instructions = 0; ///< executed so far; stays 0 where nobody counts them (KVM)
};

/// A vCPU between two instructions, free of any backend: taken on one, it goes on on another.
struct SavedVcpu {
    x86::CpuState registers;
    x86::FpuState fpu;
    std::optional<x86::Interrupt> pending; ///< accepted, and delivered before the next instruction
    std::uint64_t instructions = 0;        ///< Standing::instructions
};

class Vcpu {
public:
    Vcpu() = default;
    Vcpu(Vcpu const&) = delete;
    Vcpu& operator=(Vcpu const&) = delete;
    virtual ~Vcpu() = default;

    /// Runs guest code until something needs us or the budget is spent. Must not be called between
    /// an exit that awaits an answer and its finish(). An error is the host's refusal, never the
    /// guest's doing.
    virtual Result<Exit> enter(Budget budget) = 0;
    /// Completes the instruction of the last exit. Called exactly once for every exit.
    virtual Result<void> finish(Answer answer) = 0;
    /// Valid until the next call of another member. Not for free on every backend: KVM is told to
    /// complete the exit's instruction, and then asked. An exit nobody asks about costs less.
    virtual Standing const& standing() const = 0;
    /// The same as standing().window, cheaper.
    virtual InterruptWindowState window() const { return standing().window; }
    virtual Result<x86::CpuState> state() = 0; ///< everything, at the price of asking
    virtual Result<void> set_state(x86::CpuState const& state) = 0;
    /// Queues an external interrupt. Only while standing().window.open: both misuses succeed
    /// silently on KVM.
    virtual Result<void> inject(std::uint8_t vector) = 0;

    // Going elsewhere in time: save(); later abandon(), memory as it was then, the backend's
    // memory_replaced(), restore().

    /// Everything, after finish(). Nothing while further exits of the last instruction wait to be
    /// handed out: half an instruction cannot be taken along.
    virtual Result<std::optional<SavedVcpu>> save() = 0;
    /// Gives up whatever it is in the middle of. That may still write to guest memory.
    virtual Result<void> abandon() = 0;
    /// Becomes what was saved, on this backend or another.
    virtual Result<void> restore(SavedVcpu const& saved) = 0;
};

/// What a host's backend may lack. Found by tiny probe guests, never from CPU flags; guests declare
/// what they need (guest-programs/abi/ringside.h, same bits).
enum class Ability : std::uint8_t {
    real_mode,
    protected32, ///< 32-bit protected mode without paging
    paging32,    ///< 32-bit paging, with and without PSE
    pae,
    long_mode,
    protected32_interrupts, ///< IRET and INT in 32-bit protected mode
    software_interrupts,    ///< INT n in long mode at CPL 0
    user_mode,              ///< CPL 3 entered by IRET and left by a fault
    user_interrupts,        ///< INT n at CPL 3
    syscall,
    step_supervisor, ///< single-step at CPL 0
    step_user,       ///< single-step at CPL 3
    preemption,      ///< interrupts a guest that makes no exits
    count,
};

struct AbilityInfo {
    Ability ability;
    std::string_view name;    ///< "32-bit paging": used in skips and by `doctor`
    std::string_view meaning; ///< one sentence
};
std::span<AbilityInfo const> ability_table();
std::string_view name_of(Ability);

/// A set of abilities as bits: 1 << ability.
using Abilities = std::uint32_t;
constexpr Abilities only(Ability ability)
{
    return 1U << static_cast<unsigned>(ability);
}
inline constexpr Abilities all_abilities = (1U << static_cast<unsigned>(Ability::count)) - 1;

/// One virtual machine's execution engine. Made by kvm::create(), unicorn::create() or
/// scripted::create(); maps the slots that `memory` has at that moment, which must outlive it and
/// not change afterwards.
class Backend {
public:
    Backend() = default;
    Backend(Backend const&) = delete;
    Backend& operator=(Backend const&) = delete;
    virtual ~Backend() = default;

    virtual trace::BackendKind kind() const = 0;
    virtual Result<std::unique_ptr<Vcpu>> create_vcpu(VcpuId id) = 0;
    /// Marks in the memory's dirty map the pages guest code wrote since the last call.
    virtual Result<void> collect_dirty_pages() = 0;
    /// Memory was changed while the guest stood still, its page tables perhaps among it: nothing
    /// that was derived from it may be used any more.
    virtual Result<void> memory_replaced() = 0;
};

} // namespace ringside::backend

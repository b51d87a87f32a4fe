// Not modelled: on hosts that run supervisor code on the CPU, a guest that looks at its own flags
// (PUSHF, INT n) while it is stepped can see the trap flag of the step.
#include "engine/backend/kvm/runner.hpp"

#include "engine/backend/kvm/ioctl.hpp"
#include "engine/backend/kvm/kvm_api.hpp"
#include "engine/backend/kvm/probe.hpp"
#include "engine/backend/kvm/software_interrupt.hpp"
#include "engine/trace/events.hpp"
#include "engine/x86/cpuid.hpp"
#include "engine/x86/decode.hpp"
#include "engine/x86/delivery.hpp"

#include <cerrno>
#include <utility>
#include <variant>

namespace ringside::kvm {

namespace {

using backend::Exit;
namespace exit = backend::exit;

// DR6 after a single step: BS, and the bits that always read as one. SDM Vol. 3B, "Debug Status
// Register (DR6)".
constexpr std::uint64_t dr6_after_step = 0xffff4ff0;

} // namespace

Runner::Runner(Fd fd, Mapping run_page, memory::GuestMemory& memory, backend::Slice slice,
               Options options)
    : fd_(std::move(fd)),
      mapping_(std::move(run_page)),
      page_(mapping_.bytes()),
      memory_(memory),
      options_(options),
      timer_(page_.fields().immediate_exit, slice.host_microseconds),
      door_(fd_, page_.fields(), options.sync_registers),
      finder_(memory)
{
}

// KVM API: "KVM_SET_CPUID2". Before the first run, and before registers are set: they are checked
// against it.
Result<void> Runner::prepare()
{
    std::span<x86::CpuidLeaf const> const table = x86::cpuid_table();
    CpuidList list(table.size());
    list->nent = static_cast<__u32>(table.size());
    for (std::size_t index = 0; index < table.size(); ++index) {
        x86::CpuidLeaf const& leaf = table[index];
        kvm_cpuid_entry2& entry = list.entries()[index];
        entry.function = leaf.leaf;
        entry.index = leaf.subleaf;
        entry.flags = leaf.indexed ? KVM_CPUID_FLAG_SIGNIFCANT_INDEX : 0;
        entry.eax = leaf.eax;
        entry.ebx = leaf.ebx;
        entry.ecx = leaf.ecx;
        entry.edx = leaf.edx;
    }
    TRY(call(fd_, KVM_SET_CPUID2, "give the vCPU its CPUID table", list.get()));
    return door_.remember_reset_state();
}

Result<Exit> Runner::run(backend::Budget budget)
{
    if (element_ + 1 < elements_)
        return decode(page_, ++element_);

    bool const stepping = budget == backend::Budget::one_instruction;
    rings_ = 0;
    if (stepping && injected_ && !TRY(deliver_before_step()))
        return Exit(exit::TripleFault{});
    for (;;) {
        if (!std::exchange(page_has_next_exit_, false)) {
            TRY(get_ready(stepping));
            if (!TRY(run_until_exit()))
                return Exit(exit::BudgetSpent{});
        }
        if (std::optional<Exit> exit = TRY(interpret(stepping)))
            return *std::move(exit);
    }
}

Result<void> Runner::get_ready(bool stepping)
{
    element_ = 0;
    elements_ = 1;
    if (injected_)
        TRY(deliver_injected());
    if (stepping)
        TRY(prepare_to_step());
    else if (stepping_)
        TRY(set_stepping(false, {}));
    door_.about_to_run();
    return {};
}

// KVM API: "KVM_RUN" fails with EINTR when a signal came or immediate_exit is set, and with EAGAIN
// when the vCPU was only just made runnable. False: two rings came first.
Result<bool> Runner::run_until_exit()
{
    for (;;) {
        TRY(timer_.arm());
        int const error = kvm::run(fd_);
        if (error == 0)
            return true;
        if (error != EINTR && error != EAGAIN)
            return fail(host_error("run the guest", error));
        if (timer_.take_ring() && ++rings_ == 2)
            return false;
    }
}

/// Nothing when the guest simply goes on.
Result<std::optional<Exit>> Runner::interpret(bool stepping)
{
    elements_ = elements_of(page_.fields());
    Exit exit = decode(page_);
    if (auto* const unhandled = std::get_if<exit::Unhandled>(&exit))
        return emulate(std::move(*unhandled), stepping);
    auto const* const debug = std::get_if<exit::Debug>(&exit);
    if (stepping && debug != nullptr)
        return TRY(end_step(*debug));
    return exit;
}

/// A step may have ended at the breakpoint in front of a handler (fault_stops.hpp); it is a step
/// all the same.
Result<Exit> Runner::end_step(exit::Debug debug)
{
    constexpr std::uint64_t any_breakpoint = 0xf;
    x86::CpuState const& state = *TRY(door_.read());
    if ((debug.dr6 & any_breakpoint) == 0)
        return Exit(debug);
    clear_pushed_trap_flag(before_step_, state, memory_);
    return Exit(exit::Debug{.dr6 = dr6_after_step});
}

/// What the kernel cannot emulate but we can, exactly (software_interrupt.hpp); else what the
/// kernel said, and where.
Result<std::optional<Exit>> Runner::emulate(exit::Unhandled unhandled, bool stepping)
{
    x86::CpuState state = *TRY(door_.read());
    std::uint64_t const linear_rip = state.linear_rip();
    auto const delivery =
        complete_software_interrupt(unemulated_instruction(page_.fields()), state, memory_);
    if (!delivery) {
        unhandled.what += ", at linear address " + hex(linear_rip);
        return Exit(std::move(unhandled));
    }
    if (options_.tracer != nullptr) {
        options_.tracer->emit(trace::Emulated{linear_rip, trace::Text("int")});
        tell(*delivery, *options_.tracer);
    }
    if (delivery->shutdown)
        return Exit(exit::TripleFault{});
    TRY(door_.write(state));
    if (stepping)
        return Exit(exit::Debug{.dr6 = dr6_after_step});
    return std::nullopt;
}

Result<void> Runner::complete()
{
    door_.expect_reader();
    door_.about_to_run();
    timer_.force_exit();
    int const error = kvm::run(fd_);
    timer_.end_forced_exit();
    if (error == EINTR || error == EAGAIN)
        return {};
    if (error != 0)
        return fail(host_error("complete the guest's instruction", error));
    // Under single-step some hosts report the completed instruction as a step. It has already been
    // told, by the exit itself.
    page_has_next_exit_ = !(stepping_ && page_.fields().exit_reason == KVM_EXIT_DEBUG);
    return {};
}

Result<void> Runner::abandon()
{
    constexpr unsigned most_exits = 100'000; // of one instruction: a REP INS of 64 KiB has fewer
    for (unsigned count = 0; (has_more_exits() || count == 0) && count < most_exits; ++count) {
        element_ = 0;
        elements_ = 1;
        page_has_next_exit_ = false;
        TRY(complete());
    }
    page_has_next_exit_ = false;
    injected_.reset();
    element_ = 0;
    elements_ = 1;
    return {};
}

// KVM API: "KVM_SET_GUEST_DEBUG". DR7: Ln is bit 2n; condition and length 0 mean an instruction.
// SDM Vol. 3B, "Debug Control Register (DR7)".
Result<void> Runner::set_stepping(bool on, FaultStops const& stops)
{
    kvm_guest_debug debug{};
    debug.control = on ? KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP | KVM_GUESTDBG_USE_HW_BP : 0;
    for (std::size_t index = 0; index < stops.size(); ++index) {
        debug.arch.debugreg[index] = stops[index];
        debug.arch.debugreg[7] |= stops[index] != 0 ? 1ULL << (2 * index) : 0;
    }
    TRY(call(fd_, KVM_SET_GUEST_DEBUG, "switch single-stepping", &debug));
    stepping_ = on;
    stops_ = stops;
    return {};
}

Result<void> Runner::prepare_to_step()
{
    x86::CpuState const& state = *TRY(door_.read());
    if (state.cpl() == 3 && !options_.trust_user_steps && !TRY(can_step_user_code()))
        return fail(Blame::unavailable,
                    "this host's KVM lacks " +
                        std::string(backend::name_of(backend::Ability::step_user)) +
                        "; use --backend unicorn");
    before_step_ = state;
    stepped_ = finder_.at_rip(state);
    if (state.cpl() == 0 && is_halt(stepped_, state.code_size()))
        return stepping_ ? set_stepping(false, {}) : Result<void>();
    FaultStops const stops = fault_stops(state, memory_, stepped_);
    if (!stepping_ || stops != stops_)
        TRY(set_stepping(true, stops));
    return {};
}

// KVM API: "KVM_INTERRUPT".
Result<void> Runner::deliver_injected()
{
    kvm_interrupt interrupt{};
    interrupt.irq = *injected_;
    TRY(call(fd_, KVM_INTERRUPT, "inject an interrupt", &interrupt));
    injected_.reset();
    return {};
}

/// KVM steps with the guest's own trap flag, and would push it with the flags that the interrupt
/// saves. So the interrupt is delivered here. False: it ended in a triple fault.
Result<bool> Runner::deliver_before_step()
{
    x86::CpuState state = *TRY(door_.read());
    x86::Fault const what{.vector = *injected_, .error_code = {}, .cr2 = 0};
    injected_.reset();
    x86::Delivery const delivery =
        x86::deliver(state, memory_, {.source = x86::Source::external, .what = what});
    if (options_.tracer != nullptr)
        tell(delivery, *options_.tracer);
    TRY(door_.write(state));
    return !delivery.shutdown;
}

} // namespace ringside::kvm

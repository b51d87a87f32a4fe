// The judge of the probe guests. A guest that does anything but what it should is evidence against
// the ability, never an error: that word is kept for a host without KVM.
#include "engine/backend/kvm/probe.hpp"

#include "engine/backend/kvm/kvm_backend.hpp"
#include "engine/backend/kvm/probe_guests.hpp"
#include "engine/trace/events.hpp"
#include "engine/x86/cpuid.hpp"

#include <array>
#include <memory>
#include <utility>
#include <variant>

namespace ringside::kvm {

namespace {

using backend::Ability;
using backend::Budget;
using backend::Exit;
namespace exit = backend::exit;

constexpr backend::Slice short_slice{.instructions = 0, .host_microseconds = 1'000};

struct Finding {
    bool present = false;
    std::string evidence;
};

/// Counts the instructions that we completed in the kernel's place.
class CompletionCounter final : public trace::Sink {
public:
    void append(trace::RawRecord const& record) override
    {
        if (record.id == trace::Emulated::id)
            ++completed;
    }
    unsigned completed = 0;
};

/// What the guest did instead of what it should have done.
struct Instead {
    std::string operator()(exit::PortOut const& out) const
    {
        if (out.port == surprise_port)
            return "the guest got exception " + std::to_string(out.value);
        return "the guest reported " + std::to_string(out.value);
    }
    std::string operator()(exit::PortIn const&) const { return "the guest read a port"; }
    std::string operator()(exit::MmioRead const&) const { return reads_nowhere; }
    std::string operator()(exit::MmioWrite const&) const { return reads_nowhere; }
    std::string operator()(exit::Halt const&) const { return "the guest halted"; }
    std::string operator()(exit::InterruptWindow const&) const { return "nothing"; }
    std::string operator()(exit::BudgetSpent const&) const { return "the guest came to no end"; }
    std::string operator()(exit::Debug const&) const { return "the guest was stepped"; }
    std::string operator()(exit::MsrRead const&) const { return "the guest read an MSR"; }
    std::string operator()(exit::MsrWrite const&) const { return "the guest wrote an MSR"; }
    std::string operator()(exit::Hypercall const&) const { return "the guest made a hypercall"; }
    std::string operator()(exit::TripleFault const&) const { return "the guest triple-faulted"; }
    std::string operator()(exit::EntryFailed const& failed) const { return failed.what; }
    std::string operator()(exit::Unhandled const& unhandled) const { return unhandled.what; }

    static constexpr char const* reads_nowhere = "the guest touched memory that is not there";
};

/// One virtual machine for all probes: making one costs more than all the guests do. Each guest has
/// a virtual CPU of its own, so that none inherits another's wreck.
class Laboratory {
public:
    /// The refusal to make a machine at all.
    Result<void> open()
    {
        memory_ = std::make_unique<memory::GuestMemory>(TRY(probe_memory()));
        backend_ =
            TRY(create(*memory_, short_slice, {.tracer = &tracer_, .trust_user_steps = true}));
        return {};
    }

    /// A guest that the host refuses to run is a finding, too.
    Finding examine(ProbeGuest const& guest)
    {
        Result<Finding> const finding = run(guest);
        return finding ? *finding : Finding{false, finding.error().text};
    }

    /// Asks a guest for every leaf of the machine's table.
    Result<std::vector<std::uint32_t>> find_changed_cpuid_leaves()
    {
        ProbeGuest const guest = cpuid_guest();
        TRY(bring_in(guest));
        std::vector<std::uint32_t> changed;
        for (x86::CpuidLeaf const& leaf : x86::cpuid_table()) {
            x86::CpuState state = guest.start;
            state.gpr[x86::rax] = leaf.leaf;
            state.gpr[x86::rcx] = leaf.subleaf;
            TRY(vcpu_->set_state(state));
            TRY(vcpu_->enter(Budget::slice));
            std::array<std::uint64_t, 16> const gpr = vcpu_->standing().registers.gpr;
            bool const same = gpr[x86::rax] == leaf.eax && gpr[x86::rbx] == leaf.ebx &&
                              gpr[x86::rcx] == leaf.ecx && gpr[x86::rdx] == leaf.edx;
            if (!same && (changed.empty() || changed.back() != leaf.leaf))
                changed.push_back(leaf.leaf);
            TRY(vcpu_->finish({}));
        }
        return changed;
    }

private:
    Result<void> bring_in(ProbeGuest const& guest)
    {
        lay_out(*memory_, guest);
        counter_.completed = 0;
        vcpu_ = TRY(backend_->create_vcpu(VcpuId{next_vcpu_++}));
        return vcpu_->set_state(guest.start);
    }

    Result<Finding> run(ProbeGuest const& guest)
    {
        TRY(bring_in(guest));
        switch (guest.judge) {
        case ProbeGuest::Judge::reports:
            return judge_reports(guest);
        case ProbeGuest::Judge::steps:
            return judge_steps(guest);
        case ProbeGuest::Judge::slices:
            return judge_slices(guest);
        }
        return Finding{};
    }

    Result<Finding> judge_reports(ProbeGuest const& guest)
    {
        for (std::uint8_t const report : guest.reports) {
            Exit const seen = TRY(vcpu_->enter(Budget::slice));
            if (seen != Exit{exit::PortOut{report_port, 1, report}})
                return Finding{false, std::visit(Instead{}, seen)};
            TRY(vcpu_->finish({}));
        }
        if (counter_.completed != 0)
            return Finding{true, "KVM stops at it; Ringside completes it exactly"};
        return Finding{true, "a probe guest ran it"};
    }

    Result<Finding> judge_steps(ProbeGuest const& guest)
    {
        for (std::uint64_t const rip : guest.steps) {
            Exit const seen = TRY(vcpu_->enter(Budget::one_instruction));
            if (!std::holds_alternative<exit::Debug>(seen))
                return Finding{false, std::visit(Instead{}, seen)};
            if (vcpu_->standing().registers.rip != rip)
                return Finding{false, "a step does not end at the next instruction"};
            TRY(vcpu_->finish({}));
        }
        return Finding{true, "a probe guest was stepped through"};
    }

    Result<Finding> judge_slices(ProbeGuest const& guest)
    {
        Exit const seen = TRY(vcpu_->enter(Budget::slice));
        if (!std::holds_alternative<exit::BudgetSpent>(seen))
            return Finding{false, std::visit(Instead{}, seen)};
        TRY(vcpu_->finish({}));
        if (!vcpu_->window().open)
            return Finding{false, "the guest was stopped, but takes no interrupt"};
        TRY(vcpu_->inject(expected_interrupt));
        return judge_reports(guest);
    }

    // In the order of construction: the tracer outlives the vCPU that writes to it.
    CompletionCounter counter_;
    trace::Tracer tracer_{&counter_};
    std::unique_ptr<memory::GuestMemory> memory_;
    std::unique_ptr<backend::Backend> backend_;
    std::uint8_t next_vcpu_ = 0;
    std::unique_ptr<backend::Vcpu> vcpu_;
};

} // namespace

Result<Probed> probe()
{
    Laboratory laboratory;
    TRY(laboratory.open());
    Probed probed;
    probed.abilities = backend::all_abilities;
    probed.changed_cpuid_leaves = TRY(laboratory.find_changed_cpuid_leaves());
    for (ProbeGuest const& guest : probe_guests()) {
        Finding const finding = laboratory.examine(guest);
        bool const first = probed.probes.empty() || probed.probes.back().ability != guest.ability;
        if (first)
            probed.probes.push_back({guest.ability, finding.present, finding.evidence});
        else if (!finding.present)
            probed.probes.back() = {guest.ability, false, finding.evidence};
        if (!finding.present)
            probed.abilities &= ~backend::only(guest.ability);
    }
    return probed;
}

Result<bool> can_step_user_code()
{
    Laboratory laboratory;
    TRY(laboratory.open());
    for (ProbeGuest const& guest : probe_guests())
        if (guest.ability == Ability::step_user)
            return laboratory.examine(guest).present;
    return false;
}

} // namespace ringside::kvm

// Reading may use the run page, writing never does: an ioctl refuses a bad state at once, while the
// run page would make the next KVM_RUN fail.
#include "engine/backend/kvm/state_door.hpp"

#include "engine/backend/kvm/ioctl.hpp"
#include "engine/base/bits.hpp"

namespace ringside::kvm {

namespace {

// Not KVM_SYNC_X86_EVENTS: they are rarely asked for, and not free either.
constexpr unsigned registers_in_the_page = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS;

MsrList list_of_state_msrs()
{
    MsrList list(state_msrs.size());
    list->nmsrs = static_cast<__u32>(state_msrs.size());
    for (std::size_t index = 0; index < state_msrs.size(); ++index)
        list.entries()[index].index = state_msrs[index].index;
    return list;
}

/// The MSR ioctls succeed with the number of registers they got through.
Result<void> expect_all_msrs(int done)
{
    if (static_cast<std::size_t>(done) == state_msrs.size())
        return {};
    return fail(Blame::host, "KVM refuses the model-specific register at place " +
                                 std::to_string(done) +
                                 " of STAR, LSTAR, CSTAR, FMASK, "
                                 "KERNEL_GS_BASE");
}

} // namespace

Result<void> StateDoor::remember_reset_state()
{
    TRY(call(vcpu_, KVM_GET_SREGS, "read a new vCPU's system registers", &reset_));
    return {};
}

void StateDoor::about_to_run()
{
    run_.kvm_valid_regs = sync_registers_ && reader_expected_ ? registers_in_the_page : 0;
    in_page_ = run_.kvm_valid_regs != 0;
    reader_expected_ = false;
    current_ = false;
}

Result<x86::CpuState const*> StateDoor::read()
{
    reader_expected_ = true;
    if (current_)
        return &state_;
    if (in_page_) {
        from_registers(run_.s.regs.regs, run_.s.regs.sregs, state_);
    } else {
        kvm_regs regs{};
        TRY(call(vcpu_, KVM_GET_REGS, "read a vCPU's registers", &regs));
        kvm_sregs sregs{};
        TRY(call(vcpu_, KVM_GET_SREGS, "read a vCPU's system registers", &sregs));
        from_registers(regs, sregs, state_);
    }
    current_ = true;
    ++version_;
    return &state_;
}

Result<bool> StateDoor::in_interrupt_shadow()
{
    kvm_vcpu_events events{};
    TRY(call(vcpu_, KVM_GET_VCPU_EVENTS, "read a vCPU's events", &events));
    return events.interrupt.shadow != 0;
}

Result<x86::CpuState const*> StateDoor::read_all()
{
    TRY(read());
    kvm_vcpu_events events{};
    TRY(call(vcpu_, KVM_GET_VCPU_EVENTS, "read a vCPU's events", &events));
    from_events(events, state_);
    kvm_debugregs debug{};
    TRY(call(vcpu_, KVM_GET_DEBUGREGS, "read a vCPU's debug registers", &debug));
    from_debug_registers(debug, state_);

    MsrList list = list_of_state_msrs();
    int const done = TRY(call(vcpu_, KVM_GET_MSRS, "read model-specific registers", list.get()));
    TRY(expect_all_msrs(done));
    for (std::size_t index = 0; index < state_msrs.size(); ++index)
        state_.*state_msrs[index].member = list.entries()[index].data;
    ++version_;
    return &state_;
}

// The system registers come first: they decide what the others may be.
Result<void> StateDoor::write_registers(x86::CpuState const& state)
{
    in_page_ = false;
    current_ = false;
    kvm_sregs sregs = to_sregs(state, reset_);
    TRY(call(vcpu_, KVM_SET_SREGS, "set a vCPU's system registers", &sregs));
    kvm_regs regs = to_regs(state);
    TRY(call(vcpu_, KVM_SET_REGS, "set a vCPU's registers", &regs));
    return {};
}

Result<void> StateDoor::write(x86::CpuState const& state)
{
    TRY(write_registers(state));
    kvm_vcpu_events events{};
    TRY(call(vcpu_, KVM_GET_VCPU_EVENTS, "read a vCPU's events", &events));
    from_events(events, state_);
    state_.interrupt_shadow = false;
    events = to_events(state_);
    TRY(call(vcpu_, KVM_SET_VCPU_EVENTS, "set a vCPU's events", &events));
    return {};
}

Result<void> StateDoor::write_all(x86::CpuState const& state)
{
    TRY(write_registers(state));
    kvm_vcpu_events events = to_events(state);
    TRY(call(vcpu_, KVM_SET_VCPU_EVENTS, "set a vCPU's events", &events));
    kvm_debugregs debug = to_debug_registers(state);
    TRY(call(vcpu_, KVM_SET_DEBUGREGS, "set a vCPU's debug registers", &debug));
    MsrList list = list_of_state_msrs();
    for (std::size_t index = 0; index < state_msrs.size(); ++index)
        list.entries()[index].data = state.*state_msrs[index].member;
    int const done = TRY(call(vcpu_, KVM_SET_MSRS, "set model-specific registers", list.get()));
    TRY(expect_all_msrs(done));
    state_ = state;
    current_ = true;
    ++version_;
    return {};
}

// KVM API: "KVM_GET_XSAVE" and "KVM_SET_XSAVE".
Result<backend::SavedVcpu> StateDoor::save()
{
    backend::SavedVcpu saved;
    saved.registers = *TRY(read_all());
    kvm_vcpu_events events{};
    TRY(call(vcpu_, KVM_GET_VCPU_EVENTS, "read a vCPU's events", &events));
    saved.pending = pending_of(events, saved.registers.cr2);
    kvm_xsave area{};
    TRY(call(vcpu_, KVM_GET_XSAVE, "read a vCPU's x87 and SSE registers", &area));
    saved.fpu = from_xsave(area);
    return saved;
}

Result<void> StateDoor::restore(backend::SavedVcpu const& saved)
{
    TRY(write_all(saved.registers));
    kvm_xsave area{};
    TRY(call(vcpu_, KVM_GET_XSAVE, "read a vCPU's x87 and SSE registers", &area));
    to_xsave(saved.fpu, area);
    TRY(call(vcpu_, KVM_SET_XSAVE, "set a vCPU's x87 and SSE registers", &area));
    if (!saved.pending)
        return {};
    kvm_vcpu_events events = to_events(saved.registers);
    add_pending(*saved.pending, events);
    TRY(call(vcpu_, KVM_SET_VCPU_EVENTS, "set a vCPU's events", &events));
    return {};
}

Result<void> StateDoor::skip(std::uint8_t length)
{
    TRY(read());
    std::size_t const rip_bytes = state_.code_size() == x86::CodeSize::bits16   ? 2
                                  : state_.code_size() == x86::CodeSize::bits32 ? 4
                                                                                : 8;
    state_.rip = truncate(state_.rip + length, rip_bytes);
    in_page_ = false;
    ++version_;
    kvm_regs regs = to_regs(state_);
    TRY(call(vcpu_, KVM_SET_REGS, "move a vCPU's instruction pointer", &regs));
    return {};
}

} // namespace ringside::kvm

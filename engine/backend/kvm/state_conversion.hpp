// Between the machine's CpuState and the structs of KVM's get and set ioctls: pure functions.
//
// KVM API: "KVM_GET_REGS", "KVM_GET_SREGS", "KVM_GET_VCPU_EVENTS", "KVM_GET_DEBUGREGS". Not carried
// over: events that KVM has queued but not yet delivered (a CpuState has no place for them), and
// x87/SSE state.
#pragma once

#include <array>
#include <cstdint>

#include "engine/backend/kvm/kvm_api.hpp"
#include "engine/x86/cpu_state.hpp"

namespace ringside::kvm {

/// Overwrites in `state` what the two structs know. The rest is in the events (shadow, NMI
/// blocking), the debug registers and the MSRs of `state_msrs`.
void from_registers(kvm_regs const& regs, kvm_sregs const& sregs, x86::CpuState& state);
void from_events(kvm_vcpu_events const& events, x86::CpuState& state);

kvm_regs to_regs(x86::CpuState const& state);
/// `reset` gives what a CpuState does not have: the address of the interrupt controller.
kvm_sregs to_sregs(x86::CpuState const& state, kvm_sregs const& reset);
kvm_vcpu_events to_events(x86::CpuState const& state);

void from_debug_registers(kvm_debugregs const& registers, x86::CpuState& state);
kvm_debugregs to_debug_registers(x86::CpuState const& state);

/// An MSR of CpuState that KVM moves with KVM_GET_MSRS and KVM_SET_MSRS.
struct StateMsr {
    std::uint32_t index;
    std::uint64_t x86::CpuState::*member;
};
extern std::array<StateMsr, 5> const state_msrs;

} // namespace ringside::kvm

// Between the machine's CpuState and the structs of KVM's get and set ioctls: pure functions.
//
// KVM API: "KVM_GET_REGS", "KVM_GET_SREGS", "KVM_GET_VCPU_EVENTS", "KVM_GET_DEBUGREGS",
// "KVM_GET_XSAVE". A CpuState has no place for events that KVM has accepted and not yet delivered: a
// saved vCPU has.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "engine/backend/kvm/kvm_api.hpp"
#include "engine/x86/cpu_state.hpp"
#include "engine/x86/delivery.hpp"
#include "engine/x86/fpu_state.hpp"

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

/// What the CPU has accepted and delivers before the next instruction. `cr2`: of the state.
std::optional<x86::Interrupt> pending_of(kvm_vcpu_events const& events, std::uint64_t cr2);
void add_pending(x86::Interrupt const& pending, kvm_vcpu_events& events);

/// Not KVM_GET_FPU, which leaves MXCSR out. to_xsave() keeps whatever else is in the area.
x86::FpuState from_xsave(kvm_xsave const& area);
void to_xsave(x86::FpuState const& state, kvm_xsave& area);

/// An MSR of CpuState that KVM moves with KVM_GET_MSRS and KVM_SET_MSRS.
struct StateMsr {
    std::uint32_t index;
    std::uint64_t x86::CpuState::*member;
};
extern std::array<StateMsr, 5> const state_msrs;

} // namespace ringside::kvm

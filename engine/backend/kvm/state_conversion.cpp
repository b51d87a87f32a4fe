// Both sides hold limits in bytes and hidden parts whole, so nothing is computed here; only names
// and places differ. A segment that cannot be used is `unusable` there and has attributes 0 here.
#include "engine/backend/kvm/state_conversion.hpp"

#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"

#include <cstddef>
#include <cstring>
#include <utility>

namespace ringside::kvm {

namespace {

using x86::CpuState;
using x86::Segment;

// In the encoding order of CpuState's registers.
constexpr std::array<__u64 kvm_regs::*, 16> general_registers{
    &kvm_regs::rax, &kvm_regs::rcx, &kvm_regs::rdx, &kvm_regs::rbx, &kvm_regs::rsp, &kvm_regs::rbp,
    &kvm_regs::rsi, &kvm_regs::rdi, &kvm_regs::r8,  &kvm_regs::r9,  &kvm_regs::r10, &kvm_regs::r11,
    &kvm_regs::r12, &kvm_regs::r13, &kvm_regs::r14, &kvm_regs::r15};

constexpr std::array<kvm_segment kvm_sregs::*, 6> segment_registers{
    &kvm_sregs::es, &kvm_sregs::cs, &kvm_sregs::ss, &kvm_sregs::ds, &kvm_sregs::fs, &kvm_sregs::gs};

constexpr std::uint8_t shadow_by_sti = 2; // KVM_X86_SHADOW_INT_STI

Segment from_segment(kvm_segment const& from)
{
    Segment to{.selector = from.selector, .attributes = 0, .limit = from.limit, .base = from.base};
    if (from.unusable != 0 || from.present == 0)
        return to;
    to.attributes =
        static_cast<std::uint16_t>(from.type | from.s << 4 | from.dpl << 5 | from.present << 7 |
                                   from.avl << 12 | from.l << 13 | from.db << 14 | from.g << 15);
    return to;
}

kvm_segment to_segment(Segment const& from)
{
    auto const flag = [&](unsigned index) {
        return static_cast<__u8>(bit(from.attributes, index) ? 1 : 0);
    };
    kvm_segment to{};
    to.base = from.base;
    to.limit = from.limit;
    to.selector = from.selector;
    to.type = static_cast<__u8>(from.type());
    to.present = flag(7);
    to.dpl = static_cast<__u8>(from.dpl());
    to.db = flag(14);
    to.s = flag(4);
    to.l = flag(13);
    to.g = flag(15);
    to.avl = flag(12);
    to.unusable = from.present() ? 0 : 1;
    return to;
}

kvm_dtable to_table(x86::DescriptorTable const& from)
{
    kvm_dtable to{};
    to.base = from.base;
    to.limit = from.limit;
    return to;
}

} // namespace

std::array<StateMsr, 5> const state_msrs{{{x86::msr::star, &CpuState::star},
                                          {x86::msr::lstar, &CpuState::lstar},
                                          {x86::msr::cstar, &CpuState::cstar},
                                          {x86::msr::fmask, &CpuState::fmask},
                                          {x86::msr::kernel_gs_base, &CpuState::kernel_gs_base}}};

void from_registers(kvm_regs const& regs, kvm_sregs const& sregs, CpuState& state)
{
    for (std::size_t index = 0; index < general_registers.size(); ++index)
        state.gpr[index] = regs.*general_registers[index];
    state.rip = regs.rip;
    state.rflags = regs.rflags;

    for (std::size_t index = 0; index < segment_registers.size(); ++index)
        state.segments[index] = from_segment(sregs.*segment_registers[index]);
    state.tr = from_segment(sregs.tr);
    state.ldtr = from_segment(sregs.ldt);
    state.gdtr = {.base = sregs.gdt.base, .limit = sregs.gdt.limit};
    state.idtr = {.base = sregs.idt.base, .limit = sregs.idt.limit};
    state.cr0 = sregs.cr0;
    state.cr2 = sregs.cr2;
    state.cr3 = sregs.cr3;
    state.cr4 = sregs.cr4;
    state.cr8 = sregs.cr8;
    state.efer = sregs.efer;
}

void from_events(kvm_vcpu_events const& events, CpuState& state)
{
    state.interrupt_shadow = events.interrupt.shadow != 0;
    state.nmi_blocked = events.nmi.masked != 0;
}

kvm_regs to_regs(CpuState const& state)
{
    kvm_regs regs{};
    for (std::size_t index = 0; index < general_registers.size(); ++index)
        regs.*general_registers[index] = state.gpr[index];
    regs.rip = state.rip;
    regs.rflags = state.rflags;
    return regs;
}

kvm_sregs to_sregs(CpuState const& state, kvm_sregs const& reset)
{
    kvm_sregs sregs{};
    for (std::size_t index = 0; index < segment_registers.size(); ++index)
        sregs.*segment_registers[index] = to_segment(state.segments[index]);
    sregs.tr = to_segment(state.tr);
    sregs.ldt = to_segment(state.ldtr);
    sregs.gdt = to_table(state.gdtr);
    sregs.idt = to_table(state.idtr);
    sregs.cr0 = state.cr0;
    sregs.cr2 = state.cr2;
    sregs.cr3 = state.cr3;
    sregs.cr4 = state.cr4;
    sregs.cr8 = state.cr8;
    sregs.efer = state.efer;
    sregs.apic_base = reset.apic_base;
    return sregs;
}

kvm_vcpu_events to_events(CpuState const& state)
{
    kvm_vcpu_events events{};
    events.interrupt.shadow = state.interrupt_shadow ? shadow_by_sti : 0;
    events.nmi.masked = state.nmi_blocked ? 1 : 0;
    events.flags = KVM_VCPUEVENT_VALID_SHADOW | KVM_VCPUEVENT_VALID_NMI_PENDING;
    return events;
}

void from_debug_registers(kvm_debugregs const& registers, CpuState& state)
{
    for (std::size_t index = 0; index < 4; ++index)
        state.dr[index] = registers.db[index];
    state.dr[6] = registers.dr6;
    state.dr[7] = registers.dr7;
}

kvm_debugregs to_debug_registers(CpuState const& state)
{
    kvm_debugregs registers{};
    for (std::size_t index = 0; index < 4; ++index)
        registers.db[index] = state.dr[index];
    registers.dr6 = state.dr[6];
    registers.dr7 = state.dr[7];
    return registers;
}

std::optional<x86::Interrupt> pending_of(kvm_vcpu_events const& events, std::uint64_t cr2)
{
    if (events.exception.injected != 0) {
        x86::Fault what{.vector = events.exception.nr, .error_code = {}, .cr2 = 0};
        if (events.exception.has_error_code != 0)
            what.error_code = static_cast<std::uint16_t>(events.exception.error_code);
        if (what.vector == x86::vector::pf)
            what.cr2 = cr2;
        return x86::Interrupt{x86::Source::exception, what};
    }
    if (events.interrupt.injected != 0)
        return x86::Interrupt{x86::Source::external,
                              {.vector = events.interrupt.nr, .error_code = {}, .cr2 = 0}};
    return std::nullopt;
}

void add_pending(x86::Interrupt const& pending, kvm_vcpu_events& events)
{
    if (pending.source == x86::Source::external) {
        events.interrupt.injected = 1;
        events.interrupt.nr = pending.what.vector;
        return;
    }
    events.exception.injected = 1;
    events.exception.nr = pending.what.vector;
    events.exception.has_error_code = pending.what.error_code.has_value() ? 1 : 0;
    events.exception.error_code = pending.what.error_code.value_or(0);
}

namespace {

// SDM Vol. 1, "Legacy Region of an XSAVE Area" and "XSAVE Header": offsets in bytes.
constexpr std::size_t fcw_at = 0, fsw_at = 2, ftw_at = 4, mxcsr_at = 24;
constexpr std::size_t st_at = 32, xmm_at = 160, register_stride = 16;
constexpr std::size_t xstate_bv_at = 512;
constexpr std::uint64_t x87_and_sse = 3; // in XSTATE_BV: these parts are not in their first state

template <typename T>
void move_out(kvm_xsave const& area, std::size_t offset, T& value)
{
    std::memcpy(&value, reinterpret_cast<std::byte const*>(area.region) + offset, sizeof value);
}

template <typename T>
void move_in(T const& value, kvm_xsave& area, std::size_t offset)
{
    std::memcpy(reinterpret_cast<std::byte*>(area.region) + offset, &value, sizeof value);
}

} // namespace

// Both have ST(0) first, and one tag bit for each physical register.
x86::FpuState from_xsave(kvm_xsave const& area)
{
    x86::FpuState state;
    move_out(area, fcw_at, state.control);
    move_out(area, fsw_at, state.status);
    move_out(area, ftw_at, state.in_use);
    move_out(area, mxcsr_at, state.mxcsr);
    for (std::size_t index = 0; index < state.st.size(); ++index)
        move_out(area, st_at + index * register_stride, state.st[index]);
    for (std::size_t index = 0; index < state.xmm.size(); ++index)
        move_out(area, xmm_at + index * register_stride, state.xmm[index]);
    return state;
}

void to_xsave(x86::FpuState const& state, kvm_xsave& area)
{
    move_in(state.control, area, fcw_at);
    move_in(state.status, area, fsw_at);
    move_in(state.in_use, area, ftw_at);
    move_in(state.mxcsr, area, mxcsr_at);
    for (std::size_t index = 0; index < state.st.size(); ++index)
        move_in(state.st[index], area, st_at + index * register_stride);
    for (std::size_t index = 0; index < state.xmm.size(); ++index)
        move_in(state.xmm[index], area, xmm_at + index * register_stride);
    std::uint64_t parts = 0;
    move_out(area, xstate_bv_at, parts);
    move_in(parts | x87_and_sse, area, xstate_bv_at);
}

} // namespace ringside::kvm

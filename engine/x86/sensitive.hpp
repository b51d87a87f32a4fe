// Emulation of the sensitive instructions, one function each, on values: what VT-x hardware or the
// kernel does for the KVM backend, the Unicorn backend does here.
//
// RIP in the state is at the instruction on entry. On Done it is behind it (or wherever the
// instruction went); on a Fault the state is unchanged (but for DR6.BD, when DR7.GD refused a MOV
// DRn); on an effect that needs an exit it is still at the instruction, and complete() moves it.
//
// Not modelled: task switches, call gates, V86 (#GP); VME and PVI, NMIs; SYSENTER/SYSEXIT,
// MONITOR/MWAIT, XSETBV, INVPCID, VMX, SVM, SMM and everything else that the CPUID table denies
// (#UD). RFLAGS.TF and the debug registers are kept, but it is the backend that acts on them.
#pragma once

#include <cstdint>
#include <span>
#include <variant>

#include "engine/memory/guest_memory.hpp"
#include "engine/x86/cpu_state.hpp"
#include "engine/x86/decode.hpp"
#include "engine/x86/delivery.hpp"
#include "engine/x86/fault.hpp"

namespace ringside::x86 {

namespace effect {
/// Finished; RIP has moved.
struct Done {
    bool translations_stale = false; ///< MOV CR0/3/4, INVLPG, EFER: flush what was cached
};
/// One or more elements of port input; complete() wants their values one after the other. As KVM
/// does, a REP INS asks for all elements up to the end of the destination's page (at most 1024
/// bytes) at once.
struct PortIn {
    std::uint16_t port = 0;
    std::uint8_t width = 1;
    std::uint16_t elements = 1;
};
/// One element of port output (REP OUTS gives one effect for each element).
struct PortOut {
    std::uint16_t port = 0;
    std::uint8_t width = 1;
    std::uint32_t value = 0;
};
struct Halt {};
struct MsrRead {
    std::uint32_t index = 0;
};
struct MsrWrite {
    std::uint32_t index = 0;
    std::uint64_t value = 0;
};
struct Hypercall {
    std::uint64_t number = 0;
};
/// INT n, INT3, INTO, INT1: RIP in the state is behind the instruction; deliver() it from `source`,
/// with the instruction's length. INT1 is an exception: no gate DPL stops it.
struct SoftwareInterrupt {
    std::uint8_t vector = 0;
    Source source = Source::software_interrupt;
};
} // namespace effect

using Effect =
    std::variant<effect::Done, Fault, effect::PortIn, effect::PortOut, effect::Halt,
                 effect::MsrRead, effect::MsrWrite, effect::Hypercall, effect::SoftwareInterrupt>;

/// Executes one sensitive instruction. `instructions_so_far` is what RDTSC reports.
Effect execute(CpuState& state, memory::GuestMemory& memory, Decoded const& decoded,
               std::uint64_t instructions_so_far);

/// Completes an effect that needed an exit. PortIn: `values` holds `elements` values. MsrRead: one
/// value. Hypercall: one value for RAX, or none. Others: none. A REP INS or OUTS with more to do
/// leaves RIP at the instruction, to be executed again. Memory written by INS may fault: then the
/// fault is returned and the state says how far it got.
Outcome<void> complete(CpuState& state, memory::GuestMemory& memory, Decoded const& decoded,
                       Effect const& effect, std::span<std::uint64_t const> values);

} // namespace ringside::x86

// The emulated instructions, by family: one function each, named as in the manual. sensitive.cpp
// maps mnemonics to them.
#pragma once

#include <cstdint>
#include <span>

#include "engine/x86/execution.hpp"

namespace ringside::x86::instruction {

// sensitive_io.cpp
Outcome<Effect> in(Execution& execution);
Outcome<Effect> out(Execution& execution);
Outcome<Effect> ins(Execution& execution);
Outcome<Effect> outs(Execution& execution);
/// The second halves, when the port's answer is there. `state` has RIP at the instruction.
Outcome<void> complete_in(CpuState& state, memory::GuestMemory& memory, Decoded const& decoded,
                          std::span<std::uint64_t const> values);
void complete_out(CpuState& state, Decoded const& decoded);

// sensitive_flags.cpp
Outcome<Effect> cli(Execution& execution);
Outcome<Effect> sti(Execution& execution);
Outcome<Effect> pushf(Execution& execution);
Outcome<Effect> popf(Execution& execution);
Outcome<Effect> stac(Execution& execution);
Outcome<Effect> clac(Execution& execution);

// sensitive_control.cpp
Outcome<Effect> move_from_control(Execution& execution);
Outcome<Effect> move_to_control(Execution& execution);
Outcome<Effect> lmsw(Execution& execution);
Outcome<Effect> smsw(Execution& execution);
Outcome<Effect> clts(Execution& execution);
Outcome<Effect> invlpg(Execution& execution);
Outcome<Effect> wbinvd(Execution& execution); ///< and INVD: no cache is modelled

// sensitive_debug.cpp
Outcome<Effect> move_from_debug(Execution& execution);
Outcome<Effect> move_to_debug(Execution& execution);

// sensitive_tables.cpp
Outcome<Effect> lgdt(Execution& execution);
Outcome<Effect> lidt(Execution& execution);
Outcome<Effect> sgdt(Execution& execution);
Outcome<Effect> sidt(Execution& execution);
Outcome<Effect> lldt(Execution& execution);
Outcome<Effect> ltr(Execution& execution);
Outcome<Effect> sldt(Execution& execution);
Outcome<Effect> str(Execution& execution);

// sensitive_questions.cpp
Outcome<Effect> lar(Execution& execution);
Outcome<Effect> lsl(Execution& execution);
Outcome<Effect> verr(Execution& execution);
Outcome<Effect> verw(Execution& execution);
Outcome<Effect> arpl(Execution& execution);

// sensitive_segments.cpp
Outcome<Effect> move_from_segment(Execution& execution);
Outcome<Effect> move_to_segment(Execution& execution);
Outcome<Effect> push_segment(Execution& execution);
Outcome<Effect> pop_segment(Execution& execution);
Outcome<Effect> load_far_pointer(Execution& execution); ///< LDS, LES, LFS, LGS, LSS
Outcome<Effect> swapgs(Execution& execution);
Outcome<Effect> rdfsbase(Execution& execution);
Outcome<Effect> rdgsbase(Execution& execution);
Outcome<Effect> wrfsbase(Execution& execution);
Outcome<Effect> wrgsbase(Execution& execution);

// sensitive_system.cpp
Outcome<Effect> cpuid(Execution& execution);
Outcome<Effect> rdmsr(Execution& execution);
Outcome<Effect> wrmsr(Execution& execution);
Outcome<Effect> rdtsc(Execution& execution);
Outcome<Effect> rdtscp(Execution& execution);
Outcome<Effect> rdpmc(Execution& execution);
Outcome<Effect> hlt(Execution& execution);
Outcome<Effect> vmcall(Execution& execution);

void complete_rdmsr(CpuState& state, Decoded const& decoded, std::uint64_t value);

// sensitive_far.cpp
Outcome<Effect> far_jump(Execution& execution);
Outcome<Effect> far_call(Execution& execution);

// sensitive_return.cpp
Outcome<Effect> far_return(Execution& execution);
Outcome<Effect> iret(Execution& execution);

// sensitive_syscall.cpp
Outcome<Effect> int_n(Execution& execution);
Outcome<Effect> int1(Execution& execution);
Outcome<Effect> int3(Execution& execution);
Outcome<Effect> into(Execution& execution);
Outcome<Effect> syscall(Execution& execution);
Outcome<Effect> sysret(Execution& execution);

} // namespace ringside::x86::instruction

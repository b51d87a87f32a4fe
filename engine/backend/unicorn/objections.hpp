// What speaks against running a plain instruction directly, in the states of the CPU where
// something may: the checks that VT-x hardware makes and the library does not.
//
//   CR0.TS, CR0.EM, CR4.OSFXSR    #NM or #UD for floating point
//   segment limits and rights     #GP(0), or #SS(0) for the stack
//   null segments                 #GP(0)
//
// Not modelled: alignment checks (#AC), limits in real mode, the limit of CS.
#pragma once

#include <optional>

#include "engine/x86/decode.hpp"
#include "engine/x86/fault.hpp"

namespace ringside::unicorn {

std::optional<x86::Fault> objection_to(x86::Decoded const& decoded, x86::CpuState const& state);

} // namespace ringside::unicorn

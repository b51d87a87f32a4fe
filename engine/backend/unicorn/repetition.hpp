// REP, REPE and REPNE: the prefixes that make one instruction of many.
#pragma once

#include "engine/x86/decode.hpp"

namespace ringside::unicorn {

bool repeats(x86::Decoded const& decoded);

/// The count register, in the instruction's address size, is zero.
bool has_run_out(x86::Decoded const& decoded, x86::CpuState const& state);

} // namespace ringside::unicorn

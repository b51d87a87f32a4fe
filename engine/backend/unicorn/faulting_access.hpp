// From the page the library could not translate to the exception the instruction raises.
//
// The decoder knows which operand lies in that page, and so the exact address for CR2. An operand
// that is read and then written (ADD to memory) faults as a write even where the library tried the
// read first: SDM Vol. 3A, "Page-Fault Exceptions", and so does KVM's emulator.
#pragma once

#include "engine/backend/unicorn/shadow_translation.hpp"
#include "engine/x86/decode.hpp"
#include "engine/x86/fault.hpp"

namespace ringside::unicorn {

/// #PF with its error code and CR2; for a non-canonical address #SS(0) through the stack segment,
/// else #GP(0). `decoded` may be null: then the page itself is all that is known.
x86::Fault fault_of(ShadowTranslation::Refused const& refused, x86::Decoded const* decoded,
                    x86::CpuState const& state, ShadowTranslation const& translation);

} // namespace ringside::unicorn

// From the piece of a load that the library asked for to the accesses the instruction makes.
//
// The decoder knows the operand: its address and its width. It is cut as KVM cuts it, at page
// borders and then into at most eight bytes; parts that lie in RAM are no business of a device.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/backend/exit.hpp"
#include "engine/backend/unicorn/device_window.hpp"
#include "engine/backend/unicorn/shadow_translation.hpp"
#include "engine/x86/decode.hpp"
#include "engine/x86/fault.hpp"

namespace ringside::unicorn {

struct DeviceAccess {
    backend::exit::MmioRead read;
    std::uint64_t alignment = 1; ///< see DeviceWindow::answer
};

/// Every access to a device that the instruction reads, in the order of its operands: what `piece`
/// is part of, and what would be asked for next (CMPS). Without an instruction, or when no operand
/// matches (FXRSTOR and its kind read field by field), the piece itself. A fault when a part of an
/// operand cannot be translated.
x86::Outcome<std::vector<DeviceAccess>> device_loads(DeviceWindow::Piece piece,
                                                     x86::Decoded const* decoded,
                                                     x86::CpuState const& state,
                                                     ShadowTranslation const& translation);

} // namespace ringside::unicorn

// The x87, MMX and SSE registers of one CPU as a value. No instruction that we emulate touches them:
// they live in the backend, and pass through here only when a machine's state is taken or put back.
//
// Not modelled: AVX and what else XSAVE moves; the x87 instruction and data pointers.
#pragma once

#include <array>
#include <cstdint>

namespace ringside::x86 {

/// The values are those after RESET. SDM Vol. 3A, "x87 FPU State" and "SSE State" of Table "IA-32
/// Processor States Following Power-up, Reset, or INIT"; FCW as FNINIT leaves it.
struct FpuState {
    std::uint16_t control = 0x37f;
    std::uint16_t status = 0; ///< bits 13:11: TOP, the register that ST(0) is
    std::uint8_t in_use = 0;  ///< one bit for each physical register; clear: it is empty
    std::uint32_t mxcsr = 0x1f80;
    std::array<std::array<std::uint8_t, 10>, 8> st{}; ///< ST(0) first
    std::array<std::array<std::uint8_t, 16>, 16> xmm{};

    bool operator==(FpuState const&) const = default;
};

} // namespace ringside::x86

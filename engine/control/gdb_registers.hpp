// The registers of one vCPU as gdb sees them, and the target description that tells it so.
//
// gdb fixes the architecture once for each description it reads, while a guest on its way from
// reset to 64-bit code changes it. So there is one description for each code size. Everybody begins with
// the 64-bit one, which holds every register of every mode: registers, memory, break- and
// watchpoints and steps are right in 16- and 32-bit code too, only gdb's own disassembler is not.
// For that, the person types
//
//     (gdb) monitor description 16         or 32, or 64
//     (gdb) unset tdesc filename           gdb reads the description again, and changes over
//
// In every description pc is the *linear* address of the next instruction, so that breakpoints, x/i
// and symbols fit memory in segmented code; the offset that the guest itself would call IP is
// $pc - $cs_base. Stack and data in segmented code are at $ss_base + $sp and so on.
// Not modelled: AVX; the x87 instruction and data pointers, which read as zero; loading the hidden
// part of a segment register by writing its selector, except in real mode.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/control/gdb_target.hpp"

namespace ringside::control {

struct GdbRegister {
    enum class Source : std::uint8_t {
        gpr,
        pc,
        flags,
        selector,
        st,
        x87, ///< control, status, tags, then five that read as zero
        xmm,
        mxcsr,
        segment_base,
        control, ///< CR0 CR2 CR3 CR4 CR8 EFER, KERNEL_GS_BASE
    };
    std::string name;
    std::string_view type; ///< in the description's own words
    std::string_view group;
    Source source = Source::gpr;
    std::uint8_t index = 0; ///< which of its kind
    std::uint8_t bytes = 8;
};

/// In the order of their numbers and of the `g` packet.
std::span<GdbRegister const> gdb_registers(x86::CodeSize size);
/// The XML document behind qXfer:features:read.
std::string const& gdb_description(x86::CodeSize size);

/// Little-endian.
std::vector<std::uint8_t> read_register(GdbRegister const& which, VcpuRegisters const& from);
/// False where such a value cannot be written; then nothing has changed.
bool write_register(GdbRegister const& which, std::span<std::uint8_t const> bytes,
                    VcpuRegisters& to);

} // namespace ringside::control

// The state of one x86 CPU as a value. Everything in engine/x86 is a function on this and guest
// memory.
//
// Not here: x87/SSE/AVX state (it stays in the backend), performance counters, debug-store areas.
#pragma once

#include <array>
#include <cstdint>

#include "engine/base/bits.hpp"
#include "engine/trace/names.hpp"
#include "engine/trace/registers.hpp"

namespace ringside::x86 {

using trace::CodeSize;
using trace::CpuMode;
using trace::PagingMode;

/// General-purpose registers in encoding order (SDM Vol. 2A, "Instruction Format", Table "REX.R/X/B
/// ...").
enum Gpr : std::uint8_t {
    rax,
    rcx,
    rdx,
    rbx,
    rsp,
    rbp,
    rsi,
    rdi,
    r8,
    r9,
    r10,
    r11,
    r12,
    r13,
    r14,
    r15
};

/// Segment registers in encoding order (SDM Vol. 2, "sreg Encoding").
enum SegmentIndex : std::uint8_t { es, cs, ss, ds, fs, gs };

/// A segment register with its hidden part. `attributes` are access rights as in SDM Vol. 3C,
/// "Guest Register State": 0-3 type, 4 S, 5-6 DPL, 7 P, 12 AVL, 13 L, 14 D/B, 15 G. `limit` is in
/// bytes, G applied. A null or unusable segment has attributes 0.
struct Segment {
    std::uint16_t selector = 0;
    std::uint16_t attributes = 0;
    std::uint32_t limit = 0;
    std::uint64_t base = 0;

    unsigned type() const { return attributes & 0xfU; }
    unsigned dpl() const { return (attributes >> 5) & 3U; }
    unsigned rpl() const { return selector & 3U; }
    bool present() const { return bit(attributes, 7); }
    bool is_code_or_data() const { return bit(attributes, 4); }
    bool is_code() const { return is_code_or_data() && bit(attributes, 3); }
    bool long_mode() const { return bit(attributes, 13); } ///< L
    bool big() const { return bit(attributes, 14); }       ///< D/B
    bool operator==(Segment const&) const = default;
};

struct DescriptorTable {
    std::uint64_t base = 0;
    std::uint16_t limit = 0;
    bool operator==(DescriptorTable const&) const = default;
};

struct CpuState {
    std::array<std::uint64_t, 16> gpr{};
    std::uint64_t rip = 0; ///< offset in CS, not linear
    std::uint64_t rflags = 2;
    std::array<Segment, 6> segments{};
    Segment tr{};
    Segment ldtr{};
    DescriptorTable gdtr{};
    DescriptorTable idtr{};
    std::uint64_t cr0 = 0, cr2 = 0, cr3 = 0, cr4 = 0, cr8 = 0;
    std::uint64_t efer = 0;
    std::uint64_t star = 0, lstar = 0, cstar = 0, fmask = 0, kernel_gs_base = 0;
    std::array<std::uint64_t, 8> dr{0, 0, 0, 0, 0, 0, 0xffff0ff0, 0x400};
    bool interrupt_shadow = false; ///< STI or MOV SS was the last instruction
    bool nmi_blocked = false;

    Segment& operator[](SegmentIndex index) { return segments[index]; }
    Segment const& operator[](SegmentIndex index) const { return segments[index]; }
    bool operator==(CpuState const&) const = default;

    bool protected_mode() const { return bit(cr0, 0); }
    bool paging() const { return bit(cr0, 31); }
    bool long_mode_active() const { return bit(efer, 10); }
    bool interrupts_on() const { return bit(rflags, 9); }
    unsigned cpl() const { return protected_mode() ? (*this)[ss].dpl() : 0; }
    CpuMode mode() const;
    CodeSize code_size() const;
    PagingMode paging_mode() const;
    /// Linear address of the next instruction, wrapped to 32 bits outside 64-bit code.
    std::uint64_t linear_rip() const;
};

/// The state after RESET, but with CS:IP at 0000:7c00, where every PC has always started a boot
/// sector.
CpuState real_mode_start(std::uint16_t ip);

/// The state as the numbered values of the stream, and back. Debug registers, CSTAR, shadow and NMI
/// blocking are not part of it and are kept from `state`.
trace::RegisterFile to_register_file(CpuState const& state);
void from_register_file(trace::RegisterFile const& values, CpuState& state);

} // namespace ringside::x86

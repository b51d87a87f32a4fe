// The one CPUID table of the machine: KVM is given it with KVM_SET_CPUID2, the Unicorn backend
// answers from it.
//
// A plain 64-bit CPU with SSE2, NX, SYSCALL, PSE, PAE, PGE, 1 GiB pages, SMEP and SMAP; no AVX or
// XSAVE (Unicorn runs VEX code wrongly), no APIC (we model none), no VMX. Hypervisor leaf
// 0x40000000 says "RingsideRing".
#pragma once

#include <cstdint>
#include <span>

namespace ringside::x86 {

struct CpuidLeaf {
    std::uint32_t leaf = 0;
    std::uint32_t subleaf = 0;
    bool indexed = false; ///< subleaf matters
    std::uint32_t eax = 0, ebx = 0, ecx = 0, edx = 0;
};

std::span<CpuidLeaf const> cpuid_table();

/// What the guest gets for (eax, ecx): the entry, or what the CPU gives for a leaf past the end.
CpuidLeaf cpuid(std::uint32_t leaf, std::uint32_t subleaf);

inline constexpr unsigned physical_address_bits = 40;

} // namespace ringside::x86

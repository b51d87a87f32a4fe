// The table. It is written from three rules: every feature in it runs on both backends, nothing
// that one of them runs wrongly is in it, and a feature whose registers we do not model is not in
// it (no PAT, MTRR, MCA or SYSENTER: their MSRs raise #GP).
//
// The vendor is Intel's, because the rules of engine/x86 are those of Intel's manual, and KVM plays
// by them for every guest whose vendor is not AMD. Family 6, model 15 is a Core 2: old enough that
// no operating system expects more of it than the feature bits say.
//
// SDM Vol. 2A, CPUID, Table "Information Returned by CPUID Instruction". Not modelled: features
// that depend on state (OSXSAVE, APIC on), topology, thermal, performance and debug leaves.
#include "engine/x86/cpuid.hpp"

#include "engine/base/bits.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace ringside::x86 {

namespace {

/// Four letters as a register holds them: the first in the lowest byte.
constexpr std::uint32_t letters(std::string_view text)
{
    std::uint32_t value = 0;
    for (std::size_t index = 0; index < 4 && index < text.size(); ++index)
        value |= std::uint32_t{static_cast<unsigned char>(text[index])} << (8 * index);
    return value;
}

constexpr std::uint32_t feature(unsigned bit)
{
    return 1U << bit;
}

constexpr std::uint32_t signature(unsigned family, unsigned model, unsigned stepping)
{
    return family << 8 | model << 4 | stepping;
}

// Leaf 1.
constexpr std::uint32_t fpu = feature(0), pse = feature(3), tsc = feature(4), msr = feature(5),
                        pae = feature(6), cx8 = feature(8), pge = feature(13), cmov = feature(15),
                        pse36 = feature(17), clfsh = feature(19), mmx = feature(23),
                        fxsr = feature(24), sse = feature(25), sse2 = feature(26);
constexpr std::uint32_t hypervisor = feature(31); // ECX; always 0 on hardware
constexpr std::uint32_t clflush_line = 64 / 8 << 8;
// Leaf 7.
constexpr std::uint32_t smep = feature(7), smap = feature(20);
// Leaf 0x80000001.
constexpr std::uint32_t lahf = feature(0);
constexpr std::uint32_t syscall = feature(11), nx = feature(20), page_1g = feature(26),
                        long_mode = feature(29);

constexpr std::uint32_t linear_address_bits = 48;
constexpr std::uint32_t basic = 0, hypervisor_range = 0x40000000, extended = 0x80000000;

// SDM Vol. 2A, CPUID, leaf 4: caches of a modest CPU, because C libraries size their copies by
// them. Nothing here has a cache.
enum class CacheType : std::uint8_t { none, data, instruction, unified };

constexpr CpuidLeaf cache(std::uint32_t subleaf, CacheType type, unsigned level, unsigned ways,
                          unsigned sets)
{
    constexpr std::uint32_t self_initialising = 1U << 8;
    constexpr std::uint32_t line = 64;
    return CpuidLeaf{.leaf = 4,
                     .subleaf = subleaf,
                     .indexed = true,
                     .eax = static_cast<std::uint32_t>(type) | level << 5 | self_initialising,
                     .ebx = (line - 1) | (ways - 1) << 22,
                     .ecx = sets - 1};
}

constexpr auto table = std::to_array<CpuidLeaf>({
    {.leaf = basic,
     .eax = 7,
     .ebx = letters("Genu"),
     .ecx = letters("ntel"),
     .edx = letters("ineI")},
    {.leaf = 1,
     .eax = signature(6, 15, 11),
     .ebx = clflush_line,
     .ecx = hypervisor,
     .edx =
         fpu | pse | tsc | msr | pae | cx8 | pge | cmov | pse36 | clfsh | mmx | fxsr | sse | sse2},
    {.leaf = 2, .eax = 0xff01}, // descriptor FFh: see leaf 4
    cache(0, CacheType::data, 1, 8, 64),
    cache(1, CacheType::instruction, 1, 8, 64),
    cache(2, CacheType::unified, 2, 16, 1024),
    {.leaf = 4, .subleaf = 3, .indexed = true}, // no more caches
    {.leaf = 7, .indexed = true, .ebx = smep | smap},
    {.leaf = hypervisor_range,
     .eax = hypervisor_range,
     .ebx = letters("Ring"),
     .ecx = letters("side"),
     .edx = letters("Ring")},
    {.leaf = extended, .eax = 0x80000008},
    {.leaf = 0x80000001, .ecx = lahf, .edx = syscall | nx | page_1g | long_mode},
    {.leaf = 0x80000002,
     .eax = letters("Ring"),
     .ebx = letters("side"),
     .ecx = letters(" vir"),
     .edx = letters("tual")},
    {.leaf = 0x80000003, .eax = letters(" CPU")},
    {.leaf = 0x80000004},
    {.leaf = 0x80000008, .eax = physical_address_bits | linear_address_bits << 8},
});

CpuidLeaf const* find(std::uint32_t leaf, std::uint32_t subleaf)
{
    auto const found = std::find_if(table.begin(), table.end(), [&](CpuidLeaf const& entry) {
        return entry.leaf == leaf && (!entry.indexed || entry.subleaf == subleaf);
    });
    return found == table.end() ? nullptr : &*found;
}

/// The entry whose EAX says how far the leaf's range goes, or none: nobody speaks for this range.
CpuidLeaf const* range_of(std::uint32_t leaf)
{
    bool const hypervisors = bits(leaf, 28, 4) == 4; // 0x40000000 to 0x4fffffff
    return find(hypervisors ? hypervisor_range : leaf & extended, 0);
}

} // namespace

std::span<CpuidLeaf const> cpuid_table()
{
    return table;
}

// SDM Vol. 2A, CPUID: beyond the end of a range an Intel CPU answers with the highest basic leaf.
// KVM does the same for guests that are not AMD's.
CpuidLeaf cpuid(std::uint32_t leaf, std::uint32_t subleaf)
{
    CpuidLeaf const* range = range_of(leaf);
    bool const in_range = range != nullptr && leaf <= range->eax;
    CpuidLeaf const* entry = find(in_range ? leaf : table.front().eax, subleaf);
    CpuidLeaf answer = entry != nullptr ? *entry : CpuidLeaf{};
    answer.leaf = leaf;
    answer.subleaf = subleaf;
    return answer;
}

} // namespace ringside::x86

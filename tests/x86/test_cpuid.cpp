// The CPUID table: what it promises, what it must not promise, and the rule past its ends.
#include "engine/x86/cpuid.hpp"

#include "engine/base/bits.hpp"
#include "tests/catch.hpp"

#include <initializer_list>
#include <set>
#include <string>
#include <utility>

using namespace ringside;
using namespace ringside::x86;

namespace {

/// The letters of registers, in the order given, up to the first zero byte.
std::string letters(std::initializer_list<std::uint32_t> registers)
{
    std::string text;
    for (std::uint32_t const value : registers)
        for (unsigned shift = 0; shift < 32; shift += 8)
            text += static_cast<char>(bits(value, shift, 8));
    return text.substr(0, text.find('\0'));
}

bool same_values(CpuidLeaf const& left, CpuidLeaf const& right)
{
    return left.eax == right.eax && left.ebx == right.ebx && left.ecx == right.ecx &&
           left.edx == right.edx;
}

} // namespace

TEST_CASE("the vendor string is spelled in EBX, EDX, ECX")
{
    CpuidLeaf const leaf = cpuid(0, 0);
    CHECK(letters({leaf.ebx, leaf.edx, leaf.ecx}) == "GenuineIntel");
}

TEST_CASE("the hypervisor leaf says RingsideRing, and leaf 1 says that it is there")
{
    CpuidLeaf const leaf = cpuid(0x40000000, 0);
    CHECK(letters({leaf.ebx, leaf.ecx, leaf.edx}) == "RingsideRing");
    CHECK(leaf.eax == 0x40000000);
    CHECK(bit(cpuid(1, 0).ecx, 31));
}

TEST_CASE("the brand string is Ringside virtual CPU")
{
    std::string text;
    for (std::uint32_t index = 0x80000002; index <= 0x80000004; ++index) {
        CpuidLeaf const leaf = cpuid(index, 0);
        text += letters({leaf.eax, leaf.ebx, leaf.ecx, leaf.edx});
    }
    CHECK(text == "Ringside virtual CPU");
}

TEST_CASE("everything that 64-bit code of the first generation needs is offered")
{
    std::uint32_t const edx = cpuid(1, 0).edx;
    // FPU, PSE, TSC, MSR, PAE, CX8, PGE, CMOV, PSE-36, CLFLUSH, MMX, FXSR, SSE, SSE2
    for (unsigned feature : {0U, 3U, 4U, 5U, 6U, 8U, 13U, 15U, 17U, 19U, 23U, 24U, 25U, 26U})
        CHECK(bit(edx, feature));
    std::uint32_t const extended = cpuid(0x80000001, 0).edx;
    for (unsigned feature : {11U, 20U, 26U, 29U}) // SYSCALL, NX, 1 GiB pages, long mode
        CHECK(bit(extended, feature));
    CHECK(bit(cpuid(7, 0).ebx, 7));  // SMEP
    CHECK(bit(cpuid(7, 0).ebx, 20)); // SMAP
}

TEST_CASE("nothing is offered that a backend lacks or that we do not model")
{
    CpuidLeaf const leaf = cpuid(1, 0);
    // SSE3, MONITOR, VMX, SSSE3, FMA, CX16, SSE4, x2APIC, MOVBE, POPCNT, TSC deadline, AES, XSAVE,
    // OSXSAVE, AVX, F16C, RDRAND
    for (unsigned feature :
         {0U, 3U, 5U, 9U, 12U, 13U, 19U, 20U, 21U, 22U, 23U, 24U, 25U, 26U, 27U, 28U, 29U, 30U})
        CHECK_FALSE(bit(leaf.ecx, feature));
    // VME, DE, MCE, APIC, SEP, MTRR, MCA, PAT, HTT
    for (unsigned feature : {1U, 2U, 7U, 9U, 11U, 12U, 14U, 16U, 28U})
        CHECK_FALSE(bit(leaf.edx, feature));
    CHECK_FALSE(bit(cpuid(0x80000001, 0).edx, 27)); // RDTSCP
    CHECK_FALSE(bit(cpuid(0x80000001, 0).ecx, 2));  // SVM
    CHECK_FALSE(bit(cpuid(7, 0).ebx, 5));           // AVX2
    CHECK_FALSE(bit(cpuid(7, 0).ebx, 10));          // INVPCID
}

TEST_CASE("addresses have 40 physical and 48 linear bits")
{
    CHECK(cpuid(0x80000008, 0).eax == 0x3028);
    CHECK(physical_address_bits == 40);
}

TEST_CASE("a subleaf matters only where the leaf has some")
{
    CHECK(same_values(cpuid(1, 5), cpuid(1, 0)));
    CHECK(same_values(cpuid(7, 1), CpuidLeaf{}));
    CHECK_FALSE(same_values(cpuid(4, 0), cpuid(4, 1)));
}

TEST_CASE("the list of caches ends with a null entry")
{
    CHECK(bits(cpuid(4, 2).eax, 0, 5) == 3);
    CHECK(same_values(cpuid(4, 3), CpuidLeaf{}));
    CHECK(same_values(cpuid(4, 100), CpuidLeaf{}));
}

TEST_CASE("a leaf that is missing inside a range is all zeroes")
{
    CHECK(same_values(cpuid(3, 0), CpuidLeaf{}));
    CHECK(same_values(cpuid(0x80000007, 0), CpuidLeaf{}));
}

TEST_CASE("a leaf past the end of any range gives the highest basic leaf, subleaf observed")
{
    for (std::uint32_t beyond :
         {8U, 0x7fffffffU, 0x40000001U, 0x40000100U, 0x80000009U, 0xc0000000U, 0xffffffffU}) {
        CHECK(same_values(cpuid(beyond, 0), cpuid(7, 0)));
        CHECK(same_values(cpuid(beyond, 1), CpuidLeaf{}));
    }
}

TEST_CASE("an answer carries the leaf and subleaf that were asked for")
{
    CHECK(cpuid(0x1234, 5).leaf == 0x1234);
    CHECK(cpuid(0x1234, 5).subleaf == 5);
}

TEST_CASE("no leaf is in the table twice, and each lies inside the range it belongs to")
{
    std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
    for (CpuidLeaf const& entry : cpuid_table()) {
        INFO(entry.leaf);
        CHECK(seen.emplace(entry.leaf, entry.subleaf).second);
        CHECK(same_values(cpuid(entry.leaf, entry.subleaf), entry));
    }
}

// Which instructions a classic hypervisor must stop before, and which may run untouched.
#include "engine/x86/decode.hpp"

#include "tests/catch.hpp"

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

using namespace ringside;
using namespace ringside::x86;

namespace {

struct Case {
    std::string_view text; ///< begins with the mnemonic that decoding must find
    CodeSize code_size;
    std::vector<std::uint8_t> bytes;
};

constexpr CodeSize code16 = CodeSize::bits16, code32 = CodeSize::bits32, code64 = CodeSize::bits64;

void check_all(bool sensitive, std::initializer_list<Case> cases)
{
    for (Case const& item : cases) {
        INFO(item.text);
        std::optional<Decoded> const decoded = decode(item.bytes, item.code_size);
        REQUIRE(decoded);
        CHECK(mnemonic(*decoded) == item.text.substr(0, item.text.find(' ')));
        CHECK(is_sensitive(decoded->instruction) == sensitive);
        std::optional<Sketch> const drawn = sketch(item.bytes, item.code_size);
        REQUIRE(drawn);
        CHECK(drawn->length == item.bytes.size());
        CHECK(drawn->sensitive == sensitive);
    }
}

} // namespace

// clang-format off
TEST_CASE("every instruction on Robin and Irvine's list is sensitive")
{
    check_all(true, {
        {"sgdt [eax]", code32, {0x0f, 0x01, 0x00}},
        {"sidt [eax]", code32, {0x0f, 0x01, 0x08}},
        {"sldt eax", code32, {0x0f, 0x00, 0xc0}},
        {"smsw eax", code32, {0x0f, 0x01, 0xe0}},
        {"pushfd", code32, {0x9c}},
        {"popfd", code32, {0x9d}},
        {"lar eax, ecx", code32, {0x0f, 0x02, 0xc1}},
        {"lsl eax, ecx", code32, {0x0f, 0x03, 0xc1}},
        {"verr ax", code32, {0x0f, 0x00, 0xe0}},
        {"verw ax", code32, {0x0f, 0x00, 0xe8}},
        {"pop ds", code32, {0x1f}},
        {"push cs", code32, {0x0e}},
        {"call far 10:1234", code32, {0x9a, 0x34, 0x12, 0, 0, 0x10, 0}},
        {"jmp far 10:1234", code32, {0xea, 0x34, 0x12, 0, 0, 0x10, 0}},
        {"int 80", code32, {0xcd, 0x80}},
        {"ret far", code32, {0xcb}},
        {"str eax", code32, {0x0f, 0x00, 0xc8}},
        {"mov eax, ds", code32, {0x8c, 0xd8}},
        {"mov ds, eax", code32, {0x8e, 0xd8}},
    });
}

TEST_CASE("flags with IF in them are sensitive at every width")
{
    check_all(true, {
        {"pushf", code16, {0x9c}}, {"pushfd", code16, {0x66, 0x9c}}, {"pushfq", code64, {0x9c}},
        {"popf", code16, {0x9d}}, {"popfd", code16, {0x66, 0x9d}}, {"popfq", code64, {0x9d}},
        {"cli", code64, {0xfa}}, {"sti", code64, {0xfb}},
        {"stac", code64, {0x0f, 0x01, 0xcb}}, {"clac", code64, {0x0f, 0x01, 0xca}},
    });
}

TEST_CASE("port instructions of every form are sensitive")
{
    check_all(true, {
        {"in al, 60", code64, {0xe4, 0x60}}, {"in eax, 60", code64, {0xe5, 0x60}},
        {"in al, dx", code64, {0xec}}, {"in eax, dx", code64, {0xed}},
        {"out 60, al", code64, {0xe6, 0x60}}, {"out 60, eax", code64, {0xe7, 0x60}},
        {"out dx, al", code64, {0xee}}, {"out dx, eax", code64, {0xef}},
        {"insb", code64, {0x6c}}, {"insd", code64, {0x6d}}, {"insw", code64, {0x66, 0x6d}},
        {"insb rep", code64, {0xf3, 0x6c}}, {"outsb rep", code64, {0xf3, 0x6e}},
        {"outsb", code64, {0x6e}}, {"outsd", code64, {0x6f}}, {"outsw", code64, {0x66, 0x6f}},
    });
}

TEST_CASE("every load, store, push and pop of a segment register is sensitive")
{
    check_all(true, {
        {"push es", code32, {0x06}}, {"push cs", code32, {0x0e}}, {"push ss", code32, {0x16}},
        {"push ds", code32, {0x1e}}, {"push fs", code64, {0x0f, 0xa0}},
        {"push gs", code64, {0x0f, 0xa8}},
        {"pop es", code32, {0x07}}, {"pop ss", code32, {0x17}}, {"pop ds", code32, {0x1f}},
        {"pop fs", code64, {0x0f, 0xa1}}, {"pop gs", code64, {0x0f, 0xa9}},
        {"mov [rax], gs", code64, {0x8c, 0x28}}, {"mov ss, [rax]", code64, {0x8e, 0x10}},
        {"les eax, [eax]", code32, {0xc4, 0x00}}, {"lds eax, [eax]", code32, {0xc5, 0x00}},
        {"lss eax, [rax]", code64, {0x0f, 0xb2, 0x00}},
        {"lfs eax, [rax]", code64, {0x0f, 0xb4, 0x00}},
        {"lgs eax, [rax]", code64, {0x0f, 0xb5, 0x00}},
        {"swapgs", code64, {0x0f, 0x01, 0xf8}},
        {"rdfsbase rax", code64, {0xf3, 0x48, 0x0f, 0xae, 0xc0}},
        {"rdgsbase rax", code64, {0xf3, 0x48, 0x0f, 0xae, 0xc8}},
        {"wrfsbase rax", code64, {0xf3, 0x48, 0x0f, 0xae, 0xd0}},
        {"wrgsbase rax", code64, {0xf3, 0x48, 0x0f, 0xae, 0xd8}},
    });
}

TEST_CASE("control and debug registers are sensitive, in both directions")
{
    check_all(true, {
        {"mov rax, cr0", code64, {0x0f, 0x20, 0xc0}}, {"mov cr3, rax", code64, {0x0f, 0x22, 0xd8}},
        {"mov rax, cr8", code64, {0x44, 0x0f, 0x20, 0xc0}},
        {"mov rax, dr7", code64, {0x0f, 0x21, 0xf8}}, {"mov dr7, rax", code64, {0x0f, 0x23, 0xf8}},
        {"lmsw ax", code64, {0x0f, 0x01, 0xf0}}, {"smsw eax", code64, {0x0f, 0x01, 0xe0}},
        {"clts", code64, {0x0f, 0x06}},
        {"xgetbv", code64, {0x0f, 0x01, 0xd0}}, {"xsetbv", code64, {0x0f, 0x01, 0xd1}},
    });
}

TEST_CASE("descriptor tables and questions about descriptors are sensitive")
{
    check_all(true, {
        {"lgdt [rax]", code64, {0x0f, 0x01, 0x10}}, {"lidt [rax]", code64, {0x0f, 0x01, 0x18}},
        {"sgdt [rax]", code64, {0x0f, 0x01, 0x00}}, {"sidt [rax]", code64, {0x0f, 0x01, 0x08}},
        {"lldt ax", code64, {0x0f, 0x00, 0xd0}}, {"ltr ax", code64, {0x0f, 0x00, 0xd8}},
        {"sldt eax", code64, {0x0f, 0x00, 0xc0}}, {"str eax", code64, {0x0f, 0x00, 0xc8}},
        {"lar eax, ecx", code64, {0x0f, 0x02, 0xc1}}, {"lsl eax, ecx", code64, {0x0f, 0x03, 0xc1}},
        {"verr ax", code64, {0x0f, 0x00, 0xe0}}, {"verw ax", code64, {0x0f, 0x00, 0xe8}},
        {"arpl ax, cx", code32, {0x63, 0xc8}},
    });
}

TEST_CASE("every way into a kernel and out of it is sensitive")
{
    check_all(true, {
        {"int 20", code16, {0xcd, 0x20}}, {"int1", code64, {0xf1}}, {"int3", code64, {0xcc}},
        {"into", code32, {0xce}},
        {"iret", code16, {0xcf}}, {"iretd", code32, {0xcf}}, {"iretq", code64, {0x48, 0xcf}},
        {"syscall", code64, {0x0f, 0x05}}, {"sysret", code64, {0x48, 0x0f, 0x07}},
        {"sysenter", code64, {0x0f, 0x34}}, {"sysexit", code64, {0x0f, 0x35}},
        {"rsm", code64, {0x0f, 0xaa}},
        {"call far [rax]", code64, {0xff, 0x18}}, {"jmp far [rax]", code64, {0xff, 0x28}},
        {"ret far", code64, {0x48, 0xcb}}, {"ret far 8", code64, {0xca, 8, 0}},
        {"jmp far 0:7c00", code16, {0xea, 0x00, 0x7c, 0, 0}},
    });
}

TEST_CASE("what the CPU is, what time it is, and chance are sensitive")
{
    check_all(true, {
        {"cpuid", code64, {0x0f, 0xa2}}, {"rdmsr", code64, {0x0f, 0x32}},
        {"wrmsr", code64, {0x0f, 0x30}}, {"rdtsc", code64, {0x0f, 0x31}},
        {"rdtscp", code64, {0x0f, 0x01, 0xf9}}, {"rdpmc", code64, {0x0f, 0x33}},
        {"rdpid rax", code64, {0xf3, 0x0f, 0xc7, 0xf8}},
        {"rdrand eax", code64, {0x0f, 0xc7, 0xf0}}, {"rdseed eax", code64, {0x0f, 0xc7, 0xf8}},
    });
}

TEST_CASE("stopping, caches and translations are sensitive")
{
    check_all(true, {
        {"hlt", code64, {0xf4}}, {"monitor", code64, {0x0f, 0x01, 0xc8}},
        {"mwait", code64, {0x0f, 0x01, 0xc9}},
        {"invd", code64, {0x0f, 0x08}}, {"wbinvd", code64, {0x0f, 0x09}},
        {"invlpg [rax]", code64, {0x0f, 0x01, 0x38}},
        {"invpcid rax, [rax]", code64, {0x66, 0x0f, 0x38, 0x82, 0x00}},
    });
}

TEST_CASE("hypercalls and the guest's own hypervisor are sensitive")
{
    check_all(true, {
        {"vmcall", code64, {0x0f, 0x01, 0xc1}}, {"vmmcall", code64, {0x0f, 0x01, 0xd9}},
        {"vmlaunch", code64, {0x0f, 0x01, 0xc2}}, {"vmresume", code64, {0x0f, 0x01, 0xc3}},
        {"vmxoff", code64, {0x0f, 0x01, 0xc4}}, {"vmread rax, rcx", code64, {0x0f, 0x78, 0xc8}},
        {"vmxon [rax]", code64, {0xf3, 0x0f, 0xc7, 0x30}},
        {"vmrun", code64, {0x0f, 0x01, 0xd8}}, {"stgi", code64, {0x0f, 0x01, 0xdc}},
    });
}

TEST_CASE("what our CPUID table denies by encoding is sensitive: VEX and EVEX")
{
    check_all(true, {
        {"vaddps xmm0, xmm1, xmm2", code64, {0xc5, 0xf0, 0x58, 0xc2}},
        {"andn eax, ecx, edx", code64, {0xc4, 0xe2, 0x70, 0xf2, 0xc2}},
        {"vaddps zmm0, zmm1, zmm2", code64, {0x62, 0xf1, 0x74, 0x48, 0x58, 0xc2}},
    });
}

TEST_CASE("plain instructions are not sensitive")
{
    check_all(false, {
        {"add eax, ecx", code64, {0x01, 0xc8}}, {"sub eax, 1", code64, {0x83, 0xe8, 1}},
        {"imul eax, ecx", code64, {0x0f, 0xaf, 0xc1}}, {"div ecx", code64, {0xf7, 0xf1}},
        {"xor eax, eax", code64, {0x31, 0xc0}}, {"shl eax, 4", code64, {0xc1, 0xe0, 4}},
        {"cmp eax, ecx", code64, {0x39, 0xc8}}, {"test al, 1", code64, {0xa8, 1}},
        {"lea rax, [rbx]", code64, {0x48, 0x8d, 0x03}}, {"cmpxchg", code64, {0x0f, 0xb1, 0x08}},
        {"mov eax, [rbx]", code64, {0x8b, 0x03}}, {"mov [rbx], eax", code64, {0x89, 0x03}},
        {"mov eax, 5", code64, {0xb8, 5, 0, 0, 0}}, {"movzx eax, cl", code64, {0x0f, 0xb6, 0xc1}},
        {"push rax", code64, {0x50}}, {"pop rax", code64, {0x58}}, {"push 5", code64, {0x6a, 5}},
        {"pop [rax]", code64, {0x8f, 0x00}}, {"push [rax]", code64, {0xff, 0x30}},
        {"pushad", code32, {0x60}}, {"leave", code64, {0xc9}}, {"enter", code64, {0xc8, 8, 0, 0}},
        {"call near", code64, {0xe8, 0, 0, 0, 0}}, {"call rax", code64, {0xff, 0xd0}},
        {"jmp near", code64, {0xeb, 0xfe}}, {"jmp [rax]", code64, {0xff, 0x20}},
        {"jz", code64, {0x74, 0}}, {"ret", code64, {0xc3}}, {"loop", code64, {0xe2, 0xfe}},
        {"movsb rep", code64, {0xf3, 0xa4}}, {"stosd rep", code64, {0xf3, 0xab}},
        {"scasb", code64, {0xae}}, {"cld", code64, {0xfc}}, {"std", code64, {0xfd}},
        {"nop", code64, {0x90}}, {"pause", code64, {0xf3, 0x90}}, {"ud2", code64, {0x0f, 0x0b}},
        {"lahf", code64, {0x9f}}, {"sahf", code64, {0x9e}}, {"mfence", code64, {0x0f, 0xae, 0xf0}},
        {"fld1", code64, {0xd9, 0xe8}}, {"addps", code64, {0x0f, 0x58, 0xc1}},
        {"movaps", code64, {0x0f, 0x28, 0xc1}}, {"fxsave", code64, {0x0f, 0xae, 0x00}},
        {"bound", code32, {0x62, 0x00}}, {"daa", code32, {0x27}}, {"xlat", code64, {0xd7}},
    });
}
// clang-format on

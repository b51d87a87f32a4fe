// Which memory an instruction touches: every addressing form, in each code size.
#include "engine/x86/decode.hpp"

#include "engine/x86/control_bits.hpp"
#include "tests/catch.hpp"

#include <optional>
#include <string_view>
#include <vector>

using namespace ringside;
using namespace ringside::x86;

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint16_t data16 = 0x0093, data32 = 0x4093;
constexpr std::uint16_t code16 = 0x009b, code32 = 0x409b, code64 = 0x209b;

CpuState state_with(std::uint16_t code, std::uint16_t stack, std::uint64_t efer_bits)
{
    CpuState state;
    state.cr0 = cr0::pe | (efer_bits != 0 ? cr0::pg : 0);
    state.efer = efer_bits;
    for (Segment& segment : state.segments)
        segment = Segment{.selector = 8, .attributes = data32, .limit = 0xffffffff, .base = 0};
    state[cs].attributes = code;
    state[ss].attributes = stack;
    return state;
}

CpuState long64()
{
    return state_with(code64, data32, efer::lme | efer::lma);
}

CpuState protected32()
{
    return state_with(code32, data32, 0);
}

CpuState protected16()
{
    return state_with(code16, data16, 0);
}

std::vector<Operand> operands(CpuState const& state, Bytes const& bytes)
{
    std::optional<Decoded> const decoded = decode(bytes, state.code_size());
    REQUIRE(decoded);
    REQUIRE(decoded->length() == bytes.size());
    return memory_operands(*decoded, state);
}

void check(Operand const& operand, std::uint64_t linear, unsigned width, std::string_view access)
{
    CHECK(operand.linear == linear);
    CHECK(operand.width == width);
    CHECK(operand.reads == (access.find('r') != std::string_view::npos));
    CHECK(operand.writes == (access.find('w') != std::string_view::npos));
}

void check_only(std::vector<Operand> const& found, std::uint64_t linear, unsigned width,
                std::string_view access)
{
    REQUIRE(found.size() == 1);
    check(found.front(), linear, width, access);
}

} // namespace

TEST_CASE("an instruction without memory operands touches none")
{
    CHECK(operands(long64(), {0x01, 0xc8}).empty()); // add eax, ecx
}

TEST_CASE("loads read, stores write, read-modify-write does both, at the operand's width")
{
    CpuState state = long64();
    state.gpr[rbx] = 0x5000;
    check_only(operands(state, {0x8a, 0x03}), 0x5000, 1, "r");         // mov al, [rbx]
    check_only(operands(state, {0x66, 0x8b, 0x03}), 0x5000, 2, "r");   // mov ax, [rbx]
    check_only(operands(state, {0x8b, 0x03}), 0x5000, 4, "r");         // mov eax, [rbx]
    check_only(operands(state, {0x48, 0x89, 0x03}), 0x5000, 8, "w");   // mov [rbx], rax
    check_only(operands(state, {0x01, 0x03}), 0x5000, 4, "rw");        // add [rbx], eax
    check_only(operands(state, {0x87, 0x03}), 0x5000, 4, "rw");        // xchg [rbx], eax
    check_only(operands(state, {0x0f, 0xb1, 0x0b}), 0x5000, 4, "rw");  // cmpxchg [rbx], ecx
    check_only(operands(state, {0x39, 0x03}), 0x5000, 4, "r");         // cmp [rbx], eax
    check_only(operands(state, {0x0f, 0xae, 0x03}), 0x5000, 512, "w"); // fxsave [rbx]
}

TEST_CASE("base, scaled index and displacement add up")
{
    CpuState state = long64();
    state.gpr[rbx] = 0x10000;
    state.gpr[r9] = 0x20;
    check_only(operands(state, {0x42, 0x8b, 0x44, 0xcb, 0xf8}), // mov eax, [rbx + r9*8 - 8]
               0x10000 + 0x20 * 8 - 8, 4, "r");
}

TEST_CASE("LEA, multi-byte NOP and prefetch touch nothing")
{
    CHECK(operands(long64(), {0x8d, 0x03}).empty());
    CHECK(operands(long64(), {0x0f, 0x1f, 0x03}).empty());
    CHECK(operands(long64(), {0x0f, 0x18, 0x03}).empty());
    CHECK(operands(long64(), {0x0f, 0x0d, 0x0b}).empty());
}

TEST_CASE("INVLPG names its page and neither reads nor writes it")
{
    CpuState state = long64();
    state.gpr[rax] = 0x123456;
    check_only(operands(state, {0x0f, 0x01, 0x38}), 0x123456, 1, "");
}

TEST_CASE("a RIP-relative address counts from the end of the instruction")
{
    CpuState state = long64();
    state.rip = 0x1000;
    check_only(operands(state, {0x8b, 0x05, 0x10, 0, 0, 0}), 0x1000 + 6 + 0x10, 4, "r");
    state.rip = 0xffffffff80000000;
    check_only(operands(state, {0x67, 0x8b, 0x05, 0x10, 0, 0, 0}), // eip-relative
               0x80000017, 4, "r");
}

TEST_CASE("an absolute 64-bit address is taken whole")
{
    check_only(operands(long64(), {0xa1, 8, 7, 6, 5, 4, 3, 2, 1}), 0x0102030405060708, 4, "r");
}

TEST_CASE("64-bit code adds the bases of FS and GS, and of no other segment")
{
    CpuState state = long64();
    for (Segment& segment : state.segments)
        segment.base = 0x111000;
    state[gs].base = 0xffff888000000000;
    state.gpr[rbx] = 0x10;
    check_only(operands(state, {0x8b, 0x03}), 0x10, 4, "r");
    check_only(operands(state, {0x26, 0x8b, 0x03}), 0x10, 4, "r"); // es:
    check_only(operands(state, {0x64, 0x8b, 0x03}), 0x111010, 4, "r");
    check_only(operands(state, {0x65, 0x8b, 0x03}), 0xffff888000000010, 4, "r");
}

TEST_CASE("32-bit code adds every base and wraps at 4 GiB")
{
    CpuState state = protected32();
    state[ds].base = 0xfffff000;
    state[ss].base = 0x1000;
    state[es].base = 0x2000;
    state.gpr[rbx] = 0x2345;
    state.gpr[rbp] = 0x10;
    check_only(operands(state, {0x8b, 0x03}), 0x1345, 4, "r");       // ds by default
    check_only(operands(state, {0x8b, 0x45, 0x00}), 0x1010, 4, "r"); // ebp means ss
    check_only(operands(state, {0x26, 0x8b, 0x03}), 0x4345, 4, "r"); // es:
}

TEST_CASE("32-bit addresses ignore the upper halves of registers")
{
    CpuState state = long64();
    state.gpr[rbx] = 0xaaaaaaaa00000010;
    check_only(operands(state, {0x67, 0x8b, 0x43, 0xf0}), 0, 4, "r"); // mov eax, [ebx-0x10]
    check_only(operands(state, {0x67, 0x8b, 0x43, 0xe0}), 0xfffffff0, 4, "r");
}

TEST_CASE("16-bit addresses wrap at 64 KiB inside their segment")
{
    CpuState state = protected16();
    state[ds].base = 0x20000;
    state.gpr[rbx] = 0xf000;
    state.gpr[rsi] = 0x2000;
    check_only(operands(state, {0x8b, 0x00}), 0x20000 + 0x1000, 2, "r"); // mov ax, [bx+si]
    state.gpr[rbx] = 0x1234f000;
    check_only(operands(state, {0x67, 0x8b, 0x03}), 0x12370000 - 0x1000, 2, "r"); // [ebx]
}

TEST_CASE("real mode adds the base of the segment register, whatever it is")
{
    CpuState state = real_mode_start(0x7c00);
    state[ds].base = 0xb8000;
    state[ds].selector = 0xb800;
    state.gpr[rdi] = 4;
    check_only(operands(state, {0x88, 0x05}), 0xb8004, 1, "w"); // mov [di], al
}

TEST_CASE("a push writes below the stack pointer, at the operand's width")
{
    CpuState state = long64();
    state.gpr[rsp] = 0x8000;
    check_only(operands(state, {0x50}), 0x7ff8, 8, "w");             // push rax
    check_only(operands(state, {0x66, 0x50}), 0x7ffe, 2, "w");       // push ax
    check_only(operands(state, {0x6a, 0x05}), 0x7ff8, 8, "w");       // push 5
    check_only(operands(state, {0x9c}), 0x7ff8, 8, "w");             // pushfq
    check_only(operands(state, {0x0f, 0xa0}), 0x7ff8, 8, "w");       // push fs
    check_only(operands(state, {0xe8, 0, 0, 0, 0}), 0x7ff8, 8, "w"); // call
    state = protected32();
    state.gpr[rsp] = 0x8000;
    check_only(operands(state, {0x50}), 0x7ffc, 4, "w");
    state = protected16();
    state.gpr[rsp] = 0x8000;
    check_only(operands(state, {0x50}), 0x7ffe, 2, "w");
    check_only(operands(state, {0x66, 0x50}), 0x7ffc, 4, "w");
}

TEST_CASE("a pop reads at the stack pointer")
{
    CpuState state = long64();
    state.gpr[rsp] = 0x8000;
    check_only(operands(state, {0x58}), 0x8000, 8, "r");             // pop rax
    check_only(operands(state, {0xc3}), 0x8000, 8, "r");             // ret
    check_only(operands(state, {0xc2, 0x10, 0x00}), 0x8000, 8, "r"); // ret 0x10
    check_only(operands(state, {0x9d}), 0x8000, 8, "r");             // popfq
    state.gpr[rbp] = 0x9000;
    check_only(operands(state, {0xc9}), 0x9000, 8, "r"); // leave
}

TEST_CASE("a push of memory reads it first; an indirect call does too")
{
    CpuState state = long64();
    state.gpr[rsp] = 0x8000;
    std::vector<Operand> const pushed = operands(state, {0xff, 0x74, 0x24, 0x08}); // [rsp+8]
    REQUIRE(pushed.size() == 2);
    check(pushed[0], 0x8008, 8, "r");
    check(pushed[1], 0x7ff8, 8, "w");
    std::vector<Operand> const called = operands(state, {0xff, 0x54, 0x24, 0x08});
    REQUIRE(called.size() == 2);
    check(called[0], 0x8008, 8, "r");
    check(called[1], 0x7ff8, 8, "w");
}

TEST_CASE("a pop to an address made from the stack pointer uses its value after the pop")
{
    CpuState state = long64();
    state.gpr[rsp] = 0x8000;
    std::vector<Operand> const popped = operands(state, {0x8f, 0x44, 0x24, 0x10}); // [rsp+0x10]
    REQUIRE(popped.size() == 2);
    check(popped[0], 0x8018, 8, "w");
    check(popped[1], 0x8000, 8, "r");
}

TEST_CASE("a 16-bit stack wraps at 64 KiB and keeps out the upper half of ESP")
{
    CpuState state = protected32();
    state[ss].attributes = data16;
    state[ss].base = 0x30000;
    state.gpr[rsp] = 0xabcd0002;
    check_only(operands(state, {0x50}), 0x3fffe, 4, "w");
}

TEST_CASE("a 32-bit stack under 16-bit code uses all of ESP")
{
    CpuState state = protected16();
    state[ss].attributes = data32;
    state.gpr[rsp] = 0x12340000;
    check_only(operands(state, {0x50}), 0x1233fffe, 2, "w");
}

TEST_CASE("PUSHA and POPA move eight items, each on its own")
{
    CpuState state = protected32();
    state.gpr[rsp] = 0x8000;
    std::vector<Operand> const pushed = operands(state, {0x60});
    REQUIRE(pushed.size() == 8);
    check(pushed.front(), 0x7ffc, 4, "w");
    check(pushed.back(), 0x7fe0, 4, "w");
    std::vector<Operand> const popped = operands(state, {0x66, 0x61});
    REQUIRE(popped.size() == 8);
    check(popped.back(), 0x800e, 2, "r");
}

TEST_CASE("far calls push two items, far returns pop two")
{
    CpuState state = protected32();
    state.gpr[rsp] = 0x8000;
    std::vector<Operand> const called = operands(state, {0x9a, 0, 0, 0, 0, 8, 0});
    REQUIRE(called.size() == 2);
    check(called[0], 0x7ffc, 4, "w");
    check(called[1], 0x7ff8, 4, "w");
    std::vector<Operand> const returned = operands(state, {0xcb});
    REQUIRE(returned.size() == 2);
    check(returned[1], 0x8004, 4, "r");
}

TEST_CASE("IRET pops three items in 16- and 32-bit code, five in 64-bit code")
{
    CpuState state = protected32();
    state.gpr[rsp] = 0x8000;
    std::vector<Operand> const three = operands(state, {0xcf});
    REQUIRE(three.size() == 3);
    check(three[2], 0x8008, 4, "r");
    state = long64();
    state.gpr[rsp] = 0x8000;
    std::vector<Operand> const five = operands(state, {0x48, 0xcf});
    REQUIRE(five.size() == 5);
    check(five[4], 0x8020, 8, "r");
    state = real_mode_start(0x7c00);
    state.gpr[rsp] = 0x8000;
    std::vector<Operand> const narrow = operands(state, {0xcf});
    REQUIRE(narrow.size() == 3);
    check(narrow[2], 0x8004, 2, "r");
}

TEST_CASE("ENTER pushes the frame pointers of the enclosing procedures")
{
    CpuState state = protected32();
    state.gpr[rsp] = 0x8000;
    state.gpr[rbp] = 0x9000;
    check_only(operands(state, {0xc8, 0x10, 0x00, 0x00}), 0x7ffc, 4, "w");
    std::vector<Operand> const nested = operands(state, {0xc8, 0x10, 0x00, 0x03});
    REQUIRE(nested.size() == 6); // four written, two read
    check(nested[0], 0x7ffc, 4, "w");
    check(nested[3], 0x7ff0, 4, "w");
    check(nested[4], 0x8ffc, 4, "r");
    check(nested[5], 0x8ff8, 4, "r");
}

TEST_CASE("string instructions touch what RSI and RDI point at")
{
    CpuState state = long64();
    state.gpr[rsi] = 0x5000;
    state.gpr[rdi] = 0x6000;
    std::vector<Operand> const moved = operands(state, {0x48, 0xa5}); // movsq
    REQUIRE(moved.size() == 2);
    check(moved[0], 0x6000, 8, "w");
    check(moved[1], 0x5000, 8, "r");
    check_only(operands(state, {0xaa}), 0x6000, 1, "w");       // stosb
    check_only(operands(state, {0xac}), 0x5000, 1, "r");       // lodsb
    check_only(operands(state, {0xae}), 0x6000, 1, "r");       // scasb
    check_only(operands(state, {0x6c}), 0x6000, 1, "w");       // insb
    check_only(operands(state, {0x66, 0x6f}), 0x5000, 2, "r"); // outsw
    CHECK(operands(state, {0xa6}).size() == 2);                // cmpsb
}

TEST_CASE("an override moves the source of a string instruction, never its destination")
{
    CpuState state = protected32();
    state[es].base = 0x10000;
    state[fs].base = 0x20000;
    state.gpr[rsi] = 0x5000;
    state.gpr[rdi] = 0x6000;
    std::vector<Operand> const moved = operands(state, {0x64, 0xa4}); // movsb es:, fs:
    REQUIRE(moved.size() == 2);
    check(moved[0], 0x16000, 1, "w");
    check(moved[1], 0x25000, 1, "r");
}

TEST_CASE("a REP tells one iteration, and none when the count is 0")
{
    CpuState state = long64();
    state.gpr[rdi] = 0x6000;
    state.gpr[rcx] = 100;
    check_only(operands(state, {0xf3, 0xaa}), 0x6000, 1, "w");
    state.gpr[rcx] = 0;
    CHECK(operands(state, {0xf3, 0xaa}).empty());
    CHECK(operands(state, {0xf3, 0xa6}).empty());
    check_only(operands(state, {0xaa}), 0x6000, 1, "w");
}

TEST_CASE("the count of a REP is as wide as its addresses")
{
    CpuState state = long64();
    state.gpr[rcx] = 0x100000000;
    CHECK(operands(state, {0xf3, 0xaa}).size() == 1);
    CHECK(operands(state, {0x67, 0xf3, 0xaa}).empty());
}

TEST_CASE("XLAT adds AL to RBX")
{
    CpuState state = long64();
    state.gpr[rbx] = 0x5000;
    state.gpr[rax] = 0x1234;
    check_only(operands(state, {0xd7}), 0x5034, 1, "r");
}

TEST_CASE("a bit offset in a register reaches beyond the operand, in both directions")
{
    CpuState state = long64();
    state.gpr[rbx] = 0x5000;
    state.gpr[rax] = 100;
    check_only(operands(state, {0x0f, 0xab, 0x03}), 0x500c, 4, "rw"); // bts [rbx], eax
    state.gpr[rax] = static_cast<std::uint64_t>(-1);
    check_only(operands(state, {0x0f, 0xa3, 0x03}), 0x4ffc, 4, "r");       // bt [rbx], eax
    check_only(operands(state, {0x48, 0x0f, 0xa3, 0x03}), 0x4ff8, 8, "r"); // bt [rbx], rax
    check_only(operands(state, {0x0f, 0xba, 0x23, 0x45}), 0x5000, 4, "r"); // bt [rbx], 0x45
}

TEST_CASE("descriptor tables are stored as a limit and a base")
{
    CpuState state = long64();
    state.gpr[rax] = 0x5000;
    check_only(operands(state, {0x0f, 0x01, 0x00}), 0x5000, 10, "w"); // sgdt [rax]
    state = protected32();
    state.gpr[rax] = 0x5000;
    check_only(operands(state, {0x0f, 0x01, 0x10}), 0x5000, 6, "r"); // lgdt [eax]
}

TEST_CASE("every access says its segment and its offset, for who checks limits")
{
    CpuState state = protected32();
    state[es].base = 0x10000;
    state[ss].base = 0x20000;
    state.gpr[rbx] = 0x500;
    state.gpr[rsp] = 0x8000;
    std::vector<Operand> const pushed = operands(state, {0x26, 0xff, 0x33}); // push es:[ebx]
    REQUIRE(pushed.size() == 2);
    CHECK(pushed[0].segment == es);
    CHECK(pushed[0].offset == 0x500);
    CHECK(pushed[0].linear == 0x10500);
    CHECK(pushed[1].segment == ss);
    CHECK(pushed[1].offset == 0x7ffc);
    CHECK(pushed[1].linear == 0x27ffc);
}

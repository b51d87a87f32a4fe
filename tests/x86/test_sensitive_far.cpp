// Far JMP and CALL: where they lead, what they push, what they refuse.
#include "tests/x86/bench.hpp"

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

Bytes const jmp_memory = {0xff, 0x2b}, call_memory = {0xff, 0x1b}, // [ebx] or [rbx]
    jmp_memory64 = {0x48, 0xff, 0x2b};

Bytes direct(std::uint8_t opcode, std::uint16_t selector, std::uint32_t offset, unsigned width)
{
    Bytes bytes = {opcode};
    for (unsigned index = 0; index < width; ++index)
        bytes.push_back(static_cast<std::uint8_t>(offset >> 8 * index));
    bytes.push_back(static_cast<std::uint8_t>(selector));
    bytes.push_back(static_cast<std::uint8_t>(selector >> 8));
    return bytes;
}

Bytes jmp32(std::uint16_t selector, std::uint32_t offset)
{
    return direct(0xea, selector, offset, 4);
}

Bytes call32(std::uint16_t selector, std::uint32_t offset)
{
    return direct(0x9a, selector, offset, 4);
}

} // namespace

TEST_CASE("in real mode a far jump loads CS times 16")
{
    Bench bench(CpuMode::real);
    bench.done(direct(0xea, 0x1234, 0x5678, 2));
    CHECK(bench.state[cs].base == 0x12340);
    CHECK(bench.state.rip == 0x5678);
}

TEST_CASE("in real mode a far call pushes CS and IP behind it")
{
    Bench bench(CpuMode::real);
    bench.state[cs].selector = 0x40;
    bench.done(direct(0x9a, 0x1234, 0x5678, 2));
    CHECK(bench.values(stack_top - 4, 2, 2) == std::vector<std::uint64_t>{0x7c05, 0x40});
}

TEST_CASE("in real mode an offset beyond 64 KiB raises #GP(0)")
{
    Bench bench(CpuMode::real);
    Bytes bytes = jmp32(0x1234, 0x10000);
    bytes.insert(bytes.begin(), 0x66);
    CHECK(bench.fault_of(bytes) == fault(vector::gp, 0));
}

TEST_CASE("after CR0.PE a far jump enters 32-bit code")
{
    Bench bench(CpuMode::protected16);
    Bytes bytes = jmp32(kernel_code32, 0x12345678);
    bytes.insert(bytes.begin(), 0x66);
    bench.done(bytes);
    CHECK(bench.state.mode() == CpuMode::protected32);
    CHECK(bench.state.rip == 0x12345678);
    CHECK(bench.accessed(kernel_code32));
}

TEST_CASE("from compatibility mode a far jump enters 64-bit code, and one through memory returns")
{
    Bench bench(CpuMode::compatibility);
    bench.done(jmp32(kernel_code64, 0x7c00));
    CHECK(bench.state.mode() == CpuMode::long64);
    bench.state.gpr[rbx] = scratch;
    bench.put(scratch, 0x8000, 4);
    bench.put(scratch + 4, kernel_code32, 2);
    bench.done(jmp_memory);
    CHECK(bench.state.mode() == CpuMode::compatibility);
    CHECK(bench.state.rip == 0x8000);
}

TEST_CASE("with REX.W a far pointer in memory has a 64-bit offset, which must be canonical")
{
    Bench bench(CpuMode::long64);
    bench.state.gpr[rbx] = scratch;
    bench.put(scratch, 0xffff'8000'0000'1234);
    bench.put(scratch + 8, kernel_code64, 2);
    bench.done(jmp_memory64);
    CHECK(bench.state.rip == 0xffff'8000'0000'1234);
    bench.put(scratch, 0x0000'8000'0000'0000);
    CHECK(bench.fault_of(jmp_memory64) == fault(vector::gp, 0));
}

TEST_CASE("a far jump keeps the CPL, also into conforming code")
{
    Bench bench(CpuMode::protected32, 3);
    bench.done(jmp32(conforming_code, 0x1000));
    CHECK(bench.state[cs].selector == (conforming_code | 3));
    CHECK(bench.state.cpl() == 3);
    bench.done(jmp32(user_code32 & ~3, 0x1000)); // a stronger RPL does no harm
    CHECK(bench.state[cs].selector == user_code32);
}

TEST_CASE("a far jump is refused by null, type, privilege, code size, presence and limit")
{
    struct Case {
        std::uint16_t selector;
        Fault expected;
    };
    for (Case const& item :
         {Case{0, fault(vector::gp, 0)}, Case{3, fault(vector::gp, 0)},
          Case{outside_gdt, fault(vector::gp, outside_gdt)},
          Case{kernel_data, fault(vector::gp, kernel_data)}, Case{task, fault(vector::gp, task)},
          Case{user_code32, fault(vector::gp, user_code32 & ~3)},
          Case{kernel_code32 | 3, fault(vector::gp, kernel_code32)},
          Case{absent_code, fault(vector::np, absent_code)},
          Case{kernel_code16, fault(vector::gp, 0)}}) { // offset 10000h
        INFO("selector " << item.selector);
        Bench bench(CpuMode::protected32);
        std::uint64_t const descriptor = bench.descriptor(item.selector);
        CHECK(bench.fault_of(jmp32(item.selector, 0x10000)) == item.expected);
        CHECK(bench.fault_of(call32(item.selector, 0x10000)) == item.expected);
        CHECK(bench.descriptor(item.selector) == descriptor);
    }
}

TEST_CASE("a segment with both L and D is refused in long mode and is plain 32-bit code outside")
{
    constexpr std::uint64_t both = 0x00ef9a000000ffff;
    Bench wide(CpuMode::compatibility);
    wide.descriptor(kernel_code64, both);
    CHECK(wide.fault_of(jmp32(kernel_code64, 0)) == fault(vector::gp, kernel_code64));
    Bench narrow(CpuMode::protected32);
    narrow.descriptor(kernel_code64, both);
    narrow.done(jmp32(kernel_code64, 0));
    CHECK(narrow.state.mode() == CpuMode::protected32);
}

TEST_CASE("a far call pushes CS and EIP as wide as its operand size")
{
    Bench bench(CpuMode::protected32);
    bench.state.rip = 0x7c00;
    bench.done(call32(kernel_code32, 0x1000));
    CHECK(bench.values(stack_top - 8, 4, 2) == std::vector<std::uint64_t>{0x7c07, kernel_code32});
    CHECK(bench.state.rip == 0x1000);

    Bench wide(CpuMode::long64);
    wide.state.gpr[rbx] = scratch;
    wide.put(scratch, 0x1000, 4);
    wide.put(scratch + 4, kernel_code64, 2);
    wide.state.rip = 0x7c00;
    wide.done(call_memory);
    CHECK(wide.state.gpr[rsp] == stack_top - 8);
    CHECK(wide.values(stack_top - 8, 4, 2) == std::vector<std::uint64_t>{0x7c02, kernel_code64});
}

TEST_CASE("a far call whose stack faults goes nowhere")
{
    Bench bench(CpuMode::protected32);
    bench.state[ss].limit = stack_top - 1;
    bench.state.gpr[rsp] = 0x9000;
    CHECK(bench.fault_of(call32(kernel_code32, 0x1000)) == fault(vector::ss, 0));
}

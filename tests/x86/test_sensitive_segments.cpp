// MOV, PUSH, POP and LDS with segment registers; SWAPGS and the FSBASE instructions.
#include "tests/x86/bench.hpp"

#include <utility>

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

Bytes const mov_ds_ax = {0x8e, 0xd8}, mov_ss_ax = {0x8e, 0xd0}, mov_eax_ds = {0x8c, 0xd8},
            mov_ax_ds = {0x66, 0x8c, 0xd8}, mov_memory_ds = {0x8c, 0x1b};
Bytes const push_fs = {0x0f, 0xa0}, pop_fs = {0x0f, 0xa1}, pop_ss = {0x17}, pop_ds = {0x1f};
Bytes const push_fs16 = {0x66, 0x0f, 0xa0};
Bytes const les = {0xc4, 0x03}, lss = {0x0f, 0xb2, 0x03}, lss64 = {0x48, 0x0f, 0xb2, 0x03},
            lgs = {0x0f, 0xb5, 0x03}; // all: EAX or RAX from [EBX] or [RBX]
Bytes const swapgs = {0x0f, 0x01, 0xf8};
Bytes const rdfsbase = {0xf3, 0x48, 0x0f, 0xae, 0xc0}, rdgsbase32 = {0xf3, 0x0f, 0xae, 0xc8},
            wrfsbase = {0xf3, 0x48, 0x0f, 0xae, 0xd0}, wrgsbase32 = {0xf3, 0x0f, 0xae, 0xd8};

} // namespace

TEST_CASE("MOV to a segment register loads it, with all its checks")
{
    Bench bench(CpuMode::protected32);
    bench.state.rip = 0x7c00;
    bench.state.gpr[rax] = based_data;
    bench.done(mov_ds_ax);
    CHECK(bench.state[ds].base == 0x12345678);
    CHECK(bench.state.rip == 0x7c02);
    bench.state.gpr[rax] = absent_data;
    CHECK(bench.fault_of(mov_ds_ax) == fault(vector::np, absent_data));
}

TEST_CASE("MOV and POP to SS shadow the next instruction; other segment loads do not")
{
    Bench bench(CpuMode::protected32);
    bench.state.gpr[rax] = kernel_data;
    bench.done(mov_ss_ax);
    CHECK(bench.state.interrupt_shadow);
    bench.done(mov_ds_ax);
    CHECK_FALSE(bench.state.interrupt_shadow);
    bench.put(stack_top, kernel_data, 4);
    bench.done(pop_ss);
    CHECK(bench.state.interrupt_shadow);
}

TEST_CASE("MOV from a segment register zero-extends into a register, and writes 16 bits to memory")
{
    Bench bench(CpuMode::long64);
    bench.state.gpr[rax] = ~0ULL;
    bench.done(mov_ax_ds);
    CHECK(bench.state.gpr[rax] == (0xffffffffffff0000 | kernel_data));
    bench.done(mov_eax_ds);
    CHECK(bench.state.gpr[rax] == kernel_data);
    bench.state.gpr[rbx] = scratch;
    bench.put(scratch, ~0ULL);
    bench.done(mov_memory_ds);
    CHECK(bench.get(scratch) == (0xffffffffffff0000 | kernel_data));
}

TEST_CASE("PUSH of a segment register takes 8 bytes in 64-bit code, zero-extended")
{
    Bench bench(CpuMode::long64);
    bench.put(stack_top - 8, ~0ULL);
    bench.done(push_fs);
    CHECK(bench.state.gpr[rsp] == stack_top - 8);
    CHECK(bench.get(stack_top - 8) == kernel_data);
    bench.done(push_fs16);
    CHECK(bench.state.gpr[rsp] == stack_top - 10);
}

TEST_CASE("PUSH of a segment register takes 4 bytes in 32-bit code, and writes two of them")
{
    Bench bench(CpuMode::protected32);
    bench.put(stack_top - 4, 0xeeeeeeee, 4);
    bench.done(push_fs);
    CHECK(bench.state.gpr[rsp] == stack_top - 4);
    CHECK(bench.get(stack_top - 4, 4) == (0xeeee0000 | kernel_data));
}

TEST_CASE("POP of a segment register reads two bytes and moves by the operand size")
{
    for (auto const& [mode, width] :
         {std::pair{CpuMode::real, 2U}, {CpuMode::protected32, 4U}, {CpuMode::long64, 8U}}) {
        Bench bench(mode);
        bench.put(stack_top, 0xffffffffffff0000 | kernel_data);
        bench.done(pop_fs);
        CHECK(bench.state[fs].selector == kernel_data);
        CHECK(bench.state.gpr[rsp] == stack_top + width);
    }
}

TEST_CASE("a POP that may not load its segment leaves the stack pointer alone")
{
    Bench bench(CpuMode::protected32);
    bench.put(stack_top, absent_data, 4);
    CHECK(bench.fault_of(pop_ds) == fault(vector::np, absent_data));
}

TEST_CASE("POP SS to a 16-bit stack moves the pointer in the width of the old one")
{
    Bench bench(CpuMode::protected32);
    bench.state.gpr[rsp] = 0x1fffc;
    bench.put(0x1fffc, kernel_data16, 4);
    bench.done(pop_ss);
    CHECK(bench.state.gpr[rsp] == 0x20000);
    CHECK_FALSE(bench.state[ss].big());
}

TEST_CASE("LES and LSS load a pointer and its segment from memory")
{
    Bench bench(CpuMode::protected32);
    bench.state.gpr[rbx] = scratch;
    bench.put(scratch, 0x11223344, 4);
    bench.put(scratch + 4, based_data, 2);
    bench.done(les);
    CHECK(bench.state.gpr[rax] == 0x11223344);
    CHECK(bench.state[es].selector == based_data);
    bench.put(scratch + 4, kernel_data, 2);
    bench.done(lss);
    CHECK(bench.state[ss].selector == kernel_data);
    CHECK_FALSE(bench.state.interrupt_shadow);
}

TEST_CASE("in 64-bit code LSS takes a pointer of 4 or 8 bytes")
{
    Bench bench(CpuMode::long64);
    bench.state.gpr[rbx] = scratch;
    bench.put(scratch, 0x1122334455667788);
    bench.put(scratch + 4, kernel_data, 2);
    bench.done(lss);
    CHECK(bench.state.gpr[rax] == 0x55667788);
    bench.put(scratch, 0x1122334455667788);
    bench.put(scratch + 8, kernel_data, 2);
    bench.done(lss64);
    CHECK(bench.state.gpr[rax] == 0x1122334455667788);
}

TEST_CASE("LGS whose segment is refused leaves the register alone")
{
    Bench bench(CpuMode::protected32);
    bench.state.gpr[rbx] = scratch;
    bench.put(scratch + 4, outside_gdt, 2);
    CHECK(bench.fault_of(lgs) == fault(vector::gp, outside_gdt));
}

TEST_CASE("SWAPGS exchanges the two bases, in 64-bit code at CPL 0")
{
    Bench bench(CpuMode::long64);
    bench.state[gs].base = 0x1111;
    bench.state.kernel_gs_base = 0xffff'8000'0000'0000;
    bench.done(swapgs);
    CHECK(bench.state[gs].base == 0xffff'8000'0000'0000);
    CHECK(bench.state.kernel_gs_base == 0x1111);
    Bench user(CpuMode::long64, 3);
    CHECK(user.fault_of(swapgs) == fault(vector::gp, 0));
}

TEST_CASE("the FSBASE instructions are undefined until CR4.FSGSBASE is set")
{
    Bench bench(CpuMode::long64, 3);
    for (Bytes const& bytes : {rdfsbase, rdgsbase32, wrfsbase, wrgsbase32})
        CHECK(bench.fault_of(bytes) == fault(vector::ud));
}

TEST_CASE("with CR4.FSGSBASE user mode reads and writes the bases, canonical ones only")
{
    Bench bench(CpuMode::long64, 3);
    bench.state.cr4 |= cr4::fsgsbase;
    bench.state.gpr[rax] = 0x7f22'3344'5566;
    bench.done(wrfsbase);
    CHECK(bench.state[fs].base == 0x7f22'3344'5566);
    bench.done(wrgsbase32);
    CHECK(bench.state[gs].base == 0x33445566);
    bench.state.gpr[rax] = 0;
    bench.done(rdfsbase);
    CHECK(bench.state.gpr[rax] == 0x7f22'3344'5566);
    bench.done(rdgsbase32);
    CHECK(bench.state.gpr[rax] == 0x33445566);
    bench.state.gpr[rax] = 0x8000'0000'0000;
    CHECK(bench.fault_of(wrfsbase) == fault(vector::gp, 0));
}

// CpuState to KVM's structs and back, without KVM.
#include "engine/backend/kvm/state_conversion.hpp"

#include "engine/x86/control_bits.hpp"
#include "tests/catch.hpp"

using namespace ringside;

namespace {

x86::CpuState some_state()
{
    x86::CpuState state = x86::real_mode_start(0x7c00);
    for (std::size_t index = 0; index < state.gpr.size(); ++index)
        state.gpr[index] = 100 + index;
    for (std::uint16_t index = 0; index < state.segments.size(); ++index)
        state.segments[index] = {.selector = static_cast<std::uint16_t>(index * 8),
                                 .attributes = 0xf09b,
                                 .limit = 0x1000U + index,
                                 .base = 0x10000U * index};
    state.cr0 = 1;
    state.cr2 = 2;
    state.cr3 = 3;
    state.cr4 = 4;
    state.cr8 = 8;
    state.efer = x86::efer::lme;
    state.gdtr = {.base = 0x11, .limit = 0x22};
    state.idtr = {.base = 0x33, .limit = 0x44};
    state.interrupt_shadow = true;
    state.nmi_blocked = true;
    return state;
}

} // namespace

TEST_CASE("a state goes to KVM's structs and back unchanged")
{
    x86::CpuState const state = some_state();
    x86::CpuState back;
    kvm::from_registers(kvm::to_regs(state), kvm::to_sregs(state, {}), back);
    kvm::from_events(kvm::to_events(state), back);
    CHECK(back == state);
}

TEST_CASE("general registers keep their names, not only their order")
{
    x86::CpuState state;
    state.gpr[x86::rcx] = 1;
    state.gpr[x86::rsp] = 2;
    state.gpr[x86::r15] = 3;
    kvm_regs const regs = kvm::to_regs(state);
    CHECK(regs.rcx == 1);
    CHECK(regs.rsp == 2);
    CHECK(regs.r15 == 3);
}

TEST_CASE("a segment without attributes is unusable for KVM, and the other way round")
{
    x86::CpuState state = some_state();
    state[x86::fs] = {};
    kvm_sregs sregs = kvm::to_sregs(state, {});
    CHECK(sregs.fs.unusable == 1);
    CHECK(sregs.cs.unusable == 0);

    sregs.gs.unusable = 1;
    x86::CpuState back;
    kvm::from_registers({}, sregs, back);
    CHECK(back[x86::gs].attributes == 0);
}

TEST_CASE("the attributes of a segment are spread over KVM's fields")
{
    x86::CpuState state;
    state[x86::cs] = {.selector = 0x33, .attributes = 0xa0fb, .limit = 0xffffffff, .base = 0};
    kvm_segment const cs = kvm::to_sregs(state, {}).cs;
    CHECK(cs.type == 0xb);
    CHECK(cs.s == 1);
    CHECK(cs.dpl == 3);
    CHECK(cs.present == 1);
    CHECK(cs.l == 1);
    CHECK(cs.db == 0);
    CHECK(cs.g == 1);
}

TEST_CASE("debug registers go to KVM's struct and back unchanged")
{
    x86::CpuState state;
    state.dr = {1, 2, 3, 4, 0, 0, 0xffff0ff1, 0x403};
    x86::CpuState back;
    kvm::from_debug_registers(kvm::to_debug_registers(state), back);
    CHECK(back.dr == state.dr);
}

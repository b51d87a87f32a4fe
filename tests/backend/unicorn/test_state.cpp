// The whole state, out and in again; and what lies outside of it.
#include "tests/backend/unicorn/box.hpp"

using namespace ringside;
using namespace ringside::unicorn_test;

TEST_CASE("a state that was set is the state that is read back")
{
    Box box(Start::real, GUEST_BYTES(ten_nops));
    x86::CpuState state = x86::real_mode_start(0x100);
    for (std::size_t index = 0; index < state.gpr.size(); ++index)
        state.gpr[index] = 0x1111'1111'1111'1111 * (index + 1);
    state.cr2 = 0x1234;
    state.dr[0] = 0x5678;
    state.lstar = 0xffff'8000'0000'0000;
    box.set(state);
    CHECK(*box.vcpu->state() == state);
}

TEST_CASE("a guest goes on elsewhere from a state and memory taken between two exits")
{
    Box first(Start::long64, GUEST_BYTES(mixed_work));
    for (int count = 0; count < 20; ++count)
        first.step();
    x86::CpuState const state = *first.vcpu->state();

    Box second(Start::long64, GUEST_BYTES(mixed_work));
    for (memory::Slot const& slot : first.memory.slots())
        REQUIRE(second.memory.write(slot.start, slot.host, memory::Writer::loader));
    second.set(state);
    first.exits.clear();
    CHECK(second.run() == first.run());
    CHECK(second.registers() == first.registers());
}

TEST_CASE("x87 and SSE registers are taken from one library and put into another")
{
    Box first(Start::long64, GUEST_BYTES(floating_point));
    constexpr int until_faddp = 7;
    for (int step = 0; step < until_faddp; ++step)
        first.step(backend::Budget::one_instruction);
    auto const saved = first.vcpu->save();
    REQUIRE(saved.has_value());
    REQUIRE(saved->has_value());
    x86::FpuState const& fpu = (*saved)->fpu;
    CHECK(fpu.in_use == 0xc0);
    CHECK(fpu.st[0] ==
          std::array<std::uint8_t, 10>{0x35, 0xc2, 0x68, 0x21, 0xa2, 0xda, 0x0f, 0xc9, 0x00, 0x40});
    CHECK(fpu.st[1][7] == 0x80); // 1.0
    CHECK(fpu.xmm[3][0] == 0x88);

    Box second(Start::long64, GUEST_BYTES(floating_point));
    REQUIRE(second.vcpu->restore(**saved));
    CHECK((*second.vcpu->save().value()).fpu == fpu);
    first.step(backend::Budget::one_instruction);
    second.step(backend::Budget::one_instruction);
    CHECK((*first.vcpu->save().value()).fpu.in_use == 0x80);
    CHECK((*second.vcpu->save().value()).fpu == (*first.vcpu->save().value()).fpu);
    CHECK(second.vcpu->standing().instructions == first.vcpu->standing().instructions);
}

TEST_CASE("a guest without memory behind its first instruction is told, not crashed")
{
    memory::GuestMemory memory;
    REQUIRE(memory.add_slot(Gpa(0), 0x1000, memory::SlotKind::ram, "only page"));
    trace::Tracer tracer;
    auto const machine = unicorn::create(memory, tracer);
    REQUIRE(machine);
    auto const vcpu = (*machine)->create_vcpu(VcpuId(0));
    REQUIRE(vcpu);
    REQUIRE((*vcpu)->set_state(x86::real_mode_start(0x7c00)));
    auto const left = (*vcpu)->enter(backend::Budget::slice);
    REQUIRE(left);
    CHECK(std::holds_alternative<exit::Unhandled>(*left));
}

TEST_CASE("memory above the CPU's physical address bits is refused with a sentence")
{
    memory::GuestMemory memory;
    REQUIRE(memory.add_slot(Gpa(1ULL << 40), 0x1000, memory::SlotKind::ram, "high page"));
    trace::Tracer tracer;
    auto const machine = unicorn::create(memory, tracer);
    REQUIRE(machine);
    auto const vcpu = (*machine)->create_vcpu(VcpuId(0));
    REQUIRE_FALSE(vcpu);
    CHECK(vcpu.error().text ==
          "memory slot 'high page' lies above the CPU's 40 physical address bits");
    CHECK(vcpu.error().blame == Blame::usage);
}

TEST_CASE("with tracing off nothing is told and the guest runs the same")
{
    Box traced(Start::long64, GUEST_BYTES(mixed_work));
    Box silent(Start::long64, GUEST_BYTES(mixed_work));
    silent.tracer.silence(true);
    CHECK(silent.run() == traced.run());
    CHECK(silent.vcpu->standing().instructions == traced.vcpu->standing().instructions);
    CHECK(silent.sink.records().empty());
    CHECK_FALSE(traced.sink.records().empty());
}

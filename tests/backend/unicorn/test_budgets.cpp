// Budgets, single steps and counts: exact, and the same in every run.
#include "tests/backend/unicorn/box.hpp"

using namespace ringside;
using namespace ringside::unicorn_test;

namespace {

constexpr auto one = backend::Budget::one_instruction;
Exit const stepped = exit::Debug{0xffff4ff0};

std::uint64_t instructions(Box const& box)
{
    return box.vcpu->standing().instructions;
}

} // namespace

TEST_CASE("a slice ends after exactly as many instructions as it has")
{
    Box box(Start::long64, GUEST_BYTES(ten_nops), {.instructions = 3});
    for (std::uint64_t turn = 1; turn <= 3; ++turn) {
        REQUIRE(box.step() == Exit{exit::BudgetSpent{}});
        CHECK(box.registers().rip == code + 3 * turn);
        CHECK(instructions(box) == 3 * turn);
    }
    REQUIRE(box.step() == Exit{exit::PortOut{done_port, 1, 0}});
    CHECK(instructions(box) == 11);
}

TEST_CASE("one instruction is one instruction, plain or emulated, unless it exits itself")
{
    Box box(Start::long64, GUEST_BYTES(steps));
    box.gate(6, code + 0x800);
    CHECK(box.step(one) == stepped);
    CHECK(box.registers().rip == code + 1);
    CHECK(box.step(one) == stepped); // CLI
    CHECK(box.registers().rip == code + 2);
    CHECK(box.step(one) == Exit{exit::PortOut{0x20, 1, 0}});
    CHECK(box.registers().rip == code + 4);
    CHECK(box.step(one) == Exit{exit::MmioRead{Gpa(device), 4}});
    CHECK(instructions(box) == 4);
}

TEST_CASE("a step over an instruction that faults ends at the first one of its handler")
{
    Box box(Start::long64, GUEST_BYTES(steps));
    box.gate(6, code + 0x800);
    for (int count = 0; count < 4; ++count)
        box.step(one);
    CHECK(box.step(one) == stepped);
    CHECK(box.registers().rip == code + 0x800);
    CHECK(instructions(box) == 4);
    CHECK(box.step(one) == stepped);
    CHECK(box.registers().rip == code + 0x801);
}

TEST_CASE("a step over REP runs on until the low ten bits of its count are zero")
{
    Box box(Start::long64, GUEST_BYTES(step_over_rep));
    for (int count = 0; count < 3; ++count)
        box.step(one);
    std::uint64_t const rep = box.registers().rip;
    std::vector<std::uint64_t> counts;
    while (box.registers().rip == rep) {
        CHECK(box.step(one) == stepped);
        counts.push_back(box.registers().gpr[x86::rcx]);
    }
    CHECK(counts == std::vector<std::uint64_t>{2048, 1024, 0, 0});
}

TEST_CASE("a step over a jump to itself ends")
{
    Box box(Start::long64, GUEST_BYTES(step_over_rep));
    x86::CpuState state = box.registers();
    state.rip = code + 13;
    state.gpr[x86::rcx] = 5;
    box.set(state);
    CHECK(box.step(one) == stepped);
    CHECK(box.registers().rip == code + 13);
    CHECK(instructions(box) == 1);
}

TEST_CASE("the same guest makes the same exits after the same counts in every run")
{
    struct Story {
        std::vector<Exit> exits;
        std::vector<std::uint64_t> counts;
        std::vector<std::uint64_t> places;
        std::uint64_t events = 0;
        bool operator==(Story const&) const = default;
    };
    auto const tell = [] {
        Box box(Start::long64, GUEST_BYTES(mixed_work), {.instructions = 37});
        Story story;
        while (!box.done()) {
            box.step();
            story.counts.push_back(instructions(box));
            story.places.push_back(box.registers().rip);
        }
        story.exits = box.exits;
        story.events = box.sink.records().size();
        return story;
    };
    Story const first = tell();
    CHECK(first.counts.back() == 2 + 50 * 12 + 2 + 1 + 101 + 1);
    for (int run = 0; run < 5; ++run)
        CHECK(tell() == first);
}

TEST_CASE("a budget or a step changes nothing but where it pauses")
{
    auto const end_of = [](backend::Budget budget, backend::Slice slice) {
        Box box(Start::long64, GUEST_BYTES(mixed_work), slice);
        while (!box.done())
            box.step(budget);
        return std::pair(box.registers(), instructions(box));
    };
    auto const whole = end_of(backend::Budget::slice, {});
    CHECK(end_of(backend::Budget::slice, {.instructions = 1}) == whole);
    CHECK(end_of(backend::Budget::one_instruction, {}) == whole);
}

// The scripted backend plays what a test wrote, and keeps what the machine answered.
#include "engine/backend/scripted/scripted.hpp"

#include "tests/catch.hpp"

using namespace ringside;
using namespace ringside::backend;
using scripted::Script;

namespace {

std::unique_ptr<Vcpu> vcpu_of(Backend& backend)
{
    return backend.create_vcpu(VcpuId{0}).value();
}

} // namespace

TEST_CASE("a script plays its exits in order and then has no more")
{
    Script script({exit::PortOut{0x3f8, 1, 'A'}, exit::Halt{}});
    auto const backend = scripted::create(script);
    auto const vcpu = vcpu_of(*backend);

    CHECK(vcpu->enter(Budget::slice).value() == Exit{exit::PortOut{0x3f8, 1, 'A'}});
    REQUIRE(vcpu->finish({}).has_value());
    CHECK(vcpu->enter(Budget::one_instruction).value() == Exit{exit::Halt{}});
    REQUIRE(vcpu->finish({}).has_value());
    CHECK_FALSE(vcpu->enter(Budget::slice).has_value());
    CHECK(script.budgets == std::vector{Budget::slice, Budget::one_instruction});
}

TEST_CASE("a script keeps the answers and the injected vectors")
{
    Script script({exit::PortIn{0x60}, exit::MsrRead{0x10}});
    script.window.open = true;
    auto const backend = scripted::create(script);
    auto const vcpu = vcpu_of(*backend);

    REQUIRE(vcpu->enter(Budget::slice).has_value());
    REQUIRE(vcpu->finish({.value = 0x1c}).has_value());
    REQUIRE(vcpu->inject(0x21).has_value());
    REQUIRE(vcpu->enter(Budget::slice).has_value());
    REQUIRE(vcpu->finish({.general_protection = true}).has_value());

    REQUIRE(script.answers.size() == 2);
    CHECK(script.answers[0].value == 0x1c);
    CHECK(script.answers[1].general_protection);
    CHECK(script.injected == std::vector<std::uint8_t>{0x21});
}

TEST_CASE("finishing a scripted exit moves RIP behind its instruction")
{
    Script script({exit::Halt{}});
    script.registers.rip = 0x7c00;
    script.instruction = {.linear_rip = 0x7c00, .length = 1, .bytes = {0xf4}};
    auto const backend = scripted::create(script);
    auto const vcpu = vcpu_of(*backend);

    REQUIRE(vcpu->enter(Budget::slice).has_value());
    CHECK(vcpu->standing().registers.rip == 0x7c00);
    CHECK(vcpu->standing().instruction.bytes[0] == 0xf4);
    REQUIRE(vcpu->finish({}).has_value());
    CHECK(vcpu->standing().registers.rip == 0x7c01);
}

TEST_CASE("a test may change what a script shows before each exit")
{
    Script script({exit::Halt{}, exit::Halt{}});
    script.before_exit = [](Script& self, std::size_t position) {
        self.registers.gpr[x86::rax] = position + 10;
        self.window.open = position == 1;
    };
    auto const backend = scripted::create(script);
    auto const vcpu = vcpu_of(*backend);

    REQUIRE(vcpu->enter(Budget::slice).has_value());
    CHECK(vcpu->state()->gpr[x86::rax] == 10);
    CHECK_FALSE(vcpu->window().open);
    REQUIRE(vcpu->finish({}).has_value());
    REQUIRE(vcpu->enter(Budget::slice).has_value());
    CHECK(vcpu->standing().registers.gpr[x86::rax] == 11);
    CHECK(vcpu->window().open);
}

TEST_CASE("the pages a script says were written are marked dirty once")
{
    memory::GuestMemory memory;
    REQUIRE(memory.add_slot(Gpa{0}, 0x4000, memory::SlotKind::ram, "RAM").has_value());
    Script script;
    script.pages_written = {Gpa{0x2000}};
    auto const backend = scripted::create(script, &memory);

    REQUIRE(backend->collect_dirty_pages().has_value());
    CHECK(memory.dirty_pages() == std::vector{Gpa{0x2000}});
    memory.clear_dirty();
    REQUIRE(backend->collect_dirty_pages().has_value());
    CHECK(memory.dirty_pages().empty());
}

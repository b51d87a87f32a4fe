// What the stream is told about one exit.
#include "engine/trap/exit_span.hpp"

#include "engine/backend/scripted/scripted.hpp"
#include "engine/trace/memory_sink.hpp"
#include "engine/x86/control_bits.hpp"
#include "tests/catch.hpp"

using namespace ringside;
using trap::ExitStory;
namespace exit_is = ringside::backend::exit;

namespace {

/// One scripted vCPU and the story of its exits; `turn` plays one exit as the run loop does.
struct ToldVcpu {
    explicit ToldVcpu(std::vector<backend::Exit> exits) : script(std::move(exits))
    {
        backend = scripted::create(script);
        vcpu = std::move(backend->create_vcpu(VcpuId(0)).value());
        script.registers = x86::real_mode_start(0x7c00);
        REQUIRE(vcpu->set_state(script.registers).has_value());
        story.keyframe(vcpu->standing().registers);
    }
    void turn()
    {
        auto const exit = vcpu->enter(backend::Budget::slice);
        REQUIRE(exit.has_value());
        story.open(*exit, *vcpu);
        REQUIRE(vcpu->finish({}).has_value());
        story.close(trap::verdict::Resume{}, *vcpu);
    }
    scripted::Script script;
    std::unique_ptr<backend::Backend> backend;
    std::unique_ptr<backend::Vcpu> vcpu;
    trace::MemorySink sink;
    trace::Tracer tracer{&sink};
    ExitStory story{tracer};
};

} // namespace

TEST_CASE("only registers that changed are told")
{
    ToldVcpu told({exit_is::Halt{}, exit_is::Halt{}});
    told.script.before_exit = [](scripted::Script& script, std::size_t) {
        script.registers.gpr[x86::rbx] = 5;
    };
    told.turn();
    auto const first = told.sink.all<trace::RegistersChanged>();
    REQUIRE(first.size() == 1);
    CHECK(first[0].mask == 1ULL << static_cast<unsigned>(trace::Register::rbx));
    CHECK(first[0].values.view()[0] == 5);
    told.turn();
    CHECK(told.sink.all<trace::RegistersChanged>().size() == 1);
}

TEST_CASE("changed segments and control registers are told too")
{
    ToldVcpu told({exit_is::Halt{}});
    told.script.before_exit = [](scripted::Script& script, std::size_t) {
        script.registers.cr3 = 0x1000;
        script.registers[x86::ds].selector = 0x18;
    };
    told.turn();
    auto const changed = told.sink.all<trace::RegistersChanged>();
    REQUIRE(changed.size() == 1);
    CHECK(changed[0].mask == ((1ULL << static_cast<unsigned>(trace::Register::cr3)) |
                              (1ULL << static_cast<unsigned>(trace::Register::ds_selector))));
}

TEST_CASE("an exiting instruction is told the first time and when its bytes change")
{
    ToldVcpu told({exit_is::Halt{}, exit_is::Halt{}, exit_is::Halt{}});
    told.script.instruction.linear_rip = 0x7c00;
    told.script.instruction.length = 1;
    told.script.instruction.bytes[0] = 0xf4;
    told.turn();
    told.turn();
    CHECK(told.sink.all<trace::Instruction>().size() == 1);
    told.script.instruction.bytes[0] = 0x90;
    told.turn();
    CHECK(told.sink.all<trace::Instruction>().size() == 2);
}

TEST_CASE("a change of CPU mode is told at the exit that shows it")
{
    ToldVcpu told({exit_is::Halt{}});
    told.script.before_exit = [](scripted::Script& script, std::size_t) {
        script.registers.cr0 |= x86::cr0::pe;
        script.registers[x86::cs].attributes = 0xc09b;
    };
    told.turn();
    auto const changes = told.sink.all<trace::ModeChanged>();
    REQUIRE(changes.size() == 1);
    CHECK(changes[0].from == trace::CpuMode::real);
    CHECK(changes[0].to == trace::CpuMode::protected32);
}

TEST_CASE("with tracing off, exits are counted and nothing else is asked of the vCPU")
{
    scripted::Script script({exit_is::Halt{}});
    auto const backend = scripted::create(script);
    auto const vcpu = std::move(backend->create_vcpu(VcpuId(0)).value());
    trace::Tracer off;
    ExitStory story(off);
    auto const exit = vcpu->enter(backend::Budget::slice);
    REQUIRE(exit.has_value());
    story.open(*exit, *vcpu);
    story.close(trap::verdict::Resume{}, *vcpu);
    CHECK(story.exits() == 1);
    CHECK(off.next_seq() == 0);
}

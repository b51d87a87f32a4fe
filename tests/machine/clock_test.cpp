#include "engine/sched/clock.hpp"

#include "engine/backend/scripted/scripted.hpp"
#include "tests/catch.hpp"

using namespace ringside;
using sched::VirtualClock;

namespace {

struct OneVcpu {
    OneVcpu()
        : backend(scripted::create(script)),
          vcpu(std::move(backend->create_vcpu(VcpuId(0)).value()))
    {
    }
    scripted::Script script;
    std::unique_ptr<backend::Backend> backend;
    std::unique_ptr<backend::Vcpu> vcpu;
};

} // namespace

TEST_CASE("while nobody runs, time jumps to the next deadline")
{
    OneVcpu one;
    VirtualClock clock(trace::Clock::exits);
    clock.advance(std::nullopt, *one.vcpu, VirtualTime(5000));
    CHECK(clock.now() == VirtualTime(5000));
}

TEST_CASE("while nobody runs and no timer is armed, time stands still")
{
    OneVcpu one;
    VirtualClock clock(trace::Clock::exits);
    clock.advance(std::nullopt, *one.vcpu, std::nullopt);
    CHECK(clock.now() == VirtualTime(0));
}

TEST_CASE("a deadline in the past does not turn time back")
{
    OneVcpu one;
    VirtualClock clock(trace::Clock::exits);
    clock.advance(backend::Exit(backend::exit::Halt{}), *one.vcpu, std::nullopt);
    VirtualTime const before = clock.now();
    clock.advance(std::nullopt, *one.vcpu, VirtualTime(1));
    CHECK(clock.now() == before);
}

TEST_CASE("the host clock never goes back")
{
    OneVcpu one;
    VirtualClock clock(trace::Clock::host);
    VirtualTime before = clock.now();
    for (int turn = 0; turn < 100; ++turn) {
        clock.advance(backend::Exit(backend::exit::Halt{}), *one.vcpu, std::nullopt);
        CHECK(clock.now() >= before);
        before = clock.now();
    }
}

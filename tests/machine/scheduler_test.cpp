#include "engine/sched/scheduler.hpp"

#include "engine/backend/scripted/scripted.hpp"
#include "engine/trace/memory_sink.hpp"
#include "tests/catch.hpp"

using namespace ringside;
using sched::Scheduler;
using trace::SchedulingStep;

namespace {

struct TwoVcpus {
    TwoVcpus()
    {
        scheduler.add(VcpuId(0), *first, VirtualTime(0));
        scheduler.add(VcpuId(1), *second, VirtualTime(0));
    }
    scripted::Script script;
    std::unique_ptr<backend::Backend> backend = scripted::create(script);
    std::unique_ptr<backend::Vcpu> first = std::move(backend->create_vcpu(VcpuId(0)).value());
    std::unique_ptr<backend::Vcpu> second = std::move(backend->create_vcpu(VcpuId(1)).value());
    trace::MemorySink sink;
    trace::Tracer tracer{&sink};
    Scheduler scheduler{tracer};
};

} // namespace

TEST_CASE("a vCPU goes on until it is preempted or parked")
{
    TwoVcpus two;
    CHECK(two.scheduler.next(VirtualTime(0)) == two.first.get());
    CHECK(two.scheduler.next(VirtualTime(10)) == two.first.get());
}

TEST_CASE("preempted vCPUs take turns")
{
    TwoVcpus two;
    two.scheduler.next(VirtualTime(0));
    two.scheduler.preempt(VirtualTime(5));
    CHECK(two.scheduler.next(VirtualTime(5)) == two.second.get());
    two.scheduler.preempt(VirtualTime(9));
    CHECK(two.scheduler.next(VirtualTime(9)) == two.first.get());
}

TEST_CASE("a halted vCPU is never picked until it is woken")
{
    TwoVcpus two;
    two.scheduler.next(VirtualTime(0));
    two.scheduler.park(VirtualTime(1));
    CHECK(two.scheduler.next(VirtualTime(1)) == two.second.get());
    two.scheduler.park(VirtualTime(2));
    CHECK(two.scheduler.next(VirtualTime(2)) == nullptr);
    two.scheduler.wake(VcpuId(0), VirtualTime(7));
    CHECK(two.scheduler.next(VirtualTime(7)) == two.first.get());
}

TEST_CASE("waking a vCPU that is not halted changes nothing")
{
    TwoVcpus two;
    two.scheduler.wake(VcpuId(1), VirtualTime(0));
    two.scheduler.next(VirtualTime(0));
    two.scheduler.park(VirtualTime(1));
    CHECK(two.scheduler.next(VirtualTime(1)) == two.second.get());
    two.scheduler.park(VirtualTime(1));
    CHECK(two.scheduler.next(VirtualTime(1)) == nullptr);
}

TEST_CASE("the stream tells how long a vCPU slept")
{
    TwoVcpus two;
    two.scheduler.next(VirtualTime(0));
    two.scheduler.park(VirtualTime(100));
    two.scheduler.wake(VcpuId(0), VirtualTime(350));
    trace::Scheduling const last = two.sink.all<trace::Scheduling>().back();
    CHECK(last.step == SchedulingStep::woken);
    CHECK(last.amount == 250);
}

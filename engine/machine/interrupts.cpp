#include "engine/machine/interrupts.hpp"

namespace ringside::machine {

// [book: interrupt-delivery]
Result<bool> Interrupts::deliver(backend::Vcpu& vcpu, sched::Scheduler& scheduler, VirtualTime now)
{
    std::optional<Irq> const irq = pic_.pending();
    if (!irq) {
        told_.reset();
        return false;
    }
    backend::InterruptWindowState const window = vcpu.window();
    if (!window.open) {
        tell_pending(*irq, window.reason);
        return false;
    }
    auto const acknowledged = pic_.acknowledge();
    TRY(vcpu.inject(acknowledged.vector));
    tracer_.emit(trace::InterruptInjected{acknowledged.irq.value, acknowledged.vector});
    scheduler.wake(VcpuId(0), now);
    told_.reset();
    return true;
}
// [/book: interrupt-delivery]

void Interrupts::tell_pending(Irq irq, trace::NotNow reason)
{
    Pending const pending{irq, reason};
    if (told_ == pending)
        return;
    told_ = pending;
    tracer_.emit(trace::InterruptPending{irq.value, reason});
}

} // namespace ringside::machine

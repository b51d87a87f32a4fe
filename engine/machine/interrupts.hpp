// From the interrupt controller to the vCPU: only when the guest can take it, and with the reason
// told when it cannot.
//
//   device line ─► PIC (IRR, mask, priority) ─► INTR ─► IF=1, no shadow? ─► acknowledge ─► inject
//
// Interrupts are delivered between two exits. The machine does not ask for an interrupt-window
// exit: a guest that sets IF meets its interrupt at its next exit, or at the end of the slice, and
// so at the same place on both backends (book/decisions/003-interrupts-at-exits.md). Not modelled:
// NMI, local APIC, more than one vCPU (the PIC's INTR goes to vCPU 0).
#pragma once

#include <optional>

#include "engine/backend/backend.hpp"
#include "engine/devices/pic_pair.hpp"
#include "engine/sched/scheduler.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::machine {

class Interrupts {
public:
    Interrupts(devices::PicPair& pic, trace::Tracer& tracer) : pic_(pic), tracer_(tracer) {}

    struct Pending {
        Irq irq;
        trace::NotNow reason = trace::NotNow::interrupts_off;
        bool operator==(Pending const&) const = default;
    };
    using State = std::optional<Pending>; ///< what was told as waiting, and why
    State const& state() const { return told_; }
    void restore(State const& state) { told_ = state; }

    /// True when one was injected.
    Result<bool> deliver(backend::Vcpu& vcpu, sched::Scheduler& scheduler, VirtualTime now);

private:
    void tell_pending(Irq irq, trace::NotNow reason);

    devices::PicPair& pic_;
    trace::Tracer& tracer_;
    State told_;
};

} // namespace ringside::machine

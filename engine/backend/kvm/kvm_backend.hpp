// The KVM backend: guest code runs on the CPU, or however this host's kernel runs it, and comes
// back at each exit.
//
// What the hardware and the kernel do here, the Unicorn backend does in our own code. Not modelled:
// more than the machine's own devices ask for; no interrupt controller, timer or clock of the
// kernel is used.
#pragma once

#include <memory>

#include "engine/backend/backend.hpp"
#include "engine/base/result.hpp"
#include "engine/memory/guest_memory.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::kvm {

struct Options {
    /// Told of instructions that we completed in the kernel's place (software_interrupt.hpp).
    trace::Tracer* tracer = nullptr;
    /// Take registers out of the run page where KVM offers it. Off: always by ioctl.
    bool sync_registers = true;
    /// Single-step user code without asking first whether this host's KVM can (the probe for it).
    bool trust_user_steps = false;
};

/// Refusals that mean "no KVM here" carry Blame::unavailable. A vCPU is made and run by one thread
/// at a time, and destroyed by the thread that ran it, or after that thread ended.
Result<std::unique_ptr<backend::Backend>> create(memory::GuestMemory& memory, backend::Slice slice,
                                                 Options options = {});

} // namespace ringside::kvm

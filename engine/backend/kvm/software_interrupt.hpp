// INT n and INT3 where the host's KVM does not know them.
//
// A KVM that runs supervisor code by emulating it may stop at these two instructions and report
// that it cannot emulate them. What they do is written down exactly, and engine/x86 does it for the
// Unicorn backend anyway: so we do it here and go on. A KVM that runs supervisor code on the CPU
// never reports them, and this file sleeps.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/memory/guest_memory.hpp"
#include "engine/trace/tracer.hpp"
#include "engine/x86/cpu_state.hpp"
#include "engine/x86/delivery.hpp"

namespace ringside::kvm {

/// `instruction` starts with the bytes at RIP. Nothing, and nothing changed, when they are not INT
/// n or INT3; else `state` and the stack are as after the instruction, or as the delivery says.
std::optional<x86::Delivery> complete_software_interrupt(std::span<std::uint8_t const> instruction,
                                                         x86::CpuState& state,
                                                         memory::GuestMemory& memory);

/// Tells the stream what we delivered in the kernel's place.
void tell(x86::Delivery const& delivery, trace::Tracer& tracer);

} // namespace ringside::kvm

// The Unicorn backend: a hypervisor of the classic kind, as they were built before CPUs had VT-x.
//
//   plain instructions       run directly, on the library's CPU            direct_execution.hpp
//   sensitive instructions   found before they run, emulated by us         sensitive_finder.hpp
//   page tables              shadowed: our walks fill its translations     shadow_translation.hpp
//   modes and segments       loaded from descriptors the guest cannot see  worlds.hpp
//   devices                  loads undone and replayed, stores posted      device_window.hpp
//   exceptions, interrupts   delivered through the guest's IDT by us       engine/x86/delivery.hpp
//
// On the KVM backend hardware and kernel do all of that out of sight. Here the budget counts
// instructions, exactly: the same guest makes the same exits in every run.
#pragma once

#include <memory>
#include <string>

#include "engine/backend/backend.hpp"
#include "engine/base/result.hpp"
#include "engine/memory/guest_memory.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::unicorn {

/// Watches the writes to `memory`, which takes one watcher only. `tracer` is told of each emulated
/// instruction, each delivery and each page walk; both must outlive the backend, and the backend
/// its vCPUs.
Result<std::unique_ptr<backend::Backend>> create(memory::GuestMemory& memory, trace::Tracer& tracer,
                                                 backend::Slice slice = {});

/// Of the library that is loaded: "2.1.1".
std::string version();

} // namespace ringside::unicorn

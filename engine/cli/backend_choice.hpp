// KVM or Unicorn? Decided by what tiny probe guests found on this host, and said in one line.
#pragma once

#include <string>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/backend/kvm/probe.hpp"
#include "engine/base/result.hpp"
#include "engine/machine/guest_image.hpp"
#include "engine/machine/machine.hpp"

namespace ringside::cli {

enum class Wanted : std::uint8_t { automatic, kvm, unicorn };

struct BackendChoice {
    trace::BackendKind kind = trace::BackendKind::unicorn;
    std::string why; ///< "because this host's KVM lacks 32-bit paging"
    machine::BackendFactory make;
    backend::Abilities abilities = ~backend::Abilities{}; ///< Unicorn has them all
};

/// Errors: KVM was demanded and is not there, or lacks an ability the guest needs
/// (Blame::unavailable), or cannot offer the clock (Blame::usage).
Result<BackendChoice> choose_backend(Wanted wanted, machine::GuestImage const& image,
                                     machine::Options const& options);

/// What this guest needs when it is run with these options: stepping too, for --walks and for a
/// machine that keeps a history, which somebody wants to step.
backend::Abilities abilities_needed(machine::GuestImage const& image,
                                    machine::Options const& options);

/// "32-bit paging, SYSCALL"
std::string list_of(backend::Abilities abilities);

} // namespace ringside::cli

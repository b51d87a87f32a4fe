// Hypercalls by VMCALL. The machine offers none: its guests talk through ports
// (guest-programs/abi).
#pragma once

#include <cstdint>

namespace ringside::trap {

/// What the guest finds in RAX: -ENOSYS of Linux's KVM (KVM API, "KVM_EXIT_HYPERCALL"), so that
/// both backends answer alike.
inline constexpr std::uint64_t no_such_hypercall = static_cast<std::uint64_t>(-1000);

} // namespace ringside::trap

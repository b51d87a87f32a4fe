// The one place that calls ioctl(): every result is looked at, every refusal becomes a sentence.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/base/fd.hpp"
#include "engine/base/result.hpp"

namespace ringside::kvm {

/// Calls `request` on `fd`. `tried` completes "cannot ...", as in "set the guest's memory". Repeats
/// a call that a signal broke off (EINTR): KVM_CREATE_VM is one that signals can break.
Result<int> call(Fd const& fd, unsigned long request, std::string_view tried, void* argument);
Result<int> call(Fd const& fd, unsigned long request, std::string_view tried,
                 std::uint64_t argument = 0);

/// KVM_RUN, alone in not being a refusal when it fails: 0, or the errno value. EINTR and EAGAIN are
/// part of its contract.
int run(Fd const& vcpu);

} // namespace ringside::kvm

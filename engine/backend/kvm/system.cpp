// Every refusal here is one that a person can do something about, so each says what.
#include "engine/backend/kvm/system.hpp"

#include "engine/backend/kvm/ioctl.hpp"
#include "engine/backend/kvm/kvm_api.hpp"

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>

namespace ringside::kvm {

namespace {

struct Need {
    unsigned capability;
    std::string_view name;
};

// Without these we would have to bend what a guest sees. All are in Linux 5.10 and later.
constexpr std::array needs{
    Need{KVM_CAP_USER_MEMORY, "guest memory given by the VMM"},
    Need{KVM_CAP_READONLY_MEM, "read-only guest memory"},
    Need{KVM_CAP_IMMEDIATE_EXIT, "bounded runs"},
    Need{KVM_CAP_X86_USER_SPACE_MSR, "exits for model-specific registers"},
    Need{KVM_CAP_X86_MSR_FILTER, "a filter for model-specific registers"},
    Need{KVM_CAP_VCPU_EVENTS, "access to pending events"},
    Need{KVM_CAP_DEBUGREGS, "access to the debug registers"},
    Need{KVM_CAP_SET_GUEST_DEBUG, "single-stepping"},
};

constexpr std::string_view use_unicorn = "or use --backend unicorn";

std::string advice_for(int error_number)
{
    if (error_number == EACCES || error_number == EPERM)
        return "add yourself to group kvm, " + std::string(use_unicorn);
    return "load the module kvm_intel or kvm_amd (virtualization must be on in the firmware, and "
           "granted to a virtual machine), " +
           std::string(use_unicorn);
}

Error unavailable(Error error)
{
    error.blame = Blame::unavailable;
    return error;
}

} // namespace

// KVM API: "KVM_GET_API_VERSION" (refuse to run unless it is 12), "KVM_GET_VCPU_MMAP_SIZE".
Result<System> System::open(std::string const& path)
{
    Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd)
        return fail(unavailable(host_error("open " + path, errno, advice_for(errno))));

    auto const version = call(fd, KVM_GET_API_VERSION, "ask " + path + " for its KVM version");
    if (!version)
        return fail(unavailable(version.error()));
    if (*version != KVM_API_VERSION)
        return fail(Blame::unavailable, path + " speaks version " + std::to_string(*version) +
                                            " of the KVM interface, not " +
                                            std::to_string(KVM_API_VERSION) + "; " +
                                            std::string(use_unicorn));

    int const size = TRY(call(fd, KVM_GET_VCPU_MMAP_SIZE, "ask for the size of the run page"));
    System system(std::move(fd), static_cast<std::size_t>(size));
    for (Need const& need : needs)
        if (!system.has(need.capability))
            return fail(Blame::unavailable, "this kernel's KVM lacks " + std::string(need.name) +
                                                "; run Linux 5.10 or later, " +
                                                std::string(use_unicorn));
    return system;
}

bool System::has(unsigned capability) const
{
    return call(fd_, KVM_CHECK_EXTENSION, "ask for a capability", capability).value_or(0) > 0;
}

} // namespace ringside::kvm

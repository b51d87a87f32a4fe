// Linux has one ioctl() for pointers and numbers alike, so the two overloads end in the same call.
#include "engine/backend/kvm/ioctl.hpp"

#include "engine/backend/kvm/kvm_api.hpp"

#include <cerrno>

#include <sys/ioctl.h>

namespace ringside::kvm {

Result<int> call(Fd const& fd, unsigned long request, std::string_view tried,
                 std::uint64_t argument)
{
    for (;;) {
        int const result = ::ioctl(fd.get(), request, argument);
        if (result >= 0)
            return result;
        if (errno != EINTR)
            return fail(host_error(tried, errno));
    }
}

Result<int> call(Fd const& fd, unsigned long request, std::string_view tried, void* argument)
{
    return call(fd, request, tried, reinterpret_cast<std::uint64_t>(argument));
}

int run(Fd const& vcpu)
{
    return ::ioctl(vcpu.get(), KVM_RUN, 0) == 0 ? 0 : errno;
}

} // namespace ringside::kvm

#include "engine/stream/doorbell.hpp"

#include <cerrno>
#include <sys/eventfd.h>
#include <unistd.h>

namespace ringside::stream {

Result<Doorbell> Doorbell::create()
{
    Fd event(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!event)
        return fail(host_error("make an eventfd", errno));
    return Doorbell(std::move(event));
}

void Doorbell::clear()
{
    std::uint64_t count = 0;
    ssize_t const got = ::read(event_.get(), &count, sizeof count);
    static_cast<void>(got); // nothing to read means that nobody rang
}

void Doorbell::ring()
{
    disarm(); // once is enough
    std::uint64_t const one = 1;
    ssize_t const put = ::write(event_.get(), &one, sizeof one);
    static_cast<void>(put); // it can only fail because the bell is ringing already
}

} // namespace ringside::stream

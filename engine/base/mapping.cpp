#include "engine/base/mapping.hpp"

#include <cerrno>
#include <sys/mman.h>

namespace ringside {

Mapping::~Mapping()
{
    if (!bytes_.empty())
        ::munmap(bytes_.data(), bytes_.size());
}

Result<Mapping> Mapping::anonymous(std::size_t size)
{
    return create(-1, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
}

Result<Mapping> Mapping::of_descriptor(int descriptor, std::size_t size)
{
    return create(descriptor, size, PROT_READ | PROT_WRITE, MAP_SHARED);
}

Result<Mapping> Mapping::read_only(int descriptor, std::size_t size)
{
    return create(descriptor, size, PROT_READ, MAP_PRIVATE);
}

Result<Mapping> Mapping::copy_on_write(int descriptor, std::size_t size, std::uint64_t offset)
{
    return create(descriptor, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, offset);
}

Result<Mapping> Mapping::create(int descriptor, std::size_t size, int protection, int flags,
                                std::uint64_t offset)
{
    void* start = ::mmap(nullptr, size, protection, flags, descriptor, static_cast<off_t>(offset));
    if (start == MAP_FAILED)
        return fail(
            host_error("map " + std::to_string(size) + " bytes", errno, "ask for less memory"));
    return Mapping(std::span(static_cast<std::byte*>(start), size));
}

} // namespace ringside

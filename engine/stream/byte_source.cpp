#include "engine/stream/byte_source.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace ringside::stream {

ByteSource::ByteSource(Fd file, std::uint64_t size, std::string name)
    : file_(std::move(file)), size_(size), name_(std::move(name))
{
}

ByteSource::ByteSource(std::vector<std::byte> bytes, std::string name)
    : memory_(std::move(bytes)), size_(memory_.size()), name_(std::move(name))
{
}

Result<ByteSource> ByteSource::open(std::filesystem::path const& path)
{
    Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)); // a FIFO must not hold us up
    if (!file) {
        Error error = host_error("open the trace " + path.string(), errno);
        error.blame = Blame::input;
        return fail(std::move(error));
    }
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0)
        return fail(host_error("ask for the size of " + path.string(), errno));
    if (!S_ISREG(status.st_mode))
        return fail(Blame::input,
                    "cannot read the trace " + path.string() + ": it is not a regular file");
    return ByteSource(std::move(file), static_cast<std::uint64_t>(status.st_size), path.string());
}

Result<std::vector<std::byte>> ByteSource::read(std::uint64_t offset, std::uint64_t length) const
{
    if (offset >= size_)
        return std::vector<std::byte>{};
    auto const wanted = static_cast<std::size_t>(std::min(length, size_ - offset));
    if (!file_) {
        auto const begin = memory_.begin() + static_cast<std::ptrdiff_t>(offset);
        return std::vector<std::byte>(begin, begin + static_cast<std::ptrdiff_t>(wanted));
    }

    std::vector<std::byte> bytes(wanted);
    std::size_t done = 0;
    while (done < wanted) {
        ssize_t const count = ::pread(file_.get(), bytes.data() + done, wanted - done,
                                      static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return fail(host_error("read the trace " + name_, errno));
        if (count == 0)
            break; // somebody cut the file short since we opened it
        done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return bytes;
}

} // namespace ringside::stream

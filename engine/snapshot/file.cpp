// The file of a snapshot: written beside its place under another name, forced to the disk, and put into
// its place in one step, so that whoever looks finds the old file or the new one, and never half of one.
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/fd.hpp"
#include "engine/snapshot/snapshot.hpp"

namespace ringside::snapshot {

namespace {

constexpr std::uint64_t longest_file = 4ULL << 30; // more than all of a machine's memory

/// Removes the file again, unless it got a name of its own.
class Unfinished {
public:
    explicit Unfinished(std::string path) : path_(std::move(path)) {}
    ~Unfinished()
    {
        if (!path_.empty())
            ::unlink(path_.c_str());
    }
    Unfinished(Unfinished const&) = delete;
    Unfinished& operator=(Unfinished const&) = delete;
    void keep() { path_.clear(); }

private:
    std::string path_;
};

Error refused(std::string const& tried, std::filesystem::path const& path)
{
    return host_error(tried + " the snapshot " + path.string(), errno);
}

bool write_all(Fd const& file, std::span<std::byte const> bytes)
{
    while (!bytes.empty()) {
        ssize_t const count = ::write(file.get(), bytes.data(), bytes.size());
        if (count < 0 && errno != EINTR)
            return false;
        bytes = bytes.subspan(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    return true;
}

} // namespace

Result<void> write(Snapshot const& snapshot, std::filesystem::path const& path)
{
    constexpr std::string_view whole_or_not_at_all =
        "nothing was changed; a snapshot of that name is as it was";
    std::vector<std::byte> const bytes = to_bytes(snapshot);
    std::string const other = path.string() + ".new-" + std::to_string(::getpid());
    constexpr mode_t mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
    Fd file(::open(other.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!file)
        return fail(refused("create", path));
    Unfinished unfinished(other);
    bool const written = write_all(file, bytes) && ::fsync(file.get()) == 0 &&
                         ::rename(other.c_str(), path.c_str()) == 0;
    if (!written)
        return fail(host_error("write the snapshot " + path.string(), errno, whole_or_not_at_all));
    unfinished.keep();
    return {};
}

Result<Snapshot> read(std::filesystem::path const& path)
{
    auto const in_the_file = [&](Error error) {
        error.text = path.string() + ": " + error.text;
        return error;
    };
    Fd const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info {};
    if (!file || ::fstat(file.get(), &info) != 0) {
        Error error = refused("open", path);
        error.blame = Blame::input;
        return fail(std::move(error));
    }
    if (!S_ISREG(info.st_mode) || static_cast<std::uint64_t>(info.st_size) > longest_file)
        return fail(in_the_file({"this is not a Ringside snapshot", Blame::input}));
    std::vector<std::byte> bytes(static_cast<std::size_t>(info.st_size));
    std::size_t done = 0;
    while (done < bytes.size()) {
        ssize_t const count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
        if (count == 0 || (count < 0 && errno != EINTR))
            break; // what is missing will be noticed
        done += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    bytes.resize(done);
    return from_bytes(bytes).map_error(in_the_file);
}

} // namespace ringside::snapshot

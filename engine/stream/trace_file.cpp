#include "engine/stream/trace_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace ringside::stream {

namespace {

/// Writes everything; returns 0 or an errno value, and how far it came.
int write_everything(int descriptor, std::span<std::byte const> bytes, std::size_t& written)
{
    constexpr int patience = 2000; // milliseconds without any progress: a pipe nobody empties
    while (written < bytes.size()) {
        ssize_t const count = ::write(descriptor, bytes.data() + written, bytes.size() - written);
        if (count >= 0) {
            written += static_cast<std::size_t>(count);
            continue;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return errno;
        pollfd room{descriptor, POLLOUT, 0};
        if (::poll(&room, 1, patience) == 0)
            return ETIMEDOUT;
    }
    return 0;
}

} // namespace

Result<TraceFile> TraceFile::create(std::filesystem::path const& path, FileHeader const& header)
{
    constexpr mode_t mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
    // Non-blocking is for FIFOs; it means nothing for regular files.
    int const flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK;
    Fd descriptor(::open(path.c_str(), flags, mode));
    if (!descriptor)
        return fail(host_error("create the trace " + path.string(), errno));
    TraceFile file(std::move(descriptor), path.string());
    std::vector<std::byte> bytes;
    stream::write(header, bytes);
    if (!file.put(bytes))
        return fail(Blame::host, file.problem_);
    return file;
}

void TraceFile::write(Chunk const& chunk, KeptRecords const& kept)
{
    ChunkHeader const& header = chunk.header;
    offered_[header.stream] = header.next_seq;
    dropped_ = header.dropped;
    if (close_gap(header.stream, header.first_seq, kept) && put_chunk(chunk))
        written_[header.stream] = header.next_seq;
}

bool TraceFile::close_gap(std::uint8_t stream, std::uint64_t to, KeptRecords const& kept)
{
    std::uint64_t& from = written_[stream];
    if (from == to)
        return true;
    for (auto const& [chunk, lost] :
         kept.catch_up(stream, from, to, trace::DropReason::file_refused, dropped_)) {
        if (!put_chunk(chunk))
            return false;
        from = chunk.header.next_seq;
        told_as_refused_ += lost;
    }
    return true;
}

bool TraceFile::put_chunk(Chunk const& chunk)
{
    std::uint64_t const offset = size_;
    if (!put(chunk.bytes))
        return false;
    chunks_.push_back(info_of(chunk.header, offset));
    return true;
}

bool TraceFile::put(std::span<std::byte const> bytes)
{
    if (!file_)
        return false;
    std::size_t written = 0;
    int const trouble = write_everything(file_.get(), bytes, written);
    if (trouble != 0) {
        refuse(trouble, written);
        return false;
    }
    size_ += bytes.size();
    return true;
}

void TraceFile::refuse(int error_number, std::size_t written)
{
    if (problem_.empty())
        problem_ = host_error("write the trace " + name_, error_number,
                              "it can be read up to this point; the run goes on")
                       .text;
    // Back to the last whole chunk. What cannot be cut back, a pipe, must not be written to again.
    auto const end = static_cast<off_t>(size_);
    bool const clean = written == 0 || (::ftruncate(file_.get(), end) == 0 &&
                                        ::lseek(file_.get(), end, SEEK_SET) == end);
    bool const hopeless = error_number == EPIPE || error_number == ETIMEDOUT;
    if (!clean || hopeless)
        file_ = Fd();
}

void TraceFile::finish(KeptRecords const& kept)
{
    for (auto const& [stream, to] : offered_)
        if (!close_gap(stream, to, kept))
            return;
    put(index_bytes(chunks_, size_));
}

std::uint64_t TraceFile::refused() const
{
    std::uint64_t sum = told_as_refused_;
    for (auto const& [stream, to] : offered_) {
        auto const found = written_.find(stream);
        sum += to - (found == written_.end() ? 0 : found->second);
    }
    return sum;
}

} // namespace ringside::stream

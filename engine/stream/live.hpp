// A running machine's events, read from its Unix socket while they happen. The bytes are those of a
// trace file; the engine may vanish at any of them.
//
// A viewer that comes late is first told all definitions and the latest keyframe. What it missed
// before that, or later by reading too slowly, arrives as Dropped records: the sequence numbers of
// each vCPU have no gaps.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/fd.hpp"
#include "engine/base/result.hpp"
#include "engine/stream/format.hpp"
#include "engine/trace/events.hpp"

namespace ringside::stream {

class LiveReader {
public:
    /// Connects and waits (two seconds at most) for the header.
    static Result<LiveReader> connect(std::filesystem::path const& path);

    FileHeader const& header() const { return header_; }

    /// Readable when `poll()` has something to do. For poll(2) and glfwWaitEvents' helpers only.
    int descriptor() const { return socket_.get(); }

    /// Appends what has arrived to `out` and returns at once: true while the engine is there. At
    /// most `poll_limit` bytes are taken from the socket, so that a window stays responsive. An
    /// error means the bytes make no sense; the connection is closed then.
    Result<bool> poll(std::vector<trace::Record>& out);

    static constexpr std::size_t poll_limit = 256 * 1024;

private:
    LiveReader(Fd socket, FileHeader header) : socket_(std::move(socket)), header_(header) {}

    Result<void> take_chunks(std::vector<trace::Record>& out);
    Result<std::size_t> take_chunk(std::size_t at, std::vector<trace::Record>& out);

    Fd socket_;
    FileHeader header_;
    std::string waiting_; ///< received, but not yet a whole chunk
    std::array<std::uint64_t, 256> next_seq_{};
};

} // namespace ringside::stream

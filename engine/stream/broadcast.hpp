// Live viewers. The latest chunks stay in one window of bounded size; each viewer is a place in it.
// A viewer that falls out of the window is taken to its end: what it missed it gets as kept records
// and Dropped{reader_slow}. So nothing a viewer does, or fails to do, costs the engine more than
// the window.
//
// Used by the recorder thread alone. Nothing here blocks but `drain()`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <poll.h>
#include <vector>

#include "engine/base/fd.hpp"
#include "engine/base/result.hpp"
#include "engine/stream/chunk.hpp"
#include "engine/stream/format.hpp"
#include "engine/stream/kept_records.hpp"
#include "engine/stream/local_socket.hpp"

namespace ringside::stream {

class Broadcast {
public:
    static constexpr std::size_t most_viewers = 16;

    static Result<Broadcast> create(std::filesystem::path const& path, FileHeader const& header,
                                    std::size_t window_limit);

    bool watched() const { return !viewers_.empty(); }

    /// Adds a chunk to the window; the oldest go when it grows too large.
    void publish(Chunk const& chunk);

    /// Lets new viewers in, sends what sockets take, forgets viewers that have gone.
    void service(KeptRecords const& kept);

    /// Serves until every viewer has everything, or `limit` has passed.
    void drain(KeptRecords const& kept, std::chrono::milliseconds limit);

    /// Appends what poll(2) should watch.
    void watch(std::vector<pollfd>& descriptors) const;

private:
    struct Viewer {
        Fd socket;
        std::uint64_t next_chunk = 0;                   ///< number of the next one to send
        std::map<std::uint8_t, std::uint64_t> next_seq; ///< told so far, by stream
        std::vector<std::byte> sending;
        std::size_t sent = 0;
    };

    Broadcast(ListeningSocket listener, FileHeader const& header, std::size_t window_limit)
        : listener_(std::move(listener)), file_header_(header), window_limit_(window_limit)
    {
    }

    void admit(KeptRecords const& kept);
    bool serve(Viewer& viewer, KeptRecords const& kept); ///< false: it has gone
    void load_next(Viewer& viewer, KeptRecords const& kept);
    void catch_up(Viewer& viewer, KeptRecords const& kept, trace::DropReason reason);
    bool has_more(Viewer const& viewer) const;

    std::uint64_t end() const { return first_chunk_ + window_.size(); }

    ListeningSocket listener_;
    FileHeader file_header_;
    std::size_t window_limit_;
    std::deque<Chunk> window_;
    std::size_t window_bytes_ = 0;
    std::uint64_t first_chunk_ = 0; ///< number of window_.front(), counted from the beginning
    std::map<std::uint8_t, std::uint64_t> published_; ///< next sequence number, by stream
    DropCounters dropped_{};
    std::vector<Viewer> viewers_;
};

} // namespace ringside::stream

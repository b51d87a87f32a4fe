// Where the records come from: a thread that reads a file or a socket into an inbox, and the window
// that empties it once per frame. Neither ever waits for the other.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/trace/command.hpp"
#include "engine/trace/events.hpp"
#include "visualizer/model/session.hpp"

namespace ringside::visualizer {

/// What has arrived since the last look: records of a live stream, or blocks of a file.
struct Delivery {
    struct Block {
        std::shared_ptr<RecordBlock const> records;
        std::uint32_t number = RecordStore::kept; ///< in the feed's source, when it has one
    };
    std::vector<trace::Record> records;
    std::vector<Block> blocks;
    std::vector<std::string> notes;
    std::optional<Connection> connection;
    bool finished = false; ///< nothing more will come
};

class Feed {
public:
    /// Called from the feed's thread when there is something to take, at most every `interval()`.
    using Wake = std::function<void()>;

    static Result<std::unique_ptr<Feed>> of_file(std::filesystem::path const& path, Wake wake);
    static Result<std::unique_ptr<Feed>> of_socket(std::filesystem::path const& path, Wake wake);
    ~Feed();
    Feed(Feed const&) = delete;
    Feed& operator=(Feed const&) = delete;

    Delivery take();
    trace::BackendKind backend() const { return backend_; } ///< as the header says
    std::uint64_t expected() const { return expected_; }    ///< records of a file; 0: not known
    /// A file's blocks, to be read again; null for a live stream.
    std::shared_ptr<BlockSource const> const& blocks() const { return blocks_; }
    bool has_something() const { return has_something_.load(std::memory_order_acquire); }
    void send(trace::Command const& command);

    /// How often the window wants to be woken: seldom where drawing is dear.
    void set_interval(unsigned milliseconds) { interval_ = milliseconds; }

private:
    /// Fills the inbox; runs on the feed's thread until told to stop.
    class Source;
    class FileSource;
    class SocketSource;

    Feed(std::unique_ptr<Source> source, trace::BackendKind backend, Wake wake);
    void work();

    Wake wake_;
    std::unique_ptr<Source> source_;
    std::shared_ptr<BlockSource const> blocks_;
    trace::BackendKind backend_;
    std::uint64_t expected_ = 0;
    std::mutex mutex_;
    std::condition_variable emptied_;
    Delivery inbox_;
    std::vector<trace::Command> outbox_;
    std::atomic<bool> has_something_{false};
    std::atomic<bool> stop_{false};
    std::atomic<unsigned> interval_{33};
    std::thread thread_;
};

} // namespace ringside::visualizer

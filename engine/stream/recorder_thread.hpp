// The other end of the ring: takes records out, encodes them into one chunk for each vCPU, and hands
// full or old chunks to the file and to the viewers.
//
// A chunk is full at 64 KiB. It is old after a few milliseconds while somebody watches, so that
// events are seen as they happen, and after a quarter of a second otherwise, so that a killed engine
// loses no more than that.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include "engine/base/result.hpp"
#include "engine/stream/broadcast.hpp"
#include "engine/stream/chunk.hpp"
#include "engine/stream/intake.hpp"
#include "engine/stream/kept_records.hpp"
#include "engine/stream/recorder.hpp"
#include "engine/stream/trace_file.hpp"

namespace ringside::stream {

class RecorderThread {
public:
    /// Opens file and socket, so that trouble with them is told before a run begins.
    static Result<std::unique_ptr<RecorderThread>> create(RecorderOptions const& options,
                                                          Intake& intake);
    ~RecorderThread();

    void start();
    void finish(); ///< everything that was appended before is delivered, then the thread ends

    std::string problem() const;
    bool somebody_watches() const { return somebody_watches_.load(std::memory_order_relaxed); }
    RecorderTotals totals() const;

private:
    RecorderThread(Intake& intake, std::optional<Compressor> compressor,
                   std::optional<TraceFile> file, std::optional<Broadcast> viewers);

    void run();
    bool turn(); ///< false: there was nothing to do
    void rest(bool was_idle);
    void take(RingEntry const& entry, std::span<std::byte const> bytes);
    ChunkBuilder& builder_of(std::uint8_t vcpu);
    void close_chunk(ChunkBuilder& builder);
    void close_old_chunks();
    void close_everything();
    bool has_open_chunk() const;
    bool watched() const { return viewers_ && viewers_->watched(); }

    Intake& intake_;
    std::optional<Compressor> compressor_;
    std::optional<TraceFile> file_;
    std::optional<Broadcast> viewers_;
    KeptRecords kept_;
    std::map<std::uint8_t, ChunkBuilder> builders_;
    std::uint64_t opened_ =
        0; ///< host nanoseconds: when the oldest open chunk got its first record
    RecorderTotals totals_;
    int idle_turns_ = 0;
    mutable std::mutex problem_mutex_;
    std::string problem_;
    std::atomic<bool> somebody_watches_{false}; ///< watched(), for other threads
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

} // namespace ringside::stream

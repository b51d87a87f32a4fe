// The sink of a real run: events go from the vCPU thread into a ring, and from there, by a thread
// of their own, into a file, to live viewers on a Unix socket, or both, as the same bytes.
//
// The vCPU thread only stores (intake.hpp). The recorder thread encodes, compresses and writes
// whole chunks. Trouble with the file never ends a run: it is told once by `problem()`, the file
// stays readable up to that point, and what it lacks is a Dropped{file_refused} record where one
// can still be written.
//
// Not modelled: several engine threads. One ring has one producer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "engine/base/result.hpp"
#include "engine/stream/format.hpp"
#include "engine/stream/intake.hpp"
#include "engine/trace/names.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::stream {

struct RecorderOptions {
    std::filesystem::path file;   ///< empty: no file. An existing one is replaced.
    std::filesystem::path socket; ///< empty: nobody can watch live
    trace::BackendKind backend = trace::BackendKind::unicorn;
    trace::Clock clock = trace::Clock::exits;
    Codec codec = Codec::zstd;
    IntakeOptions intake;                        ///< ring size, loss policy, host stamps
    std::size_t viewer_window = 8 * 1024 * 1024; ///< bytes a viewer may lag behind
};

/// What became of every record. Always `emitted == delivered + dropped` once finished.
struct RecorderTotals {
    std::uint64_t emitted = 0;
    std::uint64_t delivered = 0;    ///< left the ring and went into a chunk
    std::uint64_t dropped = 0;      ///< lost before that
    std::uint64_t file_refused = 0; ///< of the delivered ones: missing from the file
    std::uint64_t event_bytes = 0;  ///< of the delivered ones, encoded, before compression
    std::uint64_t file_bytes = 0;   ///< everything in the file
};

class RecorderThread;

class Recorder final : public trace::Sink {
public:
    static Result<std::unique_ptr<Recorder>> create(RecorderOptions options);
    ~Recorder() override; ///< finishes first

    /// Called by the engine's one thread.
    void append(trace::RawRecord const& record) override { intake_->append(record); }

    /// Somebody is connected to the socket and is being sent events. Any thread may ask.
    bool watched() const;

    /// Drains the ring, closes the file with its index, gives viewers a moment to read the rest,
    /// and ends the thread. Called by the thread that appends; a second call does nothing.
    void finish();

    /// The first thing that went wrong with the file, as one line; empty while all is well. Any
    /// thread may ask.
    std::string problem() const;

    /// Valid after `finish()`.
    RecorderTotals totals() const;

private:
    Recorder(std::unique_ptr<Intake> intake, std::unique_ptr<RecorderThread> thread);

    std::unique_ptr<Intake> intake_;
    std::unique_ptr<RecorderThread> thread_;
};

} // namespace ringside::stream

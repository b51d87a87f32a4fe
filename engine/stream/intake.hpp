// The vCPU thread's side of the recorder: numbers the records, stores them in the ring, and decides
// what is lost when the ring is full.
//
//     lifecycle, definition, keyframe            wait for room
//     exit                                       wait, or lose the newest: an option
//     detail, walk, scheduling, software_vmm     lost first, when the ring is nearly full; or wait too
//
// A lost record keeps its number, so the recorder sees the gap and tells it. Waiting ends when the
// recorder stops moving: a run goes on without its recorder.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/base/mapping.hpp"
#include "engine/stream/doorbell.hpp"
#include "engine/stream/format.hpp"
#include "engine/stream/host_clock.hpp"
#include "engine/stream/ring.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::stream {

enum class WhenFull : std::uint8_t { wait, drop_newest };
enum class HostStamps : std::uint8_t { off, on };

struct IntakeOptions {
    std::size_t ring_bytes = 4 * 1024 * 1024; ///< a power of two
    WhenFull exits = WhenFull::wait;
    WhenFull details =
        WhenFull::drop_newest; ///< `wait` makes a recording complete, at the run's expense
    HostStamps stamps = HostStamps::on;
    /// A recorder that has read nothing for this long is taken for dead.
    std::chrono::milliseconds patience{2000};
};

class Intake {
public:
    static Result<std::unique_ptr<Intake>> create(IntakeOptions const& options);

    /// The vCPU thread's only call.
    void append(trace::RawRecord const& record)
    {
        std::uint64_t const seq = next_seq_[record.vcpu]++;
        std::uint64_t const stamp = stamps_ && carries_host_stamp(record.id) ? clock_.stamp() : 0;
        if (ring_.try_write(record, seq, stamp, keep_free(record.category))) [[likely]]
            doorbell_.grown_to(ring_.written());
        else
            append_to_full_ring(record, seq, stamp);
    }

    Ring& ring() { return ring_; }
    Doorbell& doorbell() { return doorbell_; }
    HostClock& clock() { return clock_; }
    bool stamps() const { return stamps_; }

    /// Records lost so far, by category. Any thread may ask.
    DropCounters dropped() const;

    /// Records appended so far for one vCPU. The vCPU thread's to ask, or anybody's once it has
    /// stopped appending.
    std::uint64_t next_seq(std::uint8_t vcpu) const { return next_seq_[vcpu]; }

private:
    Intake(IntakeOptions const& options, Mapping memory, Doorbell doorbell);
    std::size_t keep_free(trace::Category category) const
    {
        return keep_free_[static_cast<std::size_t>(category)];
    }
    void append_to_full_ring(trace::RawRecord const& record, std::uint64_t seq,
                             std::uint64_t stamp);
    bool wait_for_room(trace::RawRecord const& record, std::uint64_t seq, std::uint64_t stamp);

    Ring ring_;
    Doorbell doorbell_;
    HostClock clock_;
    bool stamps_;
    WhenFull exits_;
    WhenFull details_;
    std::chrono::milliseconds patience_;
    std::array<std::size_t, category_count> keep_free_;
    std::array<std::uint64_t, 256> next_seq_{};
    std::uint64_t dead_at_ = ~std::uint64_t{0}; ///< how far the recorder was when we gave it up
    std::array<std::atomic<std::uint64_t>, category_count> dropped_{};
};

} // namespace ringside::stream

// How the vCPU thread wakes the recorder: rarely. The recorder says how far the ring must have
// grown before it wants to be woken; until then a store costs the writer one load to find that out.
//
// The writer does not order its store of the ring's head before that load, so a ring that is filled
// at the very moment the recorder lies down may go unnoticed. The recorder therefore never sleeps
// without a time limit; the limit, not the bell, is the guarantee.
#pragma once

#include <atomic>
#include <cstdint>

#include "engine/base/fd.hpp"
#include "engine/base/result.hpp"

namespace ringside::stream {

class Doorbell {
public:
    static Result<Doorbell> create();
    Doorbell(Doorbell&& other) noexcept : event_(std::move(other.event_)) {}

    /// Recorder: wake me when `position` is reached.
    void arm(std::uint64_t position) { wake_at_.store(position, std::memory_order_relaxed); }
    /// Recorder: I am awake.
    void disarm() { arm(never); }
    /// Recorder: forgets past rings. `descriptor()` is readable until then.
    void clear();
    int descriptor() const { return event_.get(); }

    /// Writer: the ring has grown to `position`.
    void grown_to(std::uint64_t position)
    {
        if (position >= wake_at_.load(std::memory_order_relaxed)) [[unlikely]]
            ring();
    }
    /// Any thread: wakes the recorder now.
    void ring();

private:
    static constexpr std::uint64_t never = ~std::uint64_t{0};

    explicit Doorbell(Fd event) : event_(std::move(event)) {}

    Fd event_;
    alignas(64) std::atomic<std::uint64_t> wake_at_{never}; // a line the recorder rarely writes
};

} // namespace ringside::stream

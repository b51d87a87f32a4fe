#include "engine/stream/intake.hpp"

#include <thread>
#include <utility>

namespace ringside::stream {

namespace {

/// What a category leaves free for those that matter more, as a share of the ring.
constexpr std::size_t kept_free(trace::Category category, std::size_t capacity)
{
    switch (category) {
    case trace::Category::lifecycle:
    case trace::Category::definition:
    case trace::Category::keyframe:
        return 0;
    case trace::Category::exit:
        return capacity / 16;
    case trace::Category::detail:
    case trace::Category::walk:
    case trace::Category::scheduling:
    case trace::Category::software_vmm:
        return capacity / 4;
    }
    return 0;
}

} // namespace

Result<std::unique_ptr<Intake>> Intake::create(IntakeOptions const& options)
{
    Doorbell doorbell = TRY(Doorbell::create());
    Mapping memory = TRY(Mapping::anonymous(options.ring_bytes));
    return std::unique_ptr<Intake>(new Intake(options, std::move(memory), std::move(doorbell)));
}

Intake::Intake(IntakeOptions const& options, Mapping memory, Doorbell doorbell)
    : ring_(std::move(memory)),
      doorbell_(std::move(doorbell)),
      stamps_(options.stamps == HostStamps::on),
      exits_(options.exits),
      details_(options.details),
      patience_(options.patience),
      keep_free_{}
{
    for (std::size_t index = 0; index < category_count; ++index)
        keep_free_[index] = kept_free(static_cast<trace::Category>(index), ring_.capacity());
}

DropCounters Intake::dropped() const
{
    DropCounters counters{};
    for (std::size_t index = 0; index < category_count; ++index)
        counters[index] = dropped_[index].load(std::memory_order_relaxed);
    return counters;
}

void Intake::append_to_full_ring(trace::RawRecord const& record, std::uint64_t seq,
                                 std::uint64_t stamp)
{
    bool const is_exit = record.category == trace::Category::exit;
    bool const never_lost = keep_free(record.category) == 0;
    bool const waits = never_lost || (is_exit ? exits_ : details_) == WhenFull::wait;
    if (waits && wait_for_room(record, seq, stamp))
        return;
    auto& counter = dropped_[static_cast<std::size_t>(record.category)];
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

bool Intake::wait_for_room(trace::RawRecord const& record, std::uint64_t seq, std::uint64_t stamp)
{
    constexpr std::chrono::microseconds nap{50};
    std::uint64_t recorder_at = ring_.read();
    auto moved = std::chrono::steady_clock::now();
    while (recorder_at != dead_at_) {
        doorbell_.ring();
        std::this_thread::sleep_for(nap);
        if (ring_.try_write(record, seq, stamp, keep_free(record.category)))
            return true;
        auto const now = std::chrono::steady_clock::now();
        if (ring_.read() != recorder_at) {
            recorder_at = ring_.read();
            moved = now;
        } else if (now - moved >= patience_) {
            dead_at_ = recorder_at; // from now on nobody waits, until it moves again
        }
    }
    return false;
}

} // namespace ringside::stream

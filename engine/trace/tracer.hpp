// How the engine emits: one call, one store. With no sink attached it costs one branch.
//
// Virtual time and the vCPU are set by the run loop, once per turn, so that devices and backends
// need not know them.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>

#include "engine/base/ids.hpp"
#include "engine/trace/events.hpp"

namespace ringside::trace {

/// What a sink is handed: the raw struct, cut behind its last used list item. The bytes are only
/// valid during the call.
struct RawRecord {
    std::uint8_t id = 0;
    std::uint8_t vcpu = 0;
    Category category = Category::exit;
    std::uint64_t time = 0;
    std::span<std::byte const> bytes;
};

/// Where events go. Implementations: the ring in engine/stream, an in-memory list in the tests.
class Sink {
public:
    Sink() = default;
    Sink(Sink const&) = delete;
    Sink& operator=(Sink const&) = delete;
    virtual ~Sink() = default;
    virtual void append(RawRecord const&) = 0;
};

/// Bytes of `event` that carry meaning: all of it, or all up to the last item of its list.
template <typename E>
std::size_t stored_size(E const& event)
{
    static_assert(std::is_trivially_copyable_v<E>);
    using Tuple = std::remove_cvref_t<decltype(E::fields)>;
    auto const& last = event.*(std::get<std::tuple_size_v<Tuple> - 1>(E::fields).member);
    if constexpr (requires {
                      last.items;
                      last.count;
                  }) {
        auto const* begin = reinterpret_cast<std::byte const*>(&event);
        auto const* end = reinterpret_cast<std::byte const*>(last.items.data() + last.count);
        return static_cast<std::size_t>(end - begin);
    } else {
        return sizeof(E);
    }
}

class Tracer {
public:
    /// `sink` may be null: tracing is off. The sink must outlive the tracer.
    explicit Tracer(Sink* sink = nullptr) : sink_(sink) {}

    bool on() const { return sink_ != nullptr && !silenced_; }
    void silence(bool silenced)
    {
        silenced_ = silenced;
    } ///< the guest's own switch, by the teaching port
    void set_time(VirtualTime now) { time_ = now.value; }
    void set_vcpu(VcpuId vcpu) { vcpu_ = vcpu.value; }

    /// Going back: the stream goes on from an earlier place.
    void set_next_seq(std::uint64_t seq) { next_seq_[vcpu_] = seq; }

    /// Events of this vCPU so far, which is the sequence number of the next one.
    std::uint64_t next_seq() const { return next_seq_[vcpu_]; }

    template <typename E>
    void emit(E const& event)
    {
        constexpr bool always =
            E::category == Category::lifecycle || E::category == Category::definition;
        if (sink_ == nullptr || (silenced_ && !always))
            return;
        ++next_seq_[vcpu_];
        sink_->append(
            RawRecord{E::id, vcpu_, E::category, time_,
                      std::span(reinterpret_cast<std::byte const*>(&event), stored_size(event))});
    }

private:
    Sink* sink_;
    bool silenced_ = false;
    std::uint8_t vcpu_ = 0;
    std::uint64_t time_ = 0;
    std::array<std::uint64_t, 256> next_seq_{};
};

} // namespace ringside::trace

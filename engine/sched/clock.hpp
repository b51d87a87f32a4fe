// Virtual time: the only time a guest and its devices ever see.
//
//   exits         a fixed step for each exit; a jump to the next deadline while every vCPU is
//   halted; one
//                 slice when a budget runs out. The same on both backends, so the default.
//   instructions  one nanosecond for each guest instruction (Unicorn counts them exactly; KVM
//   cannot). host          real time, for real use of KVM. Nothing about it is repeatable.
//
// Time moves in advance(), which the run loop calls on one line, and never goes back.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/backend/backend.hpp"
#include "engine/base/ids.hpp"
#include "engine/trace/names.hpp"

namespace ringside::sched {

inline constexpr std::uint64_t exit_step_ns = 1'000;       ///< `exits`: what one exit costs
inline constexpr std::uint64_t spent_slice_ns = 1'000'000; ///< `exits`: what a spent budget costs

class VirtualClock {
public:
    explicit VirtualClock(trace::Clock kind);

    struct State {
        VirtualTime now{};
        std::uint64_t counted = 0; ///< instructions already turned into time
    };
    State state() const { return {now_, counted_}; }
    /// Time goes on from there; host time, too, as if it had stood still in between.
    void restore(State const& state);

    VirtualTime now() const { return now_; }
    trace::Clock kind() const { return kind_; }

    /// Moves time over one turn of the run loop. `exit` is empty when every vCPU was halted: then
    /// time jumps to `deadline`, or stays when there is none. `vcpu` is the one that ran: it counts
    /// instructions, where anybody does.
    void advance(std::optional<backend::Exit> const& exit, backend::Vcpu const& vcpu,
                 std::optional<VirtualTime> deadline);

private:
    std::uint64_t host_now() const;

    trace::Clock kind_;
    VirtualTime now_{};
    std::uint64_t host_start_ = 0;
    std::uint64_t counted_ = 0;
};

} // namespace ringside::sched

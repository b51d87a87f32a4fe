// A machine under a person's hands: run to a breakpoint, step, and the same back in time.
//
//     forward   turns of the run loop, each looked at: before an instruction, at what it touches, at
//               what the machine tells
//     back      to an earlier moment, then forward again over a stretch that ends where we stood,
//               to find the last stop in it
//
// Breakpoints need no debug registers, and no byte of the guest is changed: while one waits for an
// address or for an access, every instruction is stepped. So they are exact on every host that can
// step, and dear. Where a host's KVM cannot step user code, the debugger says so and stands.
//
// Not modelled: several vCPUs.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/control/breakpoint.hpp"
#include "engine/debug/ear.hpp"
#include "engine/debug/subject.hpp"
#include "engine/machine/machine.hpp"

namespace ringside::debug {

/// Why the machine stands.
struct Halt {
    enum class Why : std::uint8_t {
        stepped,
        breakpoint,  ///< `breakpoint`, and for a watch `touched`
        interrupted, ///< somebody asked
        ended,       ///< `stop`: the guest's end, and the end of its history
        beginning,   ///< no further back
    };
    Why why = Why::stepped;
    std::optional<control::Breakpoint> breakpoint;
    std::optional<control::Watch> touched;
    std::optional<machine::Stop> stop;
};

class Debugger {
public:
    using Patience = std::function<bool()>; ///< asked between two turns; false: stop

    /// `abilities` of the backend the machine runs on. All must outlive this; `ear` hears what the
    /// machine tells.
    Debugger(machine::Machine& machine, Ear& ear, backend::Abilities abilities)
        : machine_(machine), ear_(ear), abilities_(abilities)
    {
    }

    machine::Machine& machine() { return machine_; }
    control::Breakpoints& breakpoints() { return breakpoints_; }
    /// What the last turn told, as it was told.
    std::vector<trace::Record> const& told() const { return ear_.heard(); }

    /// One instruction, or what stands for it: an exit, or a jump of time while the vCPU is halted.
    Result<Halt> step_instruction();
    /// To the end of the next exit.
    Result<Halt> step_exit(Patience const& patience);
    Result<Halt> run(Patience const& patience);

    Result<Halt> back_instruction();
    Result<Halt> back_exit();
    /// To the last stop before this moment.
    Result<Halt> back(Patience const& patience);

private:
    using Ids = control::Breakpoints::Ids;
    struct Met {
        Ids ids;
        std::optional<control::Watch> touched;
        std::optional<machine::Stop> stop;
    };
    struct Found {
        machine::Position position;
        Met met;
    };
    using Bytes = std::vector<std::byte>;

    Result<Met> advance(machine::Pace pace);
    Result<void> require_stepping();
    machine::Pace pace() const;
    Ids at_instruction() const;
    void look_at_events(Met& met);
    void look_at_touches(Met& met, std::vector<control::Watch> const& touches,
                         std::vector<Bytes> const& before);
    std::vector<Bytes> watched_bytes() const;
    std::optional<Halt> halt_at(Met const& met);

    Result<std::optional<Found>> last_before(machine::Position end, Patience const& patience);
    Result<machine::Position> earlier(machine::Position than, std::uint64_t exits) const;

    machine::Machine& machine_;
    Ear& ear_;
    backend::Abilities abilities_;
    control::Breakpoints breakpoints_;
    query::HappeningReader reader_;
};

} // namespace ringside::debug

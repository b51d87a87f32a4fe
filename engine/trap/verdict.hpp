// What the trap layer decided about an exit, as a value. A closed set.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "engine/trace/names.hpp"

namespace ringside::trap {

namespace verdict {
/// Nothing to hand back: the guest goes on behind the instruction.
struct Resume {};
/// The guest goes on with this value: what a port, a device register or an MSR answered.
struct Answer {
    std::uint64_t value = 0;
};
/// The guest executed HLT: the vCPU sleeps until an interrupt wakes it.
struct Park {};
/// The instruction raises #GP(0): there is no such MSR.
struct Fault {};
/// The machine is at its end.
struct Stop {
    trace::StopCause cause = trace::StopCause::guest_exit;
    std::uint8_t code = 0; ///< of the process: see the README, "Exit codes"
    std::string reason;    ///< one sentence
};
} // namespace verdict

using Verdict =
    std::variant<verdict::Resume, verdict::Answer, verdict::Park, verdict::Fault, verdict::Stop>;
using verdict::Stop;

} // namespace ringside::trap

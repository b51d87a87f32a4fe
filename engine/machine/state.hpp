// What a machine is between two exits, besides the bytes of its memory: free of the backend, so that it
// goes on anywhere, and whole, so that the rest of its event stream is the same from there on.
//
//   the guest's    vCPU, devices and interrupt controllers, virtual time, who runs
//   the story's    exits so far, registers and instructions already told, the model TLB, the
//                  interrupt already told as waiting
//
// Taken only at a finished instruction (backend.hpp, Vcpu::save). Not part of it: the number of the
// next event, which counts for one stream, and input that nobody has looked at yet.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/base/result.hpp"
#include "engine/devices/set.hpp"
#include "engine/machine/interrupts.hpp"
#include "engine/machine/walk_tracer.hpp"
#include "engine/sched/clock.hpp"
#include "engine/sched/scheduler.hpp"
#include "engine/trap/exit_span.hpp"

namespace ringside::machine {

struct State {
    backend::SavedVcpu vcpu;
    std::array<std::vector<std::uint8_t>, devices::device_count> devices; ///< Device::save()
    sched::VirtualClock::State clock;
    sched::Scheduler::State scheduler;
    Interrupts::State interrupts;
    trap::ExitStory::State story;
    WalkTracer::State walks;
    std::uint32_t fruitless_jumps = 0; ///< machine.hpp
    std::uint64_t input_asked = 0;     ///< how often the machine has looked for a typed byte

    std::uint64_t exits() const { return story.exits; }
};

/// The same state always gives the same bytes; of one machine, always equally many.
std::vector<std::byte> pack(State const& state);

/// Errors (Blame::input): the bytes are not a state that a machine can have. Devices look at their
/// own part when it is put back.
Result<State> unpack_state(std::span<std::byte const> bytes);

} // namespace ringside::machine

// What a machine is made with: how it shall be, what it is given from outside, and where it begins.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/machine/console.hpp"
#include "engine/machine/state.hpp"
#include "engine/machine/stepper.hpp"
#include "engine/memory/guest_memory.hpp"
#include "engine/trace/command.hpp"
#include "engine/trace/tracer.hpp"
#include "engine/trap/verdict.hpp"

namespace ringside::machine {

using trap::Stop;

struct Options {
    std::uint64_t memory_bytes = 16ULL << 20;
    trace::Clock clock = trace::Clock::exits;
    WalkMode walks = WalkMode::at_exits;
    std::uint64_t limit_exits = 0;       ///< since the guest began, also when restored; 0: none
    double limit_seconds = 0;            ///< of the host's time; 0: none
    std::uint64_t keyframe_every = 1024; ///< exits
    bool start_paused = false;
    std::size_t history_bytes = 0; ///< for the records of going back; 0: nothing is kept
};

/// What the machine is given from outside; everything must outlive it. Only `input` and `output`
/// are needed.
struct Surroundings {
    ConsoleInput* input = nullptr;
    ConsoleOutput output;
    trace::Sink* sink = nullptr;                    ///< null: no events
    trace::CommandSource* commands = nullptr;       ///< null: nobody controls
    std::atomic<bool> const* interrupted = nullptr; ///< set by a signal handler: stop soon
    /// Hears the events of turns that are gone through again, which `sink` has heard already.
    trace::Sink* replayed = nullptr;
};

/// A machine that does not begin with its guest's first instruction: what a snapshot holds.
struct Beginning {
    State state;
    std::vector<std::uint8_t> typed;
    /// Adds the memory's slots, with their bytes as they were.
    std::function<Result<void>(memory::GuestMemory&)> fill_memory;
};

using BackendFactory =
    std::function<Result<std::unique_ptr<backend::Backend>>(memory::GuestMemory&, trace::Tracer&)>;

/// How far one turn goes.
enum class Pace : std::uint8_t { exit, instruction };

} // namespace ringside::machine

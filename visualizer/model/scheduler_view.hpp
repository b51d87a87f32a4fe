// What the scheduler did, as lanes: for each vCPU when it ran, waited for the processor or slept,
// the length of the run queue beside it, and how the processor was shared.
//
// Not modelled: several host CPUs. One thread runs every vCPU, so one lane at a time is running.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "visualizer/model/trace_model.hpp"

namespace ringside::visualizer {

enum class RunState : std::uint8_t { running, ready, sleeping };
std::string_view name_of(RunState state);

struct RunSegment {
    std::uint64_t begin = 0; ///< virtual time
    std::uint64_t end = 0;
    RunState state = RunState::ready;
    trace::SchedulingStep why = trace::SchedulingStep::picked; ///< what ended the one before
    RecordIndex record = no_record;                            ///< that tells its beginning
};

struct RunLane {
    std::uint8_t vcpu = 0;
    std::vector<RunSegment> segments;
    std::uint64_t ran = 0; ///< virtual time as running, until now
};

struct QueueStep {
    std::uint64_t time = 0;
    std::uint8_t depth = 0;
};

struct SchedulerBoard {
    std::vector<RunLane> lanes;
    std::vector<QueueStep> queue;
    std::uint64_t switches = 0; ///< times one was picked, until now
    std::uint64_t begin = 0;    ///< of what is shown
    std::uint64_t end = 0;
    std::size_t skipped = 0; ///< earlier events that are not shown
};

/// The events around `now`, at most `longest` of them.
SchedulerBoard scheduler_board(TraceModel const& model, RecordIndex now, std::size_t longest = 600);

} // namespace ringside::visualizer

#include "visualizer/model/scheduler_view.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace ringside::visualizer {

namespace {

std::optional<RunState> state_after(trace::SchedulingStep step)
{
    switch (step) {
    case trace::SchedulingStep::picked:
        return RunState::running;
    case trace::SchedulingStep::enqueued:
    case trace::SchedulingStep::woken:
    case trace::SchedulingStep::preempted:
        return RunState::ready;
    case trace::SchedulingStep::halted:
        return RunState::sleeping;
    case trace::SchedulingStep::ran: // tells how long, and changes nothing
    case trace::SchedulingStep::idle:
        break;
    }
    return std::nullopt;
}

RunLane& lane_of(SchedulerBoard& board, std::uint8_t vcpu)
{
    for (RunLane& lane : board.lanes)
        if (lane.vcpu == vcpu)
            return lane;
    board.lanes.push_back({vcpu, {}, 0});
    return board.lanes.back();
}

void enter(RunLane& lane, RunState state, trace::SchedulingStep why, RecordHead const& head,
           RecordIndex record)
{
    if (!lane.segments.empty())
        lane.segments.back().end = head.time;
    lane.segments.push_back({head.time, head.time, state, why, record});
}

void sum_up(SchedulerBoard& board, std::uint64_t now)
{
    for (RunLane& lane : board.lanes) {
        if (!lane.segments.empty())
            lane.segments.back().end = board.end;
        for (RunSegment const& segment : lane.segments)
            if (segment.state == RunState::running && segment.begin < now)
                lane.ran += std::min(segment.end, now) - segment.begin;
    }
}

} // namespace

std::string_view name_of(RunState state)
{
    static constexpr std::array<std::string_view, 3> names = {"running", "ready", "sleeping"};
    return names[static_cast<std::size_t>(state)];
}

SchedulerBoard scheduler_board(TraceModel const& model, RecordIndex now, std::size_t longest)
{
    SchedulerBoard board;
    std::span<RecordIndex const> const all = model.occurrences().scheduling().all();
    std::size_t const here = model.occurrences().scheduling().count_until(now);
    std::size_t const from = here > longest / 2 ? here - longest / 2 : 0;
    std::size_t const to = std::min(all.size(), from + longest);
    board.skipped = from;
    if (from == to)
        return board;
    board.begin = model.records().head(all[from]).time;
    board.end = to == all.size() ? model.end_time() : model.records().head(all[to - 1]).time;
    for (std::size_t place = from; place < to; ++place) {
        auto const event = model.records().get<trace::Scheduling>(all[place]);
        if (!event)
            continue;
        RecordHead const head = model.records().head(all[place]);
        board.queue.push_back({head.time, event->runnable});
        board.switches += event->step == trace::SchedulingStep::picked && all[place] <= now ? 1 : 0;
        if (auto const state = state_after(event->step))
            enter(lane_of(board, head.vcpu), *state, event->step, head, all[place]);
    }
    sum_up(board, model.records().head(now).time);
    return board;
}

} // namespace ringside::visualizer

// The scheduler panel: a lane for each vCPU, the length of the run queue as a step line, and how
// the processor was shared until now.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/scheduler_view.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

struct Span {
    SchedulerBoard const& board;
    Rect area;
    float x_of(std::uint64_t time) const
    {
        double const all = static_cast<double>(std::max<std::uint64_t>(1, board.end - board.begin));
        double const share = std::clamp(
            (static_cast<double>(time) - static_cast<double>(board.begin)) / all, 0.0, 1.0);
        return area.x + static_cast<float>(share) * area.width;
    }
};

// Height says as much as colour: running is full, ready half, sleeping a line.
void draw_segment(Frame& frame, Span const& span, float top, float height,
                  RunSegment const& segment, std::uint8_t vcpu)
{
    Theme const& theme = frame.theme;
    float const left = span.x_of(segment.begin);
    float const width = std::max(1.0F, span.x_of(segment.end) - left);
    float const part = segment.state == RunState::running ? 1.0F
                       : segment.state == RunState::ready ? 0.45F
                                                          : 0.1F;
    Color const color = segment.state == RunState::running ? theme.of(ExitClass::mmio)
                        : segment.state == RunState::ready ? theme.of(ExitClass::control)
                                                           : theme.faint;
    Rect const whole{left, top, width, height};
    frame.canvas.shape({left, top + height * (1 - part), width, height * part},
                       {.fill = color, .border = {}});
    frame.explain(whole, fmt::format("vCPU {} {}", vcpu, name_of(segment.state)),
                  fmt::format("{} at {}, for {}.", trace::name_of(segment.why),
                              duration(segment.begin), duration(segment.end - segment.begin)));
    if (frame.mouse.clicked && frame.hovers(whole))
        frame.session.focus_record(segment.record);
}

void draw_lane(Frame& frame, Span const& span, RunLane const& lane, float top)
{
    float const height = frame.px(24);
    std::uint64_t total = 0;
    for (RunLane const& each : span.board.lanes)
        total += each.ran;
    float const share =
        total == 0 ? 0 : 100 * static_cast<float>(lane.ran) / static_cast<float>(total);
    float const names = span.area.x - frame.px(112);
    frame.write({names, top}, Face::bold, frame.theme.text, fmt::format("vCPU {}", lane.vcpu));
    frame.write({names, top + frame.px(14)}, Face::small, frame.theme.dim,
                fmt::format("{}, {:.0f} %", duration(lane.ran), share));
    frame.items.add(fmt::format("Scheduler/vCPU {}", lane.vcpu),
                    {span.area.x, top, span.area.width, height});
    for (RunSegment const& segment : lane.segments)
        draw_segment(frame, span, top, height, segment, lane.vcpu);
}

void draw_queue(Frame& frame, Span const& span, float top)
{
    float const height = frame.px(26);
    std::uint8_t deepest = 1;
    for (QueueStep const& step : span.board.queue)
        deepest = std::max(deepest, step.depth);
    float const names = span.area.x - frame.px(112);
    frame.write({names, top}, Face::bold, frame.theme.text, "run queue");
    frame.write({names, top + frame.px(14)}, Face::small, frame.theme.dim,
                fmt::format("at most {}", deepest));
    auto const y_of = [&](std::uint8_t depth) {
        return top + height * (1 - static_cast<float>(depth) / static_cast<float>(deepest));
    };
    for (std::size_t number = 0; number < span.board.queue.size(); ++number) {
        QueueStep const& step = span.board.queue[number];
        bool const last = number + 1 == span.board.queue.size();
        float const right = last ? span.area.right() : span.x_of(span.board.queue[number + 1].time);
        float const y = y_of(step.depth);
        frame.canvas.line({span.x_of(step.time), y}, {right, y}, frame.theme.text, frame.px(1.5F));
        if (!last)
            frame.canvas.line({right, y}, {right, y_of(span.board.queue[number + 1].depth)},
                              frame.theme.text, frame.px(1));
    }
}

std::string summary(SchedulerBoard const& board)
{
    return fmt::format("{} to {}, {} switches until now{}", duration(board.begin),
                       duration(board.end), grouped(board.switches),
                       board.skipped > 0 ? ", " + grouped(board.skipped) + " events before" : "");
}

} // namespace

void draw_scheduler(Frame& frame, Rect area)
{
    Session& session = frame.session;
    if (session.moment() == no_moment) {
        draw_title(frame, PanelId::scheduler, area, "");
        return;
    }
    SchedulerBoard const board = scheduler_board(session.trace(), session.as_of());
    Rect const body =
        draw_title(frame, PanelId::scheduler, area, board.lanes.empty() ? "" : summary(board))
            .inset(frame.px(10));
    if (board.lanes.empty()) {
        frame.write_wrapped({body.x, body.y}, body.width, Face::text, frame.theme.dim,
                            "The trace tells nothing of a scheduler: one vCPU alone never waits "
                            "for the processor.");
        return;
    }
    Span const span{board, {body.x + frame.px(112), body.y, body.width - frame.px(112), 0}};
    frame.canvas.clip(Rect{area.x, body.y, area.width, area.bottom() - body.y});
    float y = body.y;
    for (RunLane const& lane : board.lanes) {
        draw_lane(frame, span, lane, y);
        y += frame.px(36);
    }
    draw_queue(frame, span, y);
    std::uint64_t const now = session.trace().records().head(session.as_of()).time;
    float const x = span.x_of(now);
    frame.canvas.line({x, body.y}, {x, y + frame.px(30)}, frame.theme.focus, frame.px(1.5F));
    y += frame.px(38);
    frame.write_cut({body.x, y}, body.width, Face::small, frame.theme.faint,
                    "full height: running; half: ready; a line: sleeping");
    frame.canvas.clip(std::nullopt);
}

} // namespace ringside::visualizer

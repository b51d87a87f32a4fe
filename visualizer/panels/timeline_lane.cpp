// One lane of the timeline: from class shares of a million rows down to the sub-steps of one exit.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/inspection.hpp"
#include "visualizer/model/row_text.hpp"
#include "visualizer/panels/timeline_lane.hpp"

namespace ringside::visualizer {

namespace {

// What the mouse is over takes the colour of hovering, the Focus a frame.
void draw_outline(TimelineTrack const& track, Rect block, bool focused)
{
    Frame& frame = track.frame;
    bool const hovered = frame.hovers(block);
    if (!focused && !hovered)
        return;
    float const by = focused ? frame.px(2) : frame.px(1);
    frame.canvas.shape({block.x - by, block.y - by, block.width + 2 * by, block.height + 2 * by},
                       {.fill = {},
                        .border = focused ? frame.theme.focus : frame.theme.text,
                        .rounding = frame.px(2),
                        .thickness = by});
}

void hatch(Frame& frame, Rect area, Color color)
{
    float const step = frame.px(5);
    for (float x = area.x - area.height; x < area.right(); x += step) {
        float const from = std::max(x, area.x);
        float const to = std::min(x + area.height, area.right());
        if (to > from)
            frame.canvas.line({from, area.bottom() - (from - x)}, {to, area.bottom() - (to - x)},
                              color, frame.px(1));
    }
}

// Shares of the classes, always in the same order from the bottom up.
void draw_shares(Frame& frame, Rect column, ClassCounts const& counts)
{
    std::uint32_t total = 0;
    for (std::uint32_t const count : counts)
        total += count;
    float y = column.bottom();
    for (std::size_t place = 0; place < class_count && total != 0; ++place) {
        if (counts[place] == 0)
            continue;
        float const height =
            column.height * static_cast<float>(counts[place]) / static_cast<float>(total);
        frame.canvas.shape({column.x, y - height, column.width, height},
                           {.fill = frame.theme.classes[place], .border = {}});
        y -= height;
    }
}

// Where a halted CPU waits: from the exit to whatever wakes it, on an axis of time.
void draw_wait(TimelineTrack const& track, TimelineItem const& item, float next_x)
{
    Moment const& moment = track.trace().moments()[item.first];
    bool const waits = moment.is_exit() && moment.kind == trace::ExitKind::halt;
    bool const timed = track.session().view.strip_axis != StripAxis::order;
    float const from = track.area.x + item.x + item.width;
    float const to = std::min(next_x, track.area.right());
    if (!waits || !timed || to - from < track.frame.px(3))
        return;
    hatch(track.frame,
          {from, track.area.y + track.area.height * 0.3F, to - from, track.area.height * 0.4F},
          track.frame.theme.of(ExitClass::halt));
}

// The numbered sub-steps of an exit, each with the letter of whoever did it.
void draw_steps(TimelineTrack const& track, Rect area, MomentIndex row)
{
    Frame& frame = track.frame;
    Inspection const inspection = inspect(track.trace(), row);
    auto const count = static_cast<float>(std::max<std::size_t>(1, inspection.steps.size()));
    float const width = area.width / count;
    bool const on_kvm = track.trace().catalogue().on_kvm();
    for (std::size_t number = 0; number < inspection.steps.size(); ++number) {
        Step const& step = inspection.steps[number];
        bool const lit =
            row == track.session().moment() && track.session().focus().step == number + 1;
        Rect const cell{area.x + static_cast<float>(number) * width, area.y, width - frame.px(1),
                        area.height};
        frame.canvas.shape(cell, {.fill = lit ? frame.theme.focus_fill : frame.theme.raised,
                                  .border = lit ? frame.theme.focus : Color{},
                                  .rounding = frame.px(1)});
        std::string_view const actor = actor_title(step.actor, on_kvm);
        frame.write_middle(cell, Face::small, frame.theme.dim,
                           width > frame.px(64)
                               ? frame.cut(Face::small, step.title, width - frame.px(4))
                               : std::string(actor.substr(0, 1)));
        frame.explain(cell, fmt::format("{}. {}", number + 1, step.title),
                      fmt::format("{}: {}", actor, step.detail));
        if (frame.clicked(fmt::format("Timeline/Row {}/Step {}", row, number + 1), cell)) {
            track.session().focus_moment(row, FocusHistory::Move::jump);
            track.session().focus_step(number + 1);
        }
    }
}

void draw_open_block(TimelineTrack const& track, Rect block, Moment const& moment, MomentIndex row)
{
    Frame& frame = track.frame;
    Color const color = frame.theme.of(moment.exit_class);
    float const share = moment.is_exit() ? 0.5F : 1.0F; // the rest is for its sub-steps
    Rect const head{block.x, block.y, block.width, block.height * share};
    frame.canvas.shape(head, {.fill = color, .border = {}, .rounding = frame.px(2)});
    std::string const text = fmt::format("{}  {} {}", letter_of(moment.exit_class),
                                         short_kind(moment), what_text(track.trace(), moment));
    float const y = head.y + (head.height - frame.canvas.measure(Face::small, "X").height) / 2;
    frame.write_cut({head.x + frame.px(5), y}, head.width - frame.px(10), Face::small,
                    ink_on(color), text);
    if (moment.is_exit())
        draw_steps(track, {block.x, head.bottom() + 1, block.width, block.height * 0.5F - 1}, row);
}

void draw_block(TimelineTrack const& track, TimelineItem const& item, Rect block)
{
    Frame& frame = track.frame;
    Session& session = track.session();
    Moment const& moment = track.trace().moments()[item.first];
    bool const lost = moment.event == trace::Dropped::id;
    Color const color = frame.theme.of(moment.exit_class);
    if (!moment.is_exit()) // what lies between exits is lower
        block = {block.x, block.y + block.height * 0.35F, block.width, block.height * 0.65F};
    if (lost) {
        frame.canvas.shape(block, {.fill = {}, .border = frame.theme.bad, .rounding = 0});
        hatch(frame, block, frame.theme.bad);
    } else if (item.detail == Detail::sub_steps) {
        draw_open_block(track, block, moment, item.first);
    } else {
        frame.canvas.shape(
            block, {.fill = session.passes(item.first) ? color : color.faded(0.25F), .border = {}});
        std::string_view const letter(&text_of(moment.exit_class).letter, 1);
        if (block.width >= frame.px(9))
            frame.write_middle(block, Face::letter, ink_on(color), letter);
    }
    draw_outline(track, block, item.first == session.moment());
    frame.explain(
        block, fmt::format("{} {}", kind_name(moment), what_text(track.trace(), moment)),
        fmt::format("Row {}, sequence number {}, at {}{}.", item.first + 1, moment.seq,
                    duration(moment.time),
                    moment.cost != 0 ? ", took " + duration(moment.cost) + " of the host" : ""));
    frame.items.add(fmt::format("Timeline/Row {}", item.first), block);
}

void draw_folded(TimelineTrack const& track, TimelineItem const& item, Rect block)
{
    Frame& frame = track.frame;
    MomentIndex const focus = track.session().moment();
    draw_shares(frame, block, item.classes);
    std::string const count = fmt::format("{}", item.count);
    auto const most = std::max_element(item.classes.begin(), item.classes.end());
    Color const ink =
        ink_on(frame.theme.classes[static_cast<std::size_t>(most - item.classes.begin())]);
    if (frame.canvas.measure(Face::small, count).width + frame.px(4) < block.width)
        frame.write_middle(block, Face::small, ink, count);
    std::uint32_t const from = track.lane.position_of(item.first);
    std::uint32_t const at = track.lane.position_of(focus);
    draw_outline(track, block, at >= from && at < from + item.count);
    frame.explain(block, fmt::format("{} rows", item.count),
                  "Too narrow to tell apart here: w or the wheel shows them one by one.");
}

void draw_items(TimelineTrack const& track, std::vector<TimelineItem> const& items)
{
    Frame& frame = track.frame;
    float const gap = frame.px(1);
    for (std::size_t number = 0; number < items.size(); ++number) {
        TimelineItem const& item = items[number];
        float const left = std::max(0.0F, item.x);
        Rect const block{track.area.x + left, track.area.y,
                         std::max(1.0F, std::min(item.x + item.width, track.area.width) - left),
                         track.area.height};
        if (item.detail == Detail::density) {
            draw_shares(frame, block, item.classes);
            continue;
        }
        float const next_x =
            number + 1 < items.size() ? track.area.x + items[number + 1].x : track.area.right();
        draw_wait(track, item, next_x);
        Rect const inner{block.x, block.y, std::max(1.0F, block.width - gap), block.height};
        if (item.detail == Detail::folded && item.count > 1)
            draw_folded(track, item, inner);
        else
            draw_block(track, item, inner);
    }
}

// Losses stay visible however far one zooms out.
void draw_losses(TimelineTrack const& track, TimelineAxis const& axis)
{
    TimelineView const& view = track.session().view.timeline;
    std::vector<RecordIndex> const& losses = track.trace().losses();
    for (std::size_t number = 0; number < std::min<std::size_t>(losses.size(), 400); ++number) {
        double const at = axis.place_of(track.trace().moment_of(losses[number]));
        if (at < view.begin || at > view.end)
            continue;
        float const x =
            track.area.x + static_cast<float>((at - view.begin) / view.span()) * track.area.width;
        Rect const gap{x, track.area.y, track.frame.px(6), track.area.height};
        track.frame.canvas.shape(gap, {.fill = track.frame.theme.background, .border = {}});
        hatch(track.frame, gap, track.frame.theme.bad);
    }
}

} // namespace

void draw_timeline_lane(TimelineTrack const& track, TimelineAxis const& axis)
{
    Frame& frame = track.frame;
    TimelineView const& view = track.session().view.timeline;
    float const middle = track.area.y + track.area.height / 2;
    frame.canvas.line({track.area.x, middle}, {track.area.right(), middle}, frame.theme.faint,
                      frame.px(1));
    TimelineScale const scale{track.area.width, frame.px(2), frame.px(3), frame.px(9),
                              frame.px(96)};
    std::vector<TimelineItem> const items =
        timeline_items(track.trace(), track.lane, axis, view, scale);
    draw_items(track, items);
    if (!items.empty() && items.front().detail == Detail::density)
        draw_losses(track, axis);
    double const focus = axis.place_of(track.session().moment());
    bool const dense = !items.empty() && items.front().detail == Detail::density;
    if (dense && focus >= view.begin && focus <= view.end) {
        float const x = track.area.x +
                        static_cast<float>((focus - view.begin) / view.span()) * track.area.width;
        frame.canvas.line({x, track.area.y - frame.px(2)}, {x, track.area.bottom() + frame.px(2)},
                          frame.theme.focus, frame.px(2));
    }
}

} // namespace ringside::visualizer

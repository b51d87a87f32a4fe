// The exit timeline: a ruler and a lane for each vCPU. A thin line is the guest running, a block is
// the VMM at work, hatching a halted CPU: the share of ink is the overhead.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/panels/bookmark_flags.hpp"
#include "visualizer/panels/timeline_lane.hpp"

namespace ringside::visualizer {

namespace {

constexpr std::size_t most_lanes = 6;

std::string mark_text(StripAxis kind, double place)
{
    auto const value = static_cast<std::uint64_t>(place);
    return kind == StripAxis::order ? grouped(value) : duration(value);
}

void draw_ruler(Frame& frame, Rect area, TimelineAxis const& axis)
{
    TimelineView const& view = frame.session.view.timeline;
    double const step = ruler_step(view.span(), area.width / frame.px(110));
    float const y = area.y;
    for (double mark = std::ceil(view.begin / step) * step; mark < view.end; mark += step) {
        float const x = area.x + static_cast<float>((mark - view.begin) / view.span()) * area.width;
        frame.canvas.line({x, area.bottom() - frame.px(4)}, {x, area.bottom()}, frame.theme.dim,
                          frame.px(1));
        std::string const text = mark_text(axis.kind(), mark);
        if (x + frame.canvas.measure(Face::small, text).width < area.right())
            frame.write({x + frame.px(3), y}, Face::small, frame.theme.dim, text);
    }
}

// A bracket from the row that was marked to the Focus; it snaps to rows, whatever the zoom.
void draw_measure(Frame& frame, Rect area, TimelineAxis const& axis)
{
    Session const& session = frame.session;
    std::optional<MomentIndex> const from = session.view.measured_from;
    if (!from || *from >= session.trace().moments().size())
        return;
    TimelineView const& view = session.view.timeline;
    auto const pixel = [&](MomentIndex row) {
        double const share = (axis.place_of(row) - view.begin) / view.span();
        return area.x + static_cast<float>(std::clamp(share, 0.0, 1.0)) * area.width;
    };
    float const left = std::min(pixel(*from), pixel(session.moment()));
    float const right = std::max(pixel(*from), pixel(session.moment()));
    float const y = area.bottom() - frame.px(2);
    for (float const x : {left, right})
        frame.canvas.line({x, area.y}, {x, area.bottom() + frame.px(3)}, frame.theme.changed,
                          frame.px(1.5F));
    frame.canvas.line({left, y}, {right, y}, frame.theme.changed, frame.px(1.5F));
    std::string const text = distance_text(session.trace(), *from, session.moment());
    float const width = frame.canvas.measure(Face::small, text).width + frame.px(8);
    float const x = std::clamp((left + right - width) / 2, area.x, area.right() - width);
    Rect const label{x, area.y, width, frame.px(14)};
    frame.canvas.shape(label, {.fill = frame.theme.background, .border = {}});
    frame.write_middle(label, Face::small, frame.theme.changed, text);
}

// The wheel zooms around the mouse; a drag pans, and with it ends following. True: the mouse was
// released where it went down, which is a click.
bool steer(Frame& frame, Rect area, TimelineAxis const& axis)
{
    ViewState& view = frame.session.view;
    double const share = (frame.mouse.x - area.x) / area.width;
    double const under_mouse = view.timeline.begin + share * view.timeline.span();
    bool const inside = frame.hovers(area);
    if (inside && frame.mouse.wheel != 0)
        zoom(view.timeline, axis, std::pow(0.8, static_cast<double>(frame.mouse.wheel)),
             under_mouse);
    if (inside && frame.mouse.clicked) {
        view.timeline_grip = under_mouse;
        view.timeline_dragged = false;
    }
    if (!view.timeline_grip)
        return false;
    double const moved = (*view.timeline_grip - under_mouse) / view.timeline.span();
    if (std::abs(moved) * static_cast<double>(area.width) > 4 || view.timeline_dragged) {
        view.timeline_dragged = true;
        frame.session.set_follow(false);
        pan(view.timeline, axis, moved);
    }
    if (frame.mouse.down)
        return false;
    view.timeline_grip.reset();
    return inside && !view.timeline_dragged;
}

// The row under the mouse becomes the Focus.
void take_click(Frame& frame, TimelineTrack const& track, TimelineAxis const& axis)
{
    if (!frame.hovers(track.area))
        return;
    TimelineView const& view = frame.session.view.timeline;
    double const share = (frame.mouse.x - track.area.x) / track.area.width;
    MomentIndex const after = axis.first_at(view.begin + share * view.span());
    std::uint32_t position = track.lane.position_of(after);
    bool const exact = position < track.lane.size() &&
                       axis.place_of(track.lane.rows[position]) == view.begin + share * view.span();
    if (position > 0 && !exact)
        --position;
    bool const there = position < track.lane.size();
    if (there && track.lane.rows[position] != frame.session.moment()) // else its step stays chosen
        frame.session.focus_moment(track.lane.rows[position], FocusHistory::Move::jump);
}

// Whether what comes next moves the picture.
void say_what_follows(Frame& frame, Rect area)
{
    Session const& session = frame.session;
    if (session.connection == Connection::replay)
        return;
    frame.write_right({area.right(), area.y}, Face::small,
                      session.follow() ? frame.theme.good : frame.theme.changed,
                      session.follow() ? "following the newest" : "stays here; l follows again");
}

float lane_height(Frame const& frame)
{
    return frame.px(30);
}

} // namespace

float timeline_height(Session const& session, float scale)
{
    std::size_t const lanes =
        std::clamp<std::size_t>(session.trace().lanes().all().size(), 1, most_lanes);
    return std::round((20 + 36 * static_cast<float>(lanes)) * scale);
}

void draw_timeline(Frame& frame, Rect area)
{
    Session& session = frame.session;
    std::vector<Lane> const& lanes = session.trace().lanes().all();
    if (lanes.empty() || session.moment() == no_moment)
        return;
    float const pad = frame.px(10);
    float const names = frame.px(52);
    Rect const inside{area.x + pad + names, area.y, area.width - 2 * pad - names, area.height};
    TimelineAxis const axis(session.trace(), session.view.strip_axis);
    if (session.view.timeline.shown != session.moment()) {
        double const rows = inside.width / frame.px(19);
        double const all = std::max(1.0, static_cast<double>(session.trace().moments().size()));
        show_row(session.view.timeline, axis, session.moment(), axis.length() * rows / all);
    }
    frame.items.add("Timeline", inside);
    bool const clicked = steer(frame, inside, axis);
    draw_ruler(frame, {inside.x, area.y, inside.width, frame.px(16)}, axis);
    float y = area.y + frame.px(19);
    for (std::size_t number = 0; number < std::min(lanes.size(), most_lanes); ++number) {
        TimelineTrack const track{
            frame, lanes[number], {inside.x, y, inside.width, lane_height(frame)}};
        frame.write({area.x + pad, y + frame.px(8)}, Face::small, frame.theme.dim,
                    fmt::format("vCPU {}", lanes[number].vcpu));
        if (clicked)
            take_click(frame, track, axis);
        draw_timeline_lane(track, axis);
        y += frame.px(36);
    }
    TimelineView const& view = session.view.timeline;
    draw_bookmark_flags(frame, "Timeline",
                        {inside.x, area.y + frame.px(3), inside.width, frame.px(16)},
                        [&](MomentIndex row) {
                            double const share = (axis.place_of(row) - view.begin) / view.span();
                            return inside.x + static_cast<float>(share) * inside.width;
                        });
    draw_measure(frame, {inside.x, area.y, inside.width, frame.px(16)}, axis);
    say_what_follows(frame, {inside.x, area.y, inside.width, frame.px(16)});
    frame.hairline({area.x, area.bottom() - 1, area.width, 1});
}

} // namespace ringside::visualizer

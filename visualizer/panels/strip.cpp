// The strip on top: the whole trace as columns of class shares, with markers and losses, and the
// part of it that the timeline below shows.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/row_text.hpp"
#include "visualizer/panels/bookmark_flags.hpp"

namespace ringside::visualizer {

namespace {

// The whole trace across the strip.
struct Axis {
    TraceModel const& trace;
    TimelineAxis places;
    Rect area;

    double place_at(float x) const
    {
        double const share = std::clamp(static_cast<double>(x - area.x) / area.width, 0.0, 1.0);
        return share * places.length();
    }
    MomentIndex moment_at(float x) const { return places.first_at(place_at(x)); }
    float pixel_of(double place) const
    {
        return area.x + static_cast<float>(place / places.length()) * area.width;
    }
    float place_of(MomentIndex moment) const { return pixel_of(places.place_of(moment)); }
};

std::uint32_t sum(ClassCounts const& counts)
{
    return std::accumulate(counts.begin(), counts.end(), 0U);
}

void draw_column(Frame& frame, Rect area, ClassCounts const& counts)
{
    std::uint32_t const total = sum(counts);
    if (total == 0)
        return;
    float y = area.bottom();
    for (std::size_t place = 0; place < class_count; ++place) {
        if (counts[place] == 0)
            continue;
        float const height =
            area.height * static_cast<float>(counts[place]) / static_cast<float>(total);
        frame.canvas.shape({area.x, y - height, area.width, height},
                           {.fill = frame.theme.classes[place], .border = {}});
        y -= height;
    }
}

void draw_density(Frame& frame, Axis const& axis)
{
    TraceModel const& trace = axis.trace;
    auto const columns = static_cast<unsigned>(std::max(1.0F, axis.area.width / frame.px(3)));
    float const width = axis.area.width / static_cast<float>(columns);
    std::vector<ClassCounts> counts;
    std::uint32_t most = 1;
    MomentIndex begin = 0;
    for (unsigned column = 0; column < columns; ++column) {
        float const x = axis.area.x + static_cast<float>(column) * width;
        MomentIndex end =
            column + 1 == columns ? trace.moments().size() : axis.moment_at(x + width);
        // With fewer rows than columns a row is as wide as several of them.
        MomentIndex const shown_end =
            axis.places.kind() == StripAxis::order ? std::max(end, begin + 1) : end;
        counts.push_back(trace.density().between(begin, shown_end));
        most = std::max(most, sum(counts.back()));
        begin = end;
    }
    // By order every column holds as many rows; by time the height tells how many, a tenth of them
    // still visibly.
    for (unsigned column = 0; column < columns; ++column) {
        bool const timed = axis.places.kind() != StripAxis::order;
        float const share = timed ? std::log1p(static_cast<float>(sum(counts[column]))) /
                                        std::log1p(static_cast<float>(most))
                                  : 1.0F;
        float const height = axis.area.height * share;
        draw_column(frame,
                    {axis.area.x + static_cast<float>(column) * width, axis.area.bottom() - height,
                     width, height},
                    counts[column]);
    }
}

// Flags of markers along the top, hatching where records were lost.
void draw_signs(Frame& frame, Axis const& axis)
{
    TraceModel const& trace = axis.trace;
    static constexpr std::size_t enough = 400;
    static constexpr std::size_t readable = 80; // more flags than this are a white noise
    bool const crowded = trace.markers().size() > readable;
    Color const ink = crowded ? frame.theme.faint : frame.theme.text;
    std::size_t const stride = std::max<std::size_t>(1, trace.markers().size() / readable);
    for (std::size_t number = 0; number < trace.markers().size(); number += stride) {
        float const x = axis.place_of(trace.moment_of(trace.markers()[number]));
        float const top = axis.area.y - frame.px(6);
        std::array<Point, 3> const flag = {
            Point{x, top}, {x + frame.px(6), top + frame.px(3)}, {x, top + frame.px(6)}};
        frame.canvas.polygon(flag, ink);
        frame.canvas.line({x, top}, {x, axis.area.y}, ink, frame.px(1));
        Rect const reach{x - frame.px(3), top - frame.px(2), frame.px(11), frame.px(11)};
        if (!frame.hovers(reach)) // the record is read from the file only when asked for
            continue;
        if (auto const marker = trace.records().get<trace::Marker>(trace.markers()[number]))
            frame.explain(reach, "marker", printable(marker->text.text()));
    }
    for (std::size_t number = 0; number < std::min(trace.losses().size(), enough); ++number) {
        float const x = axis.place_of(trace.moment_of(trace.losses()[number]));
        Rect const gap{x, axis.area.y, frame.px(6), axis.area.height};
        frame.canvas.shape(gap, {.fill = frame.theme.background, .border = {}});
        for (float y = gap.y; y < gap.bottom(); y += frame.px(4))
            frame.canvas.line({gap.x, y + frame.px(4)}, {gap.right(), y}, frame.theme.bad,
                              frame.px(1));
        frame.explain(gap, "lost", "Records are missing here.");
    }
}

// The part that the timeline below shows.
void draw_window(Frame& frame, Axis const& axis)
{
    TimelineView const& view = frame.session.view.timeline;
    float const left = axis.pixel_of(view.begin);
    float const right = std::max(axis.pixel_of(view.end), left + frame.px(4));
    Rect const& area = axis.area;
    Color const shade = frame.theme.background.faded(0.55F);
    frame.canvas.shape({area.x, area.y, left - area.x, area.height}, {.fill = shade, .border = {}});
    frame.canvas.shape({right, area.y, area.right() - right, area.height},
                       {.fill = shade, .border = {}});
    frame.canvas.shape({left, area.y - frame.px(1), right - left, area.height + frame.px(2)},
                       {.fill = {},
                        .border = frame.theme.text,
                        .rounding = frame.px(2),
                        .thickness = frame.px(1)});
}

// Holding the mouse down moves the timeline there, and the Focus with it.
void draw_overview(Frame& frame, Rect area)
{
    Session& session = frame.session;
    Axis const axis{session.trace(), TimelineAxis(session.trace(), session.view.strip_axis), area};
    draw_density(frame, axis);
    if (session.moment() != no_moment) {
        draw_window(frame, axis);
        float const x = axis.place_of(session.moment());
        frame.canvas.line({x + 0.5F, area.y - frame.px(3)}, {x + 0.5F, area.bottom() + frame.px(3)},
                          frame.theme.focus, frame.px(2));
    }
    draw_signs(frame, axis);
    draw_bookmark_flags(frame, "Strip",
                        {area.x, area.y - frame.px(12), area.width, area.height + frame.px(12)},
                        [&](MomentIndex row) { return axis.place_of(row); });
    frame.items.add("Strip/Overview", area);
    MomentIndex const count = session.trace().moments().size();
    if (frame.mouse.down && frame.hovers(area) && count > 0)
        session.focus_moment(std::min(axis.moment_at(frame.mouse.x), count - 1),
                             FocusHistory::Move::step);
}

std::string axis_text(Session const& session)
{
    switch (session.view.strip_axis) {
    case StripAxis::order:
        break;
    case StripAxis::time:
        return fmt::format("axis: virtual time, 0 to {} (o)", duration(session.trace().end_time()));
    case StripAxis::host:
        return fmt::format("axis: time of the host, 0 to {} (o)",
                           duration(session.trace().moments().latest_host()));
    }
    return "axis: order, each row as wide (o)";
}

// What the colours and letters mean, with how many there are of each.
void draw_legend(Frame& frame, Rect area)
{
    ClassCounts const& totals = frame.session.trace().density().totals();
    float x = area.x;
    for (ExitClass const each : all_classes) {
        std::uint32_t const count = totals[static_cast<std::size_t>(each)];
        if (count == 0)
            continue;
        float const side = frame.px(14);
        frame.chip({x, area.y + (area.height - side) / 2, side, side}, each, true);
        x += side + frame.px(5);
        float const y = area.y + (area.height - frame.canvas.measure(Face::small, "X").height) / 2;
        x += frame.write({x, y}, Face::small, frame.theme.dim,
                         fmt::format("{} {}", text_of(each).name, grouped(count)));
        x += frame.px(14);
    }
    frame.write_right(
        {area.right(), area.y + (area.height - frame.canvas.measure(Face::small, "X").height) / 2},
        Face::small, frame.theme.dim, axis_text(frame.session));
}

} // namespace

void draw_strip(Frame& frame, Rect area)
{
    float const pad = frame.px(10);
    Rect const inside{area.x + pad, area.y, area.width - 2 * pad, area.height};
    draw_legend(frame, {inside.x, inside.y, inside.width, frame.px(20)});
    draw_overview(frame, {inside.x, inside.y + frame.px(26), inside.width, frame.px(20)});
}

} // namespace ringside::visualizer

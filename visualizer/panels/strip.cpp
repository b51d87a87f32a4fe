// The strip on top. Above, the whole trace: columns of class shares, with markers and losses.
// Below, the neighbourhood of the Focus, each row one tile of the same width: an ordinal axis, because two
// microseconds and ten milliseconds never fit one line.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/row_text.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

// From a place on the strip to a row and back, by order or by time.
struct Axis {
    TraceModel const& trace;
    StripAxis kind;
    Rect area;

    MomentIndex moment_at(float x) const
    {
        Moments const& moments = trace.moments();
        double const share = std::clamp(static_cast<double>(x - area.x) / area.width, 0.0, 1.0);
        if (kind == StripAxis::order)
            return static_cast<MomentIndex>(share * moments.size());
        auto const wanted =
            static_cast<std::uint64_t>(share * static_cast<double>(trace.end_time() + 1));
        return first_at(wanted);
    }
    MomentIndex first_at(std::uint64_t time) const
    {
        MomentIndex low = 0;
        MomentIndex high = trace.moments().size();
        while (low < high) {
            MomentIndex const middle = low + (high - low) / 2;
            if (trace.moments()[middle].time < time)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
    float place_of(MomentIndex moment) const
    {
        double const share =
            kind == StripAxis::order
                ? static_cast<double>(moment) / std::max(1U, trace.moments().size())
                : static_cast<double>(trace.moments()[moment].time) /
                      static_cast<double>(std::max<std::uint64_t>(1, trace.end_time()));
        return area.x + static_cast<float>(share) * area.width;
    }
};

void draw_column(Frame& frame, Rect area, ClassCounts const& counts)
{
    std::uint32_t total = 0;
    for (std::uint32_t const count : counts)
        total += count;
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
    MomentIndex begin = 0;
    for (unsigned column = 0; column < columns; ++column) {
        float const x = axis.area.x + static_cast<float>(column) * width;
        MomentIndex end =
            column + 1 == columns ? trace.moments().size() : axis.moment_at(x + width);
        // With fewer rows than columns a row is as wide as several of them.
        MomentIndex const shown_end =
            axis.kind == StripAxis::order ? std::max(end, begin + 1) : end;
        draw_column(frame, {x, axis.area.y, width, axis.area.height},
                    trace.density().between(trace.moments(), begin, shown_end));
        begin = end;
    }
}

// Flags of markers along the top, hatching where records were lost.
void draw_signs(Frame& frame, Axis const& axis)
{
    TraceModel const& trace = axis.trace;
    static constexpr std::size_t enough = 400;
    std::size_t const stride = std::max<std::size_t>(1, trace.markers().size() / enough);
    for (std::size_t number = 0; number < trace.markers().size(); number += stride) {
        float const x = axis.place_of(trace.moment_of(trace.markers()[number]));
        float const top = axis.area.y - frame.px(6);
        std::array<Point, 3> const flag = {
            Point{x, top}, {x + frame.px(6), top + frame.px(3)}, {x, top + frame.px(6)}};
        frame.canvas.polygon(flag, frame.theme.text);
        frame.canvas.line({x, top}, {x, axis.area.y}, frame.theme.text, frame.px(1));
        if (auto const marker = trace.records().get<trace::Marker>(trace.markers()[number]))
            frame.explain({x - frame.px(3), top - frame.px(2), frame.px(11), frame.px(11)},
                          "marker", printable(marker->text.text()));
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

void draw_overview(Frame& frame, Rect area)
{
    Session& session = frame.session;
    Axis const axis{session.trace(), session.view.strip_axis, area};
    draw_density(frame, axis);
    draw_signs(frame, axis);
    if (session.moment() != no_moment) {
        float const x = axis.place_of(session.moment());
        frame.canvas.line({x + 0.5F, area.y - frame.px(3)}, {x + 0.5F, area.bottom() + frame.px(3)},
                          frame.theme.focus, frame.px(2));
    }
    frame.items.add("Strip/Overview", area);
    if (frame.mouse.down && frame.hovers(area) && session.trace().moments().size() > 0)
        session.focus_moment(
            std::min(axis.moment_at(frame.mouse.x), session.trace().moments().size() - 1),
            FocusHistory::Move::step);
}

float tile_step(Frame const& frame)
{
    return frame.px(19);
}

void draw_tile(Frame& frame, Rect area, MomentIndex index)
{
    Session& session = frame.session;
    Moment const& moment = session.trace().moments()[index];
    bool const focused = index == session.moment();
    Rect tile = area;
    if (!moment.is_exit()) // what lies between exits is lower
        tile = {area.x, area.y + area.height * 0.35F, area.width, area.height * 0.65F};
    Color const color = frame.theme.of(moment.exit_class);
    bool const passes = session.passes(index);
    frame.canvas.shape(tile, {.fill = passes ? color : color.faded(0.25F), .border = {}});
    std::string_view const letter(&text_of(moment.exit_class).letter, 1);
    frame.write_middle(tile, Face::letter, passes ? ink_on(color) : frame.theme.dim, letter);
    if (focused)
        frame.canvas.shape({area.x - frame.px(2), area.y - frame.px(2), area.width + frame.px(4),
                            area.height + frame.px(4)},
                           {.fill = {},
                            .border = frame.theme.focus,
                            .rounding = frame.px(2),
                            .thickness = frame.px(2)});
    frame.explain(area, fmt::format("{} {}", kind_name(moment), what_text(session.trace(), moment)),
                  fmt::format("Sequence number {}, at {}.", moment.seq, duration(moment.time)));
    if (frame.clicked(fmt::format("Strip/Tile {}", index), area))
        session.focus_moment(index, FocusHistory::Move::jump);
}

struct Stretch {
    MomentIndex begin = 0;
    MomentIndex end = 0;
};

// As many rows as fit, the Focus in the middle where the trace is long enough.
Stretch neighbourhood(Frame& frame, Rect area)
{
    Session const& session = frame.session;
    MomentIndex const count = session.trace().moments().size();
    auto const room = static_cast<MomentIndex>(std::max(1.0F, area.width / tile_step(frame)));
    MomentIndex begin = session.moment() > room / 2 ? session.moment() - room / 2 : 0;
    if (begin + room > count)
        begin = count > room ? count - room : 0;
    return {begin, std::min(count, begin + room)};
}

void draw_tiles(Frame& frame, Rect area, Stretch shown)
{
    float const step = tile_step(frame);
    for (MomentIndex index = shown.begin; index < shown.end; ++index)
        draw_tile(frame,
                  {area.x + static_cast<float>(index - shown.begin) * step, area.y,
                   step - frame.px(2), area.height},
                  index);
}

// Which part of the whole the tiles below show.
void draw_bracket(Frame& frame, Rect overview, Stretch shown)
{
    Axis const axis{frame.session.trace(), frame.session.view.strip_axis, overview};
    float const left = axis.place_of(shown.begin);
    MomentIndex const count = frame.session.trace().moments().size();
    float const right = shown.end < count ? axis.place_of(shown.end) : overview.right();
    frame.canvas.shape(
        {left, overview.bottom() + frame.px(2), std::max(right - left, frame.px(3)), frame.px(2)},
        {.fill = frame.theme.dim, .border = {}});
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
    bool const order = frame.session.view.strip_axis == StripAxis::order;
    std::string const axis = order ? "axis: order of events (o: time)"
                                   : fmt::format("axis: virtual time, 0 to {} (o: order)",
                                                 duration(frame.session.trace().end_time()));
    frame.write_right(
        {area.right(), area.y + (area.height - frame.canvas.measure(Face::small, "X").height) / 2},
        Face::small, frame.theme.dim, axis);
}

} // namespace

void draw_strip(Frame& frame, Rect area)
{
    float const pad = frame.px(10);
    Rect const inside{area.x + pad, area.y, area.width - 2 * pad, area.height};
    draw_legend(frame, {inside.x, inside.y, inside.width, frame.px(20)});
    Rect const overview{inside.x, inside.y + frame.px(25), inside.width, frame.px(24)};
    Rect const tiles{inside.x, inside.y + frame.px(59), inside.width, frame.px(20)};
    draw_overview(frame, overview);
    if (frame.session.moment() != no_moment) {
        Stretch const shown = neighbourhood(frame, tiles);
        draw_bracket(frame, overview, shown);
        draw_tiles(frame, tiles, shown);
    }
    frame.hairline({area.x, area.bottom() - 1, area.width, 1});
}

} // namespace ringside::visualizer

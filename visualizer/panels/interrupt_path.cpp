// The way of one interrupt as a row of stations: part of the inspector for rows of class Q.
#include <array>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/interrupt_path.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

// How long after the first station, in virtual time.
std::string since_text(Session const& session, InterruptPath const& path, Station const& station)
{
    RecordStore const& records = session.trace().records();
    RecordIndex const start = path.stations[0].record;
    if (station.record == no_record || start == no_record || station.record == start)
        return {};
    std::uint64_t const from = records.head(start).time;
    std::uint64_t const to = records.head(station.record).time;
    return to <= from ? "at once" : "+" + duration(to - from);
}

void draw_station(Frame& frame, Rect area, InterruptPath const& path, std::size_t number)
{
    Session& session = frame.session;
    Theme const& theme = frame.theme;
    Station const& station = path.stations[number];
    bool const known = station.record != no_record;
    Moment const& moment = session.trace().moments()[session.moment()];
    bool const here = known && station.record >= moment.first && station.record <= moment.last;
    Color const fill = here                          ? theme.focus_fill
                       : known && frame.hovers(area) ? theme.hovered
                       : known                       ? theme.raised
                                                     : Color{};
    frame.canvas.shape(
        area, {.fill = fill, .border = here ? theme.focus : theme.line, .rounding = frame.px(4)});
    float const x = area.x + frame.px(8);
    float const width = area.width - frame.px(16);
    frame.write_cut({x, area.y + frame.px(6)}, width, Face::bold, known ? theme.text : theme.faint,
                    station.name);
    frame.write_cut({x, area.y + frame.px(24)}, width, Face::detail,
                    known ? theme.dim : theme.faint, station.detail);
    frame.write_cut({x, area.y + frame.px(40)}, width, Face::detail, theme.faint,
                    since_text(session, path, station));
    if (frame.clicked(fmt::format("Inspector/Station {}", number), area) && known)
        session.focus_record(station.record);
}

} // namespace

float draw_interrupt_path(Frame& frame, Rect area)
{
    Session const& session = frame.session;
    auto const path =
        interrupt_path(session.trace(), session.trace().moments()[session.moment()].first);
    if (!path || area.height < frame.px(150))
        return 0;
    frame.write({area.x, area.y}, Face::bold, frame.theme.dim,
                "The way of this interrupt, from the device's line to its end");
    float const gap = frame.px(16);
    auto const count = static_cast<float>(path->stations.size());
    float const width = (area.width - gap * (count - 1)) / count;
    float const top = area.y + frame.px(24);
    float const height = frame.px(60);
    for (std::size_t number = 0; number < path->stations.size(); ++number) {
        float const x = area.x + static_cast<float>(number) * (width + gap);
        if (number > 0) {
            bool const reached = path->stations[number].record != no_record;
            Color const color = reached ? frame.theme.dim : frame.theme.line;
            float const middle = top + height / 2;
            frame.canvas.line({x - gap, middle}, {x, middle}, color, frame.px(1.5F));
            std::array<Point, 3> const head = {Point{x - frame.px(1), middle},
                                               {x - frame.px(6), middle - frame.px(4)},
                                               {x - frame.px(6), middle + frame.px(4)}};
            frame.canvas.polygon(head, color);
        }
        draw_station(frame, {x, top, width, height}, *path, number);
    }
    return frame.px(106);
}

} // namespace ringside::visualizer

// The line at the bottom: whether this is live, what runs it, where the Focus is, what was lost.
#include <algorithm>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

float draw_badge(Frame& frame, Rect area)
{
    Session const& session = frame.session;
    Theme const& theme = frame.theme;
    Color const color = session.connection == Connection::live     ? theme.good
                        : session.connection == Connection::paused ? theme.changed
                                                                   : theme.dim;
    std::string_view const name = name_of(session.connection);
    float const width = frame.canvas.measure(Face::bold, name).width + frame.px(14);
    Rect const badge{area.x, area.y + frame.px(3), width, area.height - frame.px(6)};
    frame.canvas.shape(badge, {.fill = {}, .border = color, .rounding = frame.px(3)});
    frame.write_middle(badge, Face::bold, color, name);
    frame.items.add("Status/Connection", badge);
    frame.explain(badge, name,
                  session.connection == Connection::replay
                      ? "A recorded run: nothing is running."
                      : "A machine is running, and this window is connected to it.");
    return badge.right();
}

std::string position_text(Session const& session)
{
    if (session.moment() == no_moment)
        return "no row";
    Moment const& moment = session.trace().moments()[session.moment()];
    return fmt::format("row {} of {}   seq {}   vCPU {}   {}", grouped(session.moment() + 1),
                       grouped(session.trace().moments().size()), session.focus().seq, moment.vcpu,
                       duration(moment.time));
}

std::string trace_text(Session const& session)
{
    TraceModel const& trace = session.trace();
    std::string text;
    if (auto const& machine = trace.catalogue().machine())
        text = fmt::format("{}   clock: {}   ", trace::name_of(machine->backend),
                           trace::name_of(machine->clock));
    return text + fmt::format("{} events", grouped(trace.records().size()));
}

} // namespace

void draw_status_bar(Frame& frame, Rect area)
{
    Session const& session = frame.session;
    TraceModel const& trace = session.trace();
    Theme const& theme = frame.theme;
    frame.hairline({area.x, area.y, area.width, 1});
    float const y = area.y + (area.height - frame.text_height()) / 2;
    float const gap = frame.px(18);
    float x = draw_badge(frame, {area.x + frame.px(10), area.y, 0, area.height}) + gap;
    x += frame.write({x, y}, Face::text, theme.dim, trace_text(session)) + gap;

    std::uint64_t const lost = trace.dropped() + trace.not_kept();
    std::string drops = fmt::format("drops {}", grouped(lost));
    if (trace.missed() != 0)
        drops += fmt::format("   {} before we came", grouped(trace.missed()));
    frame.explain({x, area.y, frame.canvas.measure(Face::text, drops).width, area.height}, "Drops",
                  fmt::format("{} records lost on the way, {} told before this window came, {} not "
                              "kept here for lack of memory.",
                              grouped(trace.dropped()), grouped(trace.missed()),
                              grouped(trace.not_kept())));
    x += frame.write({x, y}, Face::text, lost == 0 ? theme.dim : theme.bad, drops) + gap;
    x += frame.write({x, y}, Face::text, theme.text, position_text(session)) + gap;

    std::string_view const hint = "? keys   Ctrl+Shift+P commands";
    float const hint_width = frame.canvas.measure(Face::text, hint).width;
    float right = area.right() - frame.px(10);
    if (right - x > hint_width) {
        frame.write_right({right, y}, Face::text, theme.faint, hint);
        right -= hint_width + gap;
    }
    if (!session.notes.empty() && right - x > frame.px(80)) {
        frame.write_cut({x, y}, right - x, Face::text, theme.changed, session.notes.back());
        frame.explain({x, area.y, right - x, area.height}, "Note", session.notes.back());
    }
}

} // namespace ringside::visualizer

// The line at the bottom: whether this is live, what runs it, where the Focus is, what was lost.
#include <algorithm>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/notebook.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

struct Badge {
    Color color;
    std::string_view name;
    std::string_view meaning;
};

Badge badge_of(Session const& session, Theme const& theme)
{
    switch (session.connection) {
    case Connection::live:
        return {
            theme.good, session.follow() ? "LIVE" : "LIVE, not following",
            "A machine is running, and this window is connected to it. l follows the newest row."};
    case Connection::paused:
        return {
            theme.changed, "PAUSED",
            "A machine stands still, and this window is connected to it. F5 runs on, F10 steps."};
    case Connection::replay:
        break;
    }
    return {theme.dim, "REPLAY", "A recorded run: nothing is running. F10 steps through it."};
}

// Filled while there is a machine, so that it is told from the other side of a lecture hall.
float draw_badge(Frame& frame, Rect area)
{
    Session const& session = frame.session;
    Badge const told = badge_of(session, frame.theme);
    bool const machine = session.connection != Connection::replay;
    float const width = frame.canvas.measure(Face::bold, told.name).width + frame.px(14);
    Rect const badge{area.x, area.y + frame.px(3), width, area.height - frame.px(6)};
    frame.canvas.shape(
        badge,
        {.fill = machine ? told.color : Color{}, .border = told.color, .rounding = frame.px(3)});
    frame.write_middle(badge, Face::bold, machine ? ink_on(told.color) : told.color, told.name);
    frame.items.add("Status/Connection", badge);
    frame.explain(badge, told.name, told.meaning);
    return badge.right();
}

// The bookmarks that are set, each a link.
float draw_bookmarks(Frame& frame, float x, Rect area)
{
    auto const& bookmarks = frame.session.sidecar.bookmarks;
    float const side = frame.px(18);
    for (std::size_t key = 0; key < bookmarks.size(); ++key) {
        if (!bookmarks[key])
            continue;
        Rect const mark{x, area.y + (area.height - side) / 2, side, side};
        bool const here = bookmarks[key]->place == place_of_focus(frame.session);
        if (frame.button(fmt::format("Status/Bookmark {}", key), mark, fmt::format("{}", key), true,
                         here))
            frame.run(fmt::format("bookmark.go-{}", key));
        frame.explain(mark, fmt::format("Bookmark {}", key), bookmarks[key]->label);
        x += side + frame.px(3);
    }
    return x;
}

// What a person wrote on this row comes first, then what the program last had to say.
std::string remark(Session const& session)
{
    if (session.moment() != no_moment)
        if (Note const* note = session.sidecar.note_at(place_of_focus(session)))
            return "note: " + note->text;
    return session.notes.empty() ? std::string() : session.notes.back();
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
    frame.explain_term(
        {x, area.y, frame.canvas.measure(Face::text, drops).width, area.height}, "event.dropped",
        fmt::format("{} records lost on the way, {} told before this window came, {} not "
                    "kept here for lack of memory.",
                    grouped(trace.dropped()), grouped(trace.missed()), grouped(trace.not_kept())));
    x += frame.write({x, y}, Face::text, lost == 0 ? theme.dim : theme.bad, drops) + gap;
    x += frame.write({x, y}, Face::text, theme.text, position_text(session)) + gap;
    x = draw_bookmarks(frame, x, area) + gap / 2;

    std::string_view const hint = "? keys   Ctrl+Shift+P commands";
    float const hint_width = frame.canvas.measure(Face::text, hint).width;
    float right = area.right() - frame.px(10);
    if (right - x > hint_width) {
        frame.write_right({right, y}, Face::text, theme.faint, hint);
        right -= hint_width + gap;
    }
    std::string const said = remark(session);
    if (!said.empty() && right - x > frame.px(80)) {
        frame.write_cut({x, y}, right - x, Face::text, theme.changed, said);
        frame.explain({x, area.y, right - x, area.height}, "Note", said);
    }
}

} // namespace ringside::visualizer

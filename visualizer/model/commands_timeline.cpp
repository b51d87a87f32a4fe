// Commands that move the timeline's view. They move nothing but the view: the Focus stays.
#include "visualizer/model/command.hpp"

#include <utility>

namespace ringside::visualizer {

namespace {

using Run = std::function<std::string(Session&, std::string_view)>;

bool has_rows(Session const& session)
{
    return session.trace().moments().size() > 0;
}

std::string show_focus(Session& session)
{
    constexpr double rows_in_view = 24;
    TimelineView& view = session.view.timeline;
    TimelineAxis const axis(session.trace(), session.view.strip_axis);
    double const all = static_cast<double>(session.trace().moments().size());
    view = {};
    show_row(view, axis, session.moment(), axis.length() * rows_in_view / all);
    return {};
}

// Around the Focus where it is in view, else around the middle.
std::string zoom_by(Session& session, double factor)
{
    TimelineView& view = session.view.timeline;
    if (view.span() <= 0)
        show_focus(session);
    TimelineAxis const axis(session.trace(), session.view.strip_axis);
    double const focus = axis.place_of(session.moment());
    bool const in_view = focus >= view.begin && focus <= view.end;
    zoom(view, axis, factor, in_view ? focus : view.begin + view.span() / 2);
    return {};
}

// Whoever looks around does not want to be carried off by what comes next.
std::string pan_by(Session& session, double share)
{
    if (session.follow() && session.connection == Connection::live)
        session.notes.push_back("no longer following the newest row: l follows again");
    session.set_follow(false);
    pan(session.view.timeline, TimelineAxis(session.trace(), session.view.strip_axis), share);
    return {};
}

std::string show_everything(Session& session)
{
    TimelineAxis const axis(session.trace(), session.view.strip_axis);
    session.view.timeline = {0, axis.length(), session.moment()};
    return {};
}

// From this row to wherever the Focus goes; a second time, no more.
std::string measure(Session& session)
{
    std::optional<MomentIndex>& from = session.view.measured_from;
    from = from ? std::nullopt : std::optional(session.moment());
    return {};
}

std::string next_axis(Session& session)
{
    TraceModel const& trace = session.trace();
    StripAxis& kind = session.view.strip_axis;
    TimelineAxis const from(trace, kind);
    bool const stamped = trace.moments().latest_host() != 0;
    switch (kind) {
    case StripAxis::order:
        kind = StripAxis::time;
        break;
    case StripAxis::time:
        kind = stamped ? StripAxis::host : StripAxis::order;
        break;
    case StripAxis::host:
        kind = StripAxis::order;
        break;
    }
    if (session.view.timeline.span() > 0)
        change_axis(session.view.timeline, from, TimelineAxis(trace, kind));
    return {};
}

} // namespace

void add_timeline_commands(CommandRegistry& registry)
{
    auto const add = [&](std::string id, std::string title, std::vector<KeyChord> keys, Run run) {
        registry.add({std::move(id), std::move(title), "Timeline", std::move(keys), "",
                      std::move(run), has_rows});
    };
    auto const zoom_run = [](double factor) {
        return [factor](Session& session, std::string_view) { return zoom_by(session, factor); };
    };
    auto const pan_run = [](double share) {
        return [share](Session& session, std::string_view) { return pan_by(session, share); };
    };
    add("timeline.zoom-in", "See less, in more detail", {typed('w')}, zoom_run(0.6));
    add("timeline.zoom-out", "See more at once", {typed('s')}, zoom_run(1 / 0.6));
    add("timeline.left", "Look further left", {typed('a')}, pan_run(-0.25));
    add("timeline.right", "Look further right", {typed('d')}, pan_run(0.25));
    add("timeline.focus", "Show the focus and its neighbours", {typed('f'), typed('z')},
        [](Session& session, std::string_view) { return show_focus(session); });
    add("timeline.all", "Show the whole trace", {typed('F'), typed('Z')},
        [](Session& session, std::string_view) { return show_everything(session); });
    add("timeline.measure", "Measure from here to the focus, or no more", {typed('r')},
        [](Session& session, std::string_view) { return measure(session); });
    add("timeline.axis", "Measure by order, virtual time or host time", {typed('o'), typed('O')},
        [](Session& session, std::string_view) { return next_axis(session); });
}

} // namespace ringside::visualizer

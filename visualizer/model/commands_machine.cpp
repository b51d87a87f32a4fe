// Commands to a machine that is running now. They are put into the session's outbox; the app sends
// them.
#include "visualizer/model/command.hpp"

#include <optional>

namespace ringside::visualizer {

namespace {

bool has_rows(Session const& session)
{
    return session.moment() != no_moment;
}

bool is_live(Session const& session)
{
    return session.connection != Connection::replay;
}

// The next bookmark or marker behind the Focus.
std::optional<RecordIndex> next_marked(Session const& session)
{
    RecordIndex const now = session.as_of();
    std::vector<RecordIndex> places = session.trace().markers();
    for (auto const& mark : session.sidecar.bookmarks)
        if (mark)
            places.push_back(session.trace().records().find(mark->place.vcpu, mark->place.seq));
    std::optional<RecordIndex> next;
    for (RecordIndex const place : places)
        if (place != no_record && place > now && (!next || place < *next))
            next = place;
    return next;
}

std::string move_to_exit(Session& session, std::int64_t direction)
{
    Moments const& moments = session.trace().moments();
    std::int64_t const count = session.row_count();
    std::int64_t position = session.position_of(session.moment()) + direction;
    while (position >= 0 && position < count &&
           !moments[session.row(static_cast<std::uint32_t>(position))].is_exit())
        position += direction;
    if (position < 0 || position >= count)
        return direction > 0 ? "this is the last exit" : "this is the first exit";
    session.focus_moment(session.row(static_cast<std::uint32_t>(position)),
                         FocusHistory::Move::step);
    return {};
}

// Backwards nothing runs, not even on a live machine: the Focus goes over what was recorded.
std::string step_back(Session& session, std::string_view)
{
    return move_to_exit(session, -1);
}

// Into the exit: its sub-steps, one by one, and out of the last one to the next exit.
std::string step_into(Session& session, std::string_view)
{
    if (std::size_t const step = session.focus().step + std::size_t{1};
        step <= session.inspection().steps.size()) {
        session.focus_step(step);
        return {};
    }
    return move_to_exit(session, 1);
}

// A machine runs or pauses. A recording goes on to the next place somebody marked.
std::string run_on(Session& session, std::string_view)
{
    if (is_live(session)) {
        bool const running = session.connection == Connection::live;
        session.send(running ? trace::Command::Kind::pause : trace::Command::Kind::resume);
        return {};
    }
    auto const next = next_marked(session);
    if (!next)
        return "nothing is marked further on: Ctrl+1 sets a bookmark here";
    session.focus_record(*next);
    return {};
}

std::string pause_or_resume(Session& session, std::string_view)
{
    bool const running = session.connection == Connection::live;
    session.send(running ? trace::Command::Kind::pause : trace::Command::Kind::resume);
    return {};
}

// To the next exit of a recording, or of this machine: what F10 does, wherever it is pressed.
std::string step_exit(Session& session, std::string_view)
{
    if (!is_live(session))
        return move_to_exit(session, 1);
    session.send(trace::Command::Kind::step_exit);
    session.set_follow(true);
    return {};
}

std::string quit_machine(Session& session, std::string_view)
{
    session.send(trace::Command::Kind::quit);
    return {};
}

std::string type_line(Session& session, std::string_view line)
{
    std::vector<std::uint8_t> bytes(line.begin(), line.end());
    bytes.push_back('\r');
    session.send(trace::Command::Kind::input, std::move(bytes));
    return {};
}

std::string toggle_typing(Session& session, std::string_view)
{
    session.view.keys_to_guest = !session.view.keys_to_guest;
    if (session.view.keys_to_guest)
        session.view.panel = PanelId::console;
    return {};
}

std::string toggle_follow(Session& session, std::string_view)
{
    session.set_follow(!session.follow());
    return {};
}

} // namespace

void add_machine_commands(CommandRegistry& registry)
{
    registry.add({"step.run",
                  "Run on: pause or resume, or to the next mark",
                  "Step",
                  {pressed(Key::f5)},
                  "",
                  run_on,
                  has_rows});
    registry.add({"machine.step",
                  "Step over: to the end of the next exit",
                  "Step",
                  {pressed(Key::f10)},
                  "",
                  step_exit,
                  has_rows});
    registry.add({"step.back",
                  "Step back: to the exit before",
                  "Step",
                  {with_shift(Key::f10)},
                  "",
                  step_back,
                  has_rows});
    registry.add({"step.into",
                  "Step into: the next sub-step of this exit",
                  "Step",
                  {pressed(Key::f11)},
                  "",
                  step_into,
                  has_rows});
    registry.add({"machine.pause",
                  "Pause or resume the machine",
                  "Machine",
                  {typed(' ')},
                  "",
                  pause_or_resume,
                  is_live});
    registry.add({"machine.follow",
                  "Follow the newest exit",
                  "Machine",
                  {typed('l')},
                  "",
                  toggle_follow,
                  {}});
    registry.add({"console.type",
                  "Type into the guest's console",
                  "Machine",
                  {typed('i')},
                  "",
                  toggle_typing,
                  is_live});
    registry.add({"console.send",
                  "Send a line to the guest's console",
                  "Machine",
                  {},
                  "TEXT",
                  type_line,
                  is_live});
    registry.add({"machine.quit", "Stop the machine", "Machine", {}, "", quit_machine, is_live});
}

} // namespace ringside::visualizer

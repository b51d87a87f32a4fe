// Commands to a machine that is running now. They are put into the session's outbox; the app sends
// them.
#include "visualizer/model/command.hpp"

namespace ringside::visualizer {

namespace {

bool is_live(Session const& session)
{
    return session.connection != Connection::replay;
}

std::string pause_or_resume(Session& session, std::string_view)
{
    bool const running = session.connection == Connection::live;
    session.send(running ? trace::Command::Kind::pause : trace::Command::Kind::resume);
    return {};
}

std::string step_exit(Session& session, std::string_view)
{
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
    registry.add({"machine.pause",
                  "Pause or resume the machine",
                  "Machine",
                  {typed(' '), pressed(Key::f5)},
                  "",
                  pause_or_resume,
                  is_live});
    registry.add({"machine.step",
                  "Run to the end of the next exit",
                  "Machine",
                  {pressed(Key::f10)},
                  "",
                  step_exit,
                  is_live});
    registry.add({"machine.follow",
                  "Follow the newest exit",
                  "Machine",
                  {typed('F'), typed('f')},
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

// `ringside run GUEST` and `ringside restore FILE`: the guest's console on stdout, everything of ours on stderr.
#include <cstdio>
#include <memory>
#include <optional>

#include <spdlog/spdlog.h>

#include "engine/cli/commands.hpp"
#include "engine/cli/gdb_door.hpp"
#include "engine/cli/session.hpp"

namespace ringside::cli {

namespace {

struct RunOptions {
    SessionOptions session;
    bool json = false;
    bool live = false;
    std::string gdb; ///< where gdb may come in; empty: nowhere
};

/// One line about how it ended, unless the guest simply wrote 0 to its exit port.
void tell_end(SessionOptions const& options, SessionResult const& result)
{
    if (!result.trace_problem.empty())
        spdlog::error("{}", result.trace_problem);
    if (result.totals.dropped != 0)
        spdlog::warn("{} of {} events were dropped; the trace says where", result.totals.dropped,
                     result.totals.emitted);
    if (options.quiet)
        return;
    spdlog::info("{} after {} exits: {} (exit code {})", trace::name_of(result.stop.cause),
                 result.exits, result.stop.reason, result.exit_code());
    if (!options.trace.empty() && result.trace_problem.empty())
        spdlog::info("see it:  ringside view {}", options.trace.string());
}

void add_output_options(CLI::App& command, RunOptions& options)
{
    command.add_flag("--live", options.live, "Serve the events on a socket (printed) for a viewer");
    command.add_option("--socket", options.session.socket, "The socket of --live");
    command
        .add_option("--gdb", options.gdb,
                    "Wait for gdb on this loopback port, or at this new socket")
        ->option_text("PORT|SOCKET");
    add_history_option(command, options.session);
    command.add_flag("--quiet", options.session.quiet, "Say nothing of our own unless it fails");
    command.add_flag("--json", options.json,
                     "Print one JSON document, with the console's text in it");
}

Result<int> run_and_tell(RunOptions& options)
{
    SessionOptions& session = options.session;
    session.capture_console = options.json;
    session.quiet = session.quiet || options.json;
    if (!options.gdb.empty())
        session.drive = [where = options.gdb](Driven const& driven) {
            return run_under_gdb(driven, where);
        };
    else
        session.machine.history_bytes = 0;
    if (options.live && session.socket.empty())
        session.socket = default_socket_path();
    if (!session.socket.empty())
        session.before_run = [&session](stream::Recorder&) -> Result<void> {
            spdlog::info("watch it:  ringside view --attach {}", session.socket.string());
            return {};
        };
    SessionResult const result = TRY(run_session(session));
    tell_end(session, result);
    if (options.json)
        std::printf("%s\n", to_json(result).dump(2).c_str());
    return result.exit_code();
}

} // namespace

void add_run_command(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("run", "Run a guest program");
    auto options = std::make_shared<RunOptions>();
    add_session_options(*command, options->session);
    add_output_options(*command, *options);
    command->callback([&action, options] {
        action = [options]() -> Result<int> { return run_and_tell(*options); };
    });
}

void add_restore_command(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("restore", "Go on from a snapshot, on any backend");
    auto options = std::make_shared<RunOptions>();
    auto file = std::make_shared<std::string>();
    command->add_option("file", *file, "A file that `ringside snapshot` wrote")->required();
    add_run_options(*command, options->session);
    add_output_options(*command, *options);
    command->callback([&action, options, file] {
        action = [options, file]() -> Result<int> {
            snapshot::Snapshot const snapshot = TRY(snapshot::read(*file));
            SessionOptions& session = options->session;
            session.from = &snapshot;
            session.guest = snapshot.image.name;
            session.machine.memory_bytes = snapshot.options.memory_bytes;
            session.machine.clock = snapshot.options.clock;
            session.machine.walks = snapshot.options.walks;
            return run_and_tell(*options);
        };
    });
}

} // namespace ringside::cli

// `ringside run GUEST`: the guest's console on stdout, everything of ours on stderr.
#include <cstdio>
#include <memory>

#include <spdlog/spdlog.h>

#include "engine/cli/commands.hpp"
#include "engine/cli/session.hpp"

namespace ringside::cli {

namespace {

struct RunOptions {
    SessionOptions session;
    bool json = false;
    bool live = false;
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

} // namespace

void add_run_command(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("run", "Run a guest program");
    auto options = std::make_shared<RunOptions>();
    add_session_options(*command, options->session);
    command->add_flag("--live", options->live,
                      "Serve the events on a socket (printed) for a viewer");
    command->add_option("--socket", options->session.socket, "The socket of --live");
    command->add_flag("--quiet", options->session.quiet, "Say nothing of our own unless it fails");
    command->add_flag("--json", options->json,
                      "Print one JSON document, with the console's text in it");
    command->callback([&action, options] {
        action = [options]() -> Result<int> {
            SessionOptions& session = options->session;
            session.capture_console = options->json;
            session.quiet = session.quiet || options->json;
            if (options->live && session.socket.empty())
                session.socket = default_socket_path();
            if (!session.socket.empty())
                session.before_run = [&session](stream::Recorder&) -> Result<void> {
                    spdlog::info("watch it:  ringside view --attach {}", session.socket.string());
                    return {};
                };
            SessionResult const result = TRY(run_session(session));
            tell_end(session, result);
            if (options->json)
                std::printf("%s\n", to_json(result).dump(2).c_str());
            return result.exit_code();
        };
    });
}

} // namespace ringside::cli

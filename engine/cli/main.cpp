// main(): parse, build, run, exit code. Nothing else.
#include <csignal>

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "engine/cli/commands.hpp"
#include "engine/cli/exit_codes.hpp"

namespace {

/// Everything of ours goes to stderr: stdout is the guest's console, or one JSON document.
void log_to_stderr()
{
    auto logger = spdlog::stderr_logger_st("ringside");
    logger->set_pattern("%n: %v");
    spdlog::set_default_logger(std::move(logger));
}

int parse(CLI::App& app, int argc, char* argv[])
{
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& error) {
        int const code = app.exit(error); // prints help on stdout, errors on stderr
        return code == 0 ? -1 : static_cast<int>(ringside::cli::usage);
    }
    return 0;
}

} // namespace

int main(int argc, char* argv[])
{
    using namespace ringside;
    std::signal(SIGPIPE, SIG_IGN);
    log_to_stderr();

    CLI::App app{"Ringside: a ringside seat at every VM exit.", "ringside"};
    app.require_subcommand(1);
    app.set_version_flag("--version", "ringside " RINGSIDE_VERSION);
    app.failure_message([](CLI::App const* failed, CLI::Error const& error) {
        return "ringside: " + std::string(error.what()) + "\nringside: see `" + failed->get_name() +
               " --help`\n";
    });
    cli::Action action;
    cli::add_doctor_command(app, action);
    cli::add_guests_command(app, action);
    cli::add_run_command(app, action);
    cli::add_snapshot_command(app, action);
    cli::add_restore_command(app, action);
    cli::add_clone_command(app, action);
    cli::add_step_command(app, action);
    cli::add_trace_command(app, action);
    cli::add_view_command(app, action);
    cli::add_bench_command(app, action);

    if (int const code = parse(app, argc, argv); code != 0)
        return code == -1 ? 0 : code;
    Result<int> const result = action();
    if (result)
        return *result;
    spdlog::error(result.error().text);
    return cli::exit_code_of(result.error().blame);
}

// `ringside view`: the window, on a recorded trace, on a running machine, or on a guest started for
// it.
//
// The window is a program of its own, ringside-view, so that it can die without the engine and the
// other way round.
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <memory>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <spdlog/spdlog.h>

#include "engine/cli/commands.hpp"
#include "engine/cli/exit_codes.hpp"
#include "engine/cli/guest_catalogue.hpp"
#include "engine/cli/session.hpp"

namespace ringside::cli {

namespace {

struct ViewOptions {
    SessionOptions session;
    std::string attach;
};

Result<pid_t> start_viewer(std::vector<std::string> arguments)
{
    std::string const program = (executable_folder() / "ringside-view").string();
    arguments.insert(arguments.begin(), program);
    std::vector<char*> raw;
    for (std::string& argument : arguments)
        raw.push_back(argument.data());
    raw.push_back(nullptr);
    pid_t child = 0;
    int const error = ::posix_spawn(&child, program.c_str(), nullptr, nullptr, raw.data(), environ);
    if (error != 0) {
        Error refused = host_error("start the window " + program, error,
                                   "build with -DRINGSIDE_VIEWER=ON, or use `ringside trace show`");
        refused.blame = Blame::unavailable;
        return fail(std::move(refused));
    }
    return child;
}

int exit_code_of_child(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : static_cast<int>(our_fault);
}

Result<int> wait_for(pid_t child)
{
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return fail(host_error("wait for the window", errno));
    return exit_code_of_child(status);
}

/// The guest starts when the window watches, so that it misses nothing.
Result<void> wait_until_watched(stream::Recorder& recorder, pid_t viewer)
{
    while (!recorder.watched()) {
        int status = 0;
        if (::waitpid(viewer, &status, WNOHANG) == viewer)
            return fail(Blame::unavailable,
                        "the window did not open (exit code " +
                            std::to_string(exit_code_of_child(status)) +
                            "); without a display use `ringside run` and `ringside trace show`");
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return {};
}

Result<int> view_guest(ViewOptions const& options)
{
    SessionOptions session = options.session;
    session.socket = default_socket_path();
    session.stop_when_child_exits = true;
    pid_t viewer = 0;
    session.before_run = [&](stream::Recorder& recorder) -> Result<void> {
        viewer = TRY(start_viewer({"--attach", session.socket.string()}));
        return wait_until_watched(recorder, viewer);
    };
    SessionResult const result = TRY(run_session(session));
    if (result.stop.cause != trace::StopCause::asked)
        spdlog::info("{} after {} exits: {}", trace::name_of(result.stop.cause), result.exits,
                     result.stop.reason);
    return wait_for(viewer);
}

bool is_trace(std::string const& path)
{
    std::error_code error;
    return std::filesystem::path(path).extension() == ".ring" &&
           std::filesystem::exists(path, error);
}

} // namespace

void add_view_command(CLI::App& app, Action& action)
{
    CLI::App* command =
        app.add_subcommand("view", "Open the window on a trace, a running machine or a guest");
    auto options = std::make_shared<ViewOptions>();
    add_session_options(*command, options->session);
    command->get_option("guest")->required(false)->description("A .ring file or a guest");
    command->add_option("--attach", options->attach, "The socket of `ringside run --live`");
    command->callback([&action, options] {
        action = [options]() -> Result<int> {
            if (!options->attach.empty())
                return wait_for(TRY(start_viewer({"--attach", options->attach})));
            if (options->session.guest.empty())
                return fail(Blame::usage, "view wants a .ring file, --attach SOCKET or a guest");
            if (is_trace(options->session.guest))
                return wait_for(TRY(start_viewer({options->session.guest})));
            return view_guest(*options);
        };
    });
}

} // namespace ringside::cli

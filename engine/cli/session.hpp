// One run of one guest, as `run`, `view` and `bench` need it: choose a backend, build the machine,
// record, run, tell.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/result.hpp"
#include "engine/cli/backend_choice.hpp"
#include "engine/debug/ear.hpp"
#include "engine/machine/machine.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "engine/stream/recorder.hpp"

namespace ringside::cli {

/// What somebody needs who moves the machine turn by turn instead of letting it run.
struct Driven {
    machine::Machine& machine;
    debug::Ear& ear;
    backend::Abilities abilities; ///< of the backend it runs on
    machine::GuestImage const& image;
    std::function<void()> flush;    ///< what the guest has printed
    std::string const& console;     ///< or, when that is captured, all of it
    std::atomic<bool>& interrupted; ///< by a signal; whoever answers it, clears it
};

struct SessionOptions {
    std::string guest;
    /// Not null: the guest goes on from here, and with these machine options.
    snapshot::Snapshot const* from = nullptr;
    Wanted backend = Wanted::automatic;
    machine::Options machine;
    std::filesystem::path trace;  ///< empty: none
    std::filesystem::path socket; ///< empty: nobody watches live
    std::filesystem::path input;  ///< empty: standard input
    bool no_input = false;        ///< standard input is not the guest's
    bool capture_console = false; ///< keep the console's text instead of printing it
    bool quiet = false;
    bool stop_when_child_exits = false; ///< the window was closed: the machine may end
    /// Called when the socket listens and before the guest runs; an error ends the session.
    std::function<Result<void>(stream::Recorder&)> before_run;
    /// Empty: the machine runs freely.
    std::function<Result<trap::Stop>(Driven const&)> drive;
    /// Called when the machine has stopped, with the input it has not looked at.
    std::function<Result<void>(machine::Machine&, machine::GuestImage const&,
                               machine::ConsoleInput&)>
        after_run;
};

struct SessionResult {
    trap::Stop stop;
    std::string guest;
    trace::BackendKind backend = trace::BackendKind::unicorn;
    std::string why;
    std::uint64_t exits = 0;
    VirtualTime virtual_time;
    std::string console;           ///< when captured
    stream::RecorderTotals totals; ///< zero when nothing was recorded
    std::string trace_problem;     ///< empty: the trace is whole
    int exit_code() const;
};

/// Adds the options that `run` and `view` share: those of the machine, then those of the run.
void add_session_options(CLI::App& command, SessionOptions& options);
/// Only the second half: what one may choose anew when a snapshot goes on.
void add_run_options(CLI::App& command, SessionOptions& options);

/// Where `--live` listens unless told otherwise: in XDG_RUNTIME_DIR or /tmp, named after the
/// process.
std::filesystem::path default_socket_path();

Result<SessionResult> run_session(SessionOptions const& options);

nlohmann::json to_json(SessionResult const& result);

} // namespace ringside::cli

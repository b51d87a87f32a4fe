// The commands of `ringside`, one file each: registers its options with CLI11 and says what to run.
#pragma once

#include <functional>

#include <CLI/CLI.hpp>

#include "engine/base/result.hpp"

namespace ringside::cli {

/// What a parsed command line wants done; gives the process's exit code.
using Action = std::function<Result<int>()>;

void add_doctor_command(CLI::App& app, Action& action);
void add_guests_command(CLI::App& app, Action& action);
void add_run_command(CLI::App& app, Action& action);
void add_snapshot_command(CLI::App& app, Action& action);
void add_restore_command(CLI::App& app, Action& action);
void add_clone_command(CLI::App& app, Action& action);
void add_step_command(CLI::App& app, Action& action);
void add_trace_command(CLI::App& app, Action& action);
void add_view_command(CLI::App& app, Action& action);
void add_bench_command(CLI::App& app, Action& action);

} // namespace ringside::cli

// `ringside run --gdb`: the machine stands until gdb comes, and moves as gdb says.
#pragma once

#include <string>
#include <vector>

#include "engine/cli/session.hpp"
#include "engine/debug/commands.hpp"

namespace ringside::cli {

Result<trap::Stop> run_under_gdb(Driven const& driven, std::string const& where);

/// Adds --history.
void add_history_option(CLI::App& command, SessionOptions& options);
inline constexpr std::size_t usual_history_bytes = std::size_t{256} << 20;

std::vector<debug::Symbol> symbols_of(machine::GuestImage const& image);

} // namespace ringside::cli

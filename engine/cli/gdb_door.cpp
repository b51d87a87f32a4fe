#include "engine/cli/gdb_door.hpp"

#include <spdlog/spdlog.h>

#include "engine/debug/gdb_machine.hpp"

namespace ringside::cli {

namespace {

std::string answer(Result<std::string> const& said)
{
    return said ? *said : said.error().text + "\n";
}

} // namespace

Result<trap::Stop> run_under_gdb(Driven const& driven, std::string const& where)
{
    auto const go_on = [&driven] {
        driven.flush();
        return !driven.interrupted.load(std::memory_order_relaxed);
    };
    debug::Debugger debugger(driven.machine, driven.ear, driven.abilities);
    debug::Commands commands(debugger, symbols_of(driven.image), go_on,
                             debug::Commands::Mover::elsewhere);
    debug::GdbMachine machine(
        debugger, [&commands](std::string_view line) { return answer(commands.carry_out(line)); });
    auto server = TRY(control::GdbServer::create(where, machine, machine));
    spdlog::info("waiting for gdb:  target remote {}", server.address());
    return machine.serve(server, go_on);
}

void add_history_option(CLI::App& command, SessionOptions& options)
{
    options.machine.history_bytes = usual_history_bytes;
    command
        .add_option("--history", options.machine.history_bytes,
                    "Memory for going back, default 256M; what falls out cannot be gone back to")
        ->transform(CLI::AsSizeValue(false))
        ->option_text("SIZE");
}

std::vector<debug::Symbol> symbols_of(machine::GuestImage const& image)
{
    std::vector<debug::Symbol> symbols;
    for (machine::GuestImage::Symbol const& known : image.symbols)
        symbols.push_back({known.address, known.name});
    return symbols;
}

} // namespace ringside::cli

// `ringside snapshot GUEST --at-exit N -o FILE`: run a guest up to there and put it down.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "engine/cli/commands.hpp"
#include "engine/cli/exit_codes.hpp"
#include "engine/cli/session.hpp"

namespace ringside::cli {

namespace {

struct SnapshotOptions {
    SessionOptions session;
    std::uint64_t at_exit = 0;
    std::filesystem::path file;
    bool json = false;
};

/// Half an instruction cannot be put down: to its end, which is never far.
Result<snapshot::Snapshot> take_soon(machine::Machine& machine, machine::GuestImage const& image,
                                     machine::Options const& options)
{
    for (;;) {
        if (auto taken = TRY(snapshot::take(machine, image, options)))
            return *std::move(taken);
        if (TRY(machine.turn(machine::Pace::exit)))
            return fail(Blame::usage, "the guest ended in the instruction of that exit; nothing "
                                      "was saved");
    }
}

Result<void> save(SnapshotOptions const& options, machine::Machine& machine,
                  machine::GuestImage const& image, machine::ConsoleInput& input)
{
    if (machine.exits() < options.at_exit)
        return fail(Blame::usage, "the run ended behind exit " + std::to_string(machine.exits()) +
                                      ", before exit " + std::to_string(options.at_exit) +
                                      "; nothing was saved");
    snapshot::Snapshot taken = TRY(take_soon(machine, image, options.session.machine));
    if (!options.session.input.empty()) // what the file would still have typed
        while (auto const byte = input.next())
            taken.typed.push_back(*byte);
    TRY(snapshot::write(taken, options.file));
    std::string const file = options.file.string();
    if (options.json)
        std::printf("%s\n", nlohmann::json{{"guest", image.name},
                                           {"backend", trace::name_of(taken.taken_on)},
                                           {"exits", taken.state.exits()},
                                           {"file", file},
                                           {"bytes", std::filesystem::file_size(options.file)}}
                                .dump(2)
                                .c_str());
    else if (!options.session.quiet)
        spdlog::info("saved behind exit {}; go on with:  ringside restore {}", taken.state.exits(),
                     file);
    return {};
}

} // namespace

void add_snapshot_command(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("snapshot", "Run a guest up to an exit and save it");
    auto options = std::make_shared<SnapshotOptions>();
    add_session_options(*command, options->session);
    command->remove_option(command->get_option("--limit-exits"));
    command->add_option("--at-exit", options->at_exit, "Save behind this exit")
        ->required()
        ->check(CLI::PositiveNumber);
    command->add_option("-o,--output", options->file, "The file")->required();
    command->add_flag("--quiet", options->session.quiet, "Say nothing of our own unless it fails");
    command->add_flag("--json", options->json, "Print one JSON document, and no console text");
    command->callback([&action, options] {
        action = [options]() -> Result<int> {
            SessionOptions& session = options->session;
            session.quiet = session.quiet || options->json;
            session.capture_console = options->json;
            session.machine.limit_exits = options->at_exit;
            session.after_run = [options](machine::Machine& machine,
                                          machine::GuestImage const& image,
                                          machine::ConsoleInput& input) {
                return save(*options, machine, image, input);
            };
            TRY(run_session(session));
            return ok;
        };
    });
}

} // namespace ringside::cli

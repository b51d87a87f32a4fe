// `ringside clone FILE -n N`: many machines from one snapshot, whose memory they share until they write.
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "engine/base/stopwatch.hpp"
#include "engine/cli/backend_choice.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/session.hpp"

namespace ringside::cli {

namespace {

struct CloneOptions {
    SessionOptions session;
    std::string file;
    unsigned count = 2;
    bool json = false;
};

/// Nobody types: a clone reads what the snapshot has waiting, and then its input has ended.
class NoInput final : public machine::ConsoleInput {
public:
    std::optional<std::uint8_t> next() override { return std::nullopt; }
    bool ended() const override { return true; }
    void wait(std::uint32_t) override {}
};

struct Clone {
    std::unique_ptr<machine::Machine> machine;
    std::string console;
    double made_in_us = 0;
    trap::Stop stop;
    std::uint64_t own_pages = 0;
};

/// Pages that are no longer what they were in the snapshot: copies of the clone's own.
std::uint64_t changed_pages(machine::Machine const& clone, snapshot::Snapshot const& origin)
{
    memory::GuestMemory before;
    if (!origin.memory.map_into(before))
        return 0;
    std::uint64_t changed = 0;
    for (memory::Slot const& slot : clone.memory().slots())
        for (std::size_t at = 0; at < slot.host.size(); at += memory::page_size) {
            auto const was = before.host_bytes(slot.start + at, memory::page_size);
            changed += std::memcmp(was.data(), &slot.host[at], memory::page_size) != 0 ? 1 : 0;
        }
    return changed;
}

Result<std::vector<Clone>> make_clones(CloneOptions const& options, NoInput& input,
                                       snapshot::Snapshot const& origin,
                                       BackendChoice const& choice)
{
    machine::Options const& machine_options = options.session.machine;
    std::vector<Clone> clones(options.count);
    machine::Beginning const beginning = origin.beginning();
    for (Clone& clone : clones) {
        double const begin = wall_ns();
        machine::Surroundings surroundings;
        surroundings.input = &input;
        surroundings.output = [&clone](std::uint8_t byte) {
            clone.console.push_back(static_cast<char>(byte));
        };
        clone.machine = TRY(machine::Machine::create(machine_options, origin.image, choice.make,
                                                     surroundings, &beginning));
        clone.made_in_us = (wall_ns() - begin) / 1000;
    }
    return clones;
}

nlohmann::json to_json(Clone const& clone)
{
    return {{"cause", trace::name_of(clone.stop.cause)},
            {"exit_code", clone.stop.code},
            {"exits", clone.machine->exits()},
            {"made_in_us", clone.made_in_us},
            {"own_pages", clone.own_pages},
            {"console", clone.console}};
}

Result<int> clone_and_run(CloneOptions& options)
{
    snapshot::Snapshot const origin = TRY(snapshot::read(options.file));
    machine::Options& machine_options = options.session.machine;
    machine_options.memory_bytes = origin.options.memory_bytes;
    machine_options.clock = origin.options.clock;
    machine_options.walks = origin.options.walks;
    BackendChoice const choice =
        TRY(choose_backend(options.session.backend, origin.image, machine_options));
    NoInput input;
    std::vector<Clone> clones = TRY(make_clones(options, input, origin, choice));
    nlohmann::json list = nlohmann::json::array();
    int code = 0;
    for (std::size_t index = 0; index < clones.size(); ++index) {
        Clone& clone = clones[index];
        clone.stop = TRY(clone.machine->run());
        clone.own_pages = changed_pages(*clone.machine, origin);
        code = code != 0 ? code : clone.stop.code;
        list.push_back(to_json(clone));
        if (options.json)
            continue;
        std::fwrite(clone.console.data(), 1, clone.console.size(), stdout);
        std::fflush(stdout);
        if (!options.session.quiet)
            spdlog::info("clone {} on {}: {} after {} exits (exit code {}); made in {:.0f} us, "
                         "{} of {} pages its own",
                         index + 1, trace::name_of(choice.kind), trace::name_of(clone.stop.cause),
                         clone.machine->exits(), clone.stop.code, clone.made_in_us, clone.own_pages,
                         machine_options.memory_bytes / memory::page_size);
    }
    if (options.json)
        std::printf("%s\n", nlohmann::json{{"clones", list}}.dump(2).c_str());
    return code;
}

} // namespace

void add_clone_command(CLI::App& app, Action& action)
{
    CLI::App* command =
        app.add_subcommand("clone", "Begin many machines with one snapshot and run each");
    auto options = std::make_shared<CloneOptions>();
    constexpr unsigned most = 1024;
    command->add_option("file", options->file, "A file that `ringside snapshot` wrote")->required();
    command->add_option("-n,--count", options->count, "How many machines")
        ->check(CLI::Range(1U, most));
    add_run_options(*command, options->session);
    for (char const* const name : {"--input", "--trace"}) // of which there is only one
        command->remove_option(command->get_option(name));
    command->add_flag("--quiet", options->session.quiet, "Say nothing of our own unless it fails");
    command->add_flag("--json", options->json, "Print one JSON document");
    command->callback([&action, options] {
        action = [options]() -> Result<int> { return clone_and_run(*options); };
    });
}

} // namespace ringside::cli

// `ringside trace show|summary|diff|export`: recorded streams in the terminal.
#include <array>
#include <cstdio>
#include <memory>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "engine/cli/commands.hpp"
#include "engine/cli/exit_codes.hpp"
#include "engine/cli/trace_show.hpp"
#include "engine/stream/export_perfetto.hpp"
#include "engine/stream/export_text.hpp"
#include "engine/stream/parity.hpp"
#include "engine/stream/reader.hpp"
#include "engine/stream/summary.hpp"

namespace ringside::cli {

namespace {

constexpr int streams_differ = 1;

struct TraceOptions {
    std::string file;
    std::string other;
    std::string perfetto;
    std::uint64_t last = 0;
    std::uint64_t from = 0;
    bool json = false;
    bool story = false;
    bool properties = false;
    bool known = false;
};

/// All records of a file; what is damaged or missing is told on stderr, what is readable is used.
Result<std::vector<trace::Record>> read(std::string const& path)
{
    stream::TraceReader const reader = TRY(stream::TraceReader::open(path));
    std::vector<std::string> problems;
    std::vector<trace::Record> records = TRY(reader.read_all(&problems));
    if (!reader.complete())
        spdlog::warn("{}", reader.problem());
    for (std::string const& problem : problems)
        spdlog::warn("{}", problem);
    return records;
}

Result<int> show(TraceOptions const& options)
{
    ShowForm form = options.json ? ShowForm::json : ShowForm::records;
    if (options.story)
        form = ShowForm::story;
    return show_trace(options.file, {.form = form, .last = options.last, .from = options.from});
}

void print_counts(char const* title, std::map<std::string, std::uint64_t> const& counts)
{
    std::printf("%s\n", title);
    for (auto const& [name, count] : counts)
        std::printf("  %-18s %10llu\n", name.c_str(), static_cast<unsigned long long>(count));
}

/// Chunk by chunk: a trace of any size has a summary.
Result<stream::Summary> read_summary(std::string const& path)
{
    stream::TraceReader const reader = TRY(stream::TraceReader::open(path));
    stream::Summariser summariser;
    for (std::size_t index = 0; index < reader.chunk_count(); ++index) {
        auto const records = reader.read_chunk(index);
        if (records)
            summariser.add(*records);
        else
            summariser.add(std::array{reader.unreadable(index)});
    }
    if (!reader.complete())
        spdlog::warn("{}", reader.problem());
    return summariser.summary();
}

Result<int> summary(TraceOptions const& options)
{
    stream::Summary const found = TRY(read_summary(options.file));
    if (options.json) {
        nlohmann::json const document{{"guest", found.guest},
                                      {"backend", found.backend},
                                      {"clock", found.clock},
                                      {"end", found.end},
                                      {"records", found.records},
                                      {"dropped", found.dropped},
                                      {"virtual_time_ns", found.virtual_time},
                                      {"exits", found.exits},
                                      {"exit_host_ns", found.exit_host_ns},
                                      {"events", found.events},
                                      {"devices", found.devices}};
        std::printf("%s\n",
                    document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
        return 0;
    }
    std::printf("%s on %s, clock %s, %s of virtual time\n", found.guest.c_str(),
                found.backend.c_str(), found.clock.c_str(),
                stream::time_text(found.virtual_time).c_str());
    std::printf("ended: %s\n", found.end.empty() ? "(the trace does not say)" : found.end.c_str());
    std::printf("%llu records, %llu dropped\n", static_cast<unsigned long long>(found.records),
                static_cast<unsigned long long>(found.dropped));
    print_counts("exits by kind", found.exits);
    print_counts("accesses by device", found.devices);
    print_counts("events by name", found.events);
    return 0;
}

void print_known_differences()
{
    for (stream::KnownDifference const& known : stream::known_differences())
        std::printf("%s\n  what: %s\n  why:  %s\n", std::string(known.name).c_str(),
                    std::string(known.what).c_str(), std::string(known.why).c_str());
}

/// 0: the same; 1: they differ. `lines` says how.
Result<int> tell_difference(TraceOptions const& options, std::vector<std::string> const& lines)
{
    if (options.json) {
        nlohmann::json const document{{"same", lines.empty()}, {"differences", lines}};
        std::printf("%s\n",
                    document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    } else if (lines.empty()) {
        std::printf("the same\n");
    }
    if (!options.json)
        for (std::string const& line : lines)
            std::printf("%s\n", line.c_str());
    return lines.empty() ? 0 : streams_differ;
}

Result<int> diff(TraceOptions const& options)
{
    if (options.known) {
        print_known_differences();
        return 0;
    }
    if (options.file.empty() || options.other.empty())
        return fail(Blame::usage, "trace diff compares two files: ringside trace diff A B");
    std::vector<trace::Record> const left = TRY(read(options.file));
    std::vector<trace::Record> const right = TRY(read(options.other));
    if (options.properties)
        return tell_difference(options, stream::different_properties(left, right));
    auto const found = stream::first_divergence(left, right);
    if (!found)
        return tell_difference(options, {});
    return tell_difference(options, {"the streams differ at\n  " + found->what});
}

Result<int> export_trace(TraceOptions const& options)
{
    if (options.perfetto.empty())
        return show(options);
    std::vector<trace::Record> const records = TRY(read(options.file));
    TRY(stream::write_perfetto(records, options.perfetto));
    spdlog::info("wrote {}; open it at ui.perfetto.dev", options.perfetto);
    return 0;
}

using Options = std::shared_ptr<TraceOptions>;

CLI::App* add_verb(CLI::App& parent, char const* name, char const* help, Options const& options,
                   Action& action, Result<int> (*run)(TraceOptions const&))
{
    CLI::App* verb = parent.add_subcommand(name, help);
    verb->add_flag("--json", options->json, "Print one JSON document");
    verb->callback([&action, options, run] { action = [options, run] { return run(*options); }; });
    return verb;
}

} // namespace

void add_trace_command(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("trace", "Look into recorded streams");
    command->require_subcommand(1);
    auto options = std::make_shared<TraceOptions>();

    CLI::App* verb = add_verb(*command, "show", "Print the records", options, action, show);
    verb->add_option("file", options->file, "A .ring file")->required();
    verb->add_flag("--story", options->story, "As sentences");
    verb->add_option("--last", options->last, "Only the last N");
    verb->add_option("--from", options->from, "Only from this sequence number on");

    verb = add_verb(*command, "summary", "Count what is in it", options, action, summary);
    verb->add_option("file", options->file, "A .ring file")->required();

    verb =
        add_verb(*command, "diff", "Compare two streams: 0 the same, 1 not", options, action, diff);
    verb->add_option("file", options->file, "A .ring file");
    verb->add_option("other", options->other, "Another");
    verb->add_flag("--properties", options->properties,
                   "Compare what must agree where guests are preempted, not positions");
    verb->add_flag("--known", options->known, "Print the list of known differences");

    verb =
        add_verb(*command, "export", "Write it in another format", options, action, export_trace);
    verb->add_option("file", options->file, "A .ring file")->required();
    verb->add_option("--perfetto", options->perfetto, "Write a Perfetto trace to this file");
}

} // namespace ringside::cli

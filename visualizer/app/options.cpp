#include "visualizer/app/options.hpp"

#include <charconv>
#include <filesystem>
#include <string_view>

#include <CLI/CLI.hpp>

#include "visualizer/app/exit_codes.hpp"

namespace ringside::visualizer {

namespace {

// "1600x900".
std::string parse_size(std::string const& text, Options& options)
{
    char const* const end = text.data() + text.size();
    auto const width = std::from_chars(text.data(), end, options.width);
    bool const has_x = width.ec == std::errc() && width.ptr != end && *width.ptr == 'x';
    auto const height = std::from_chars(has_x ? width.ptr + 1 : end, end, options.height);
    bool const sane = has_x && height.ec == std::errc() && height.ptr == end &&
                      options.width >= 200 && options.height >= 150 && options.width <= 16384 &&
                      options.height <= 16384;
    return sane ? "" : "a size looks like 1280x800";
}

// "x.ring#seq=12", as link.copy makes it, unless there is a file of that very name.
void take_link(Options& options)
{
    static constexpr std::string_view mark = "#seq=";
    std::error_code ignored;
    std::size_t const place = options.file.rfind(mark);
    if (place == std::string::npos || std::filesystem::exists(options.file, ignored))
        return;
    std::uint64_t seq = 0;
    char const* const end = options.file.data() + options.file.size();
    auto const result = std::from_chars(options.file.data() + place + mark.size(), end, seq);
    if (result.ec != std::errc() || result.ptr != end)
        return;
    options.focus = options.focus.value_or(seq);
    options.file.resize(place);
}

struct Words {
    std::string size;
    std::string layout;
    std::string theme;
    std::string scale;
};

void add_view_options(CLI::App& app, Options& options, Words& words)
{
    app.add_option("--size", words.size, "Size of the window or the picture, as 1280x800");
    app.add_option("--focus", options.focus, "Sequence number to look at");
    app.add_option("--layout", words.layout,
                   "tour, exit, code, devices, paging, scheduler or projector");
    app.add_option("--theme", words.theme, "dark, light or high-contrast");
    app.add_option("--scale", words.scale, "Size of the text in percent, 75 to 250");
    app.add_option("--exec", options.commands,
                   "Run commands by their ids: \"kind.next; view.theme light\"");
}

void add_batch_options(CLI::App& app, Options& options)
{
    auto* file = app.get_option("FILE");
    app.add_option("--screenshot", options.screenshot,
                   "Draw the window, write this PNG and end; needs no display");
    app.add_option("--frames", options.frames, "Frames drawn before the screenshot");
    app.add_flag("--describe", options.describe, "Print the focus as sentences and end");
    app.add_option("--dump", options.dump,
                   "Print the rows in a range of sequence numbers (all, 5, 5..90) and end; with "
                   "--exec \"filter.set ...\" only those that pass");
    app.add_option("--format", options.format, "Of --dump: md, json or csv")
        ->check(CLI::IsMember({"md", "json", "csv"}));
    app.add_option("--export-panel", options.export_panel,
                   "Draw one panel into -o FILE.svg or FILE.png and end");
    app.add_option("--trim", options.trim, "Copy a range of sequence numbers into -o FILE and end")
        ->needs(file);
    app.add_option("--perfetto", options.perfetto, "Write a trace for ui.perfetto.dev and end")
        ->needs(file);
    app.add_option("--glossary", options.glossary,
                   "Print every explanation, as md or json, and end")
        ->check(CLI::IsMember({"md", "json"}));
    app.add_option("-o,--output", options.output, "Where to write; - is the standard output");
    auto* bench = app.add_flag("--bench", options.bench,
                               "Measure opening, panning and filtering FILE, and end; no window");
    app.add_flag("--json", options.json, "With --bench: print the figures as JSON")->needs(bench);
}

// What CLI11 cannot know. Throws what it throws.
void check(Options& options, Words const& words)
{
    bool const needs_trace = options.describe || !options.screenshot.empty() || options.bench ||
                             !options.dump.empty() || !options.export_panel.empty();
    if (needs_trace && options.file.empty() && options.socket.empty())
        throw CLI::RequiredError("FILE or --attach SOCKET");
    if ((!options.export_panel.empty() || !options.trim.empty()) && options.output.empty())
        throw CLI::RequiredError("-o FILE");
    take_link(options);
    if (std::string const problem = words.size.empty() ? "" : parse_size(words.size, options);
        !problem.empty())
        throw CLI::ValidationError("--size", problem);
}

// Options that are commands, too, run before all others.
void prepend_commands(Options& options, Words const& words)
{
    auto const prepend = [&](std::string const& command, std::string const& argument) {
        if (!argument.empty())
            options.commands.insert(options.commands.begin(), command + " " + argument);
    };
    prepend("view.layout", words.layout);
    prepend("view.theme", words.theme);
    prepend("view.scale", words.scale);
}

} // namespace

bool is_batch(Options const& options)
{
    return options.describe || !options.dump.empty() || !options.export_panel.empty() ||
           !options.trim.empty() || !options.perfetto.empty() || !options.glossary.empty();
}

std::variant<Options, int> parse_options(int argc, char** argv)
{
    Options options;
    Words words;
    CLI::App app("The window of Ringside: see every VM exit of a recorded or a running machine.",
                 "ringside-view");
    auto* file = app.add_option("FILE", options.file,
                                "A recorded trace (.ring), or a link into one (x.ring#seq=12)");
    app.add_option("--attach", options.socket, "The socket of a running machine")->excludes(file);
    add_view_options(app, options, words);
    add_batch_options(app, options);
    try {
        app.parse(argc, argv);
        check(options, words);
    } catch (CLI::ParseError const& error) {
        return app.exit(error) == 0 ? exit_ok : exit_usage;
    }
    prepend_commands(options, words);
    return options;
}

} // namespace ringside::visualizer

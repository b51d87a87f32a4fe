#include "visualizer/app/options.hpp"

#include <charconv>

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

} // namespace

std::variant<Options, int> parse_options(int argc, char** argv)
{
    Options options;
    CLI::App app("The window of Ringside: see every VM exit of a recorded or a running machine.",
                 "ringside-view");
    std::string size;
    std::string layout;
    std::string theme;
    std::string scale;
    auto* file = app.add_option("FILE", options.file, "A recorded trace (.ring)");
    auto* attach = app.add_option("--attach", options.socket, "The socket of a running machine");
    file->excludes(attach);
    app.add_option("--screenshot", options.screenshot,
                   "Draw without a person, write this PNG and end; needs no display");
    app.add_option("--frames", options.frames, "Frames drawn before the screenshot");
    app.add_option("--size", size, "Size of the window, as 1280x800");
    app.add_option("--focus", options.focus, "Sequence number to look at");
    app.add_option("--layout", layout, "exit, code, devices, paging, scheduler or projector");
    app.add_option("--theme", theme, "dark, light or high-contrast");
    app.add_option("--scale", scale, "Size of the text in percent, 75 to 250");
    app.add_option("--exec", options.commands, "Run a command by its id; may be repeated");
    app.add_flag("--describe", options.describe, "Print the focus as text and end; no window");
    auto* bench = app.add_flag("--bench", options.bench,
                               "Measure opening, panning and filtering FILE, and end; no window");
    app.add_flag("--json", options.json, "With --bench: print the figures as JSON")->needs(bench);
    try {
        app.parse(argc, argv);
        if (options.file.empty() && options.socket.empty())
            throw CLI::RequiredError("FILE or --attach SOCKET");
        if (std::string const problem = size.empty() ? "" : parse_size(size, options);
            !problem.empty())
            throw CLI::ValidationError("--size", problem);
    } catch (CLI::ParseError const& error) {
        return app.exit(error) == 0 ? exit_ok : exit_usage;
    }
    auto const prepend = [&](std::string const& command, std::string const& argument) {
        if (!argument.empty())
            options.commands.insert(options.commands.begin(), command + " " + argument);
    };
    prepend("view.layout", layout);
    prepend("view.theme", theme);
    prepend("view.scale", scale);
    return options;
}

} // namespace ringside::visualizer

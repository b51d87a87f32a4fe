// The command line of ringside-view.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ringside::visualizer {

struct Options {
    std::string file;       ///< a recorded trace; or
    std::string socket;     ///< a running machine
    std::string screenshot; ///< draw, write this PNG, end
    unsigned frames = 3;    ///< drawn before the screenshot is taken
    unsigned width = 1280;
    unsigned height = 800;
    bool describe = false; ///< print the Focus as text, end
    bool bench = false;    ///< measure ourselves on the file, print the figures, end
    bool json = false;     ///< the figures as one JSON document

    // What is written without a window.
    std::string export_panel; ///< the name of one panel, to be drawn into `output`
    std::string dump;         ///< rows in this range of sequence numbers, as text
    std::string format = "md";
    std::string trim;     ///< the part of the trace to copy into `output`
    std::string perfetto; ///< where to write a Perfetto trace
    std::string glossary; ///< "md" or "json": every explanation there is
    std::string output;
    std::optional<std::uint64_t> focus;
    std::vector<std::string> commands; ///< of the registry, run in this order
};

/// Something is to be written, and no window to be opened.
bool is_batch(Options const& options);

/// The options, or the exit code of a program that has said what it had to say.
std::variant<Options, int> parse_options(int argc, char** argv);

} // namespace ringside::visualizer

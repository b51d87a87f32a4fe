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
    std::optional<std::uint64_t> focus;
    std::vector<std::string> commands; ///< of the registry, run in this order
};

/// The options, or the exit code of a program that has said what it had to say.
std::variant<Options, int> parse_options(int argc, char** argv);

} // namespace ringside::visualizer

// What ringside-view ends with: the same numbers as the command line (README, "Exit codes"). And how
// it says what went wrong: one line on the standard error.
#pragma once

#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include "engine/base/result.hpp"

namespace ringside::visualizer {

inline constexpr int exit_ok = 0;
inline constexpr int exit_usage = 64;   ///< the command line makes no sense
inline constexpr int exit_input = 65;   ///< nothing of the trace can be shown
inline constexpr int exit_display = 69; ///< no display, or no OpenGL that works
inline constexpr int exit_fault = 70;   ///< the host refused something it should grant

inline int exit_code_of(Blame blame)
{
    switch (blame) {
    case Blame::usage:
        return exit_usage;
    case Blame::input:
        return exit_input;
    case Blame::unavailable:
        return exit_display;
    case Blame::host:
        break;
    }
    return exit_fault;
}

inline void complain(std::string_view text)
{
    fmt::print(stderr, "ringside-view: {}\n", text);
}

} // namespace ringside::visualizer

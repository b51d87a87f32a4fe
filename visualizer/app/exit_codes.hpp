// What ringside-view ends with: the same numbers as the command line (README, "Exit codes").
#pragma once

namespace ringside::visualizer {

inline constexpr int exit_ok = 0;
inline constexpr int exit_usage = 64;   ///< the command line makes no sense
inline constexpr int exit_input = 65;   ///< nothing of the trace can be shown
inline constexpr int exit_display = 69; ///< no display, or no OpenGL that works
inline constexpr int exit_fault = 70;   ///< the host refused something it should grant

} // namespace ringside::visualizer

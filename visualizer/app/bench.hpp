// `ringside-view --bench FILE`: the viewer measures itself, without a display, on the renderer that
// a machine without a GPU would use: how soon a trace is open, what it costs in memory, how fast it
// pans, how soon a filter answers, what it does when nothing happens.
//
// Not modelled: the window system. A frame is what ImGui and OpenGL draw into memory.
#pragma once

#include <string>

namespace ringside::visualizer {

struct BenchOptions {
    std::string file;
    unsigned width = 1280;
    unsigned height = 720;
    bool json = false;
};

/// Prints the figures, and returns the exit code.
int run_bench(BenchOptions const& options);

} // namespace ringside::visualizer

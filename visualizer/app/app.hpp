// The program around the panels: it opens the trace, runs the frames, and moves records in and
// commands out.
#pragma once

#include <memory>

#include "visualizer/app/feed.hpp"
#include "visualizer/app/options.hpp"
#include "visualizer/app/personal_files.hpp"
#include "visualizer/app/surface.hpp"
#include "visualizer/panels/window.hpp"

namespace ringside::visualizer {

class App {
public:
    explicit App(Options options) : options_(std::move(options)) {}

    /// Everything, to the exit code.
    int run();

private:
    int run_batch(); ///< batch.cpp
    int take_screenshot();
    int show_window();

    Result<void> open_feed(Feed::Wake wake);
    void read_everything();
    void take_delivery();
    /// `--focus` and `--exec`, once the trace is there. Empty, or what was wrong.
    std::string obey_options();
    void draw_frame(Surface& surface, Window& window, std::vector<KeyChord> keys = {});
    void send_commands();
    /// Another trace takes this one's place: chosen, or dropped onto the window.
    void open_another(std::string path);

    Options options_;
    Session session_;
    CommandRegistry commands_ = CommandRegistry::standard();
    std::unique_ptr<Feed> feed_;
    PersonalFiles personal_;
    bool finished_ = false; ///< the feed has told everything
};

} // namespace ringside::visualizer

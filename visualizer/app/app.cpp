#include "visualizer/app/app.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <imgui.h>

#include "visualizer/app/bench.hpp"
#include "visualizer/app/exit_codes.hpp"
#include "visualizer/app/gl_window.hpp"
#include "visualizer/app/imgui_context.hpp"
#include "visualizer/model/format.hpp"

namespace ringside::visualizer {

namespace {

// ImGui shows some things one frame late, and hover effects settle in two.
constexpr int frames_after_input = 3;
// Drawing on the CPU costs about 15 ms a frame: ten frames a second while following are enough.
constexpr unsigned software_interval_ms = 100;
constexpr unsigned hardware_interval_ms = 33;

// What a frame may spend on a filter that was not answered at once.
constexpr RowScan::Budget filter_slice{40};

bool draws_on_the_cpu(std::string const& renderer)
{
    return contains(renderer, "llvmpipe") || contains(renderer, "softpipe") ||
           contains(renderer, "swiftshader");
}

std::string title_of(Session const& session)
{
    std::string const name = std::filesystem::path(session.source).filename().string();
    if (name.empty())
        return "Ringside";
    if (session.moment() == no_moment)
        return fmt::format("{} - Ringside", name);
    return fmt::format("{} - row {} of {} - {} - Ringside", name, session.moment() + 1,
                       session.trace().moments().size(), name_of(session.connection));
}

} // namespace

int App::run()
{
    session_.source = options_.socket.empty() ? options_.file : options_.socket;
    if (options_.bench)
        return run_bench({options_.file, 1280, 720, options_.json});
    if (is_batch(options_))
        return run_batch();
    return options_.screenshot.empty() ? show_window() : take_screenshot();
}

Result<void> App::open_feed(Feed::Wake wake)
{
    auto feed = options_.socket.empty() ? Feed::of_file(options_.file, std::move(wake))
                                        : Feed::of_socket(options_.socket, std::move(wake));
    if (!feed)
        return fail(std::move(feed.error()));
    feed_ = std::move(*feed);
    session_.assume(feed_->backend());
    session_.set_source(feed_->blocks());
    session_.expected = feed_->expected();
    if (!options_.socket.empty())
        session_.set_follow(true);
    return {};
}

void App::take_delivery()
{
    if (!feed_ || !feed_->has_something())
        return;
    Delivery const delivery = feed_->take();
    session_.append(delivery.records);
    for (Delivery::Block const& block : delivery.blocks)
        session_.append_block(block.records, block.number);
    for (std::string const& note : delivery.notes) {
        complain(note);
        session_.notes.push_back(note);
    }
    if (delivery.connection)
        session_.connection = *delivery.connection;
    finished_ |= delivery.finished;
    if (finished_)
        session_.expected = 0; // damaged chunks may hold less than they promised
    if (finished_ && session_.moment() == no_moment)
        session_.failure = "The trace holds no exits and nothing else to show.";
}

// A file to its end; a live machine for a moment.
void App::read_everything()
{
    using Clock = std::chrono::steady_clock;
    auto const patience = Clock::now() + std::chrono::seconds(options_.socket.empty() ? 600 : 1);
    while (!finished_ && Clock::now() < patience) {
        take_delivery();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

std::string App::obey_options()
{
    if (options_.focus && !session_.focus_seq(*options_.focus))
        return fmt::format("--focus: no record has sequence number {}", *options_.focus);
    for (std::string const& command : std::exchange(options_.commands, {}))
        if (std::string const problem = commands_.run_script(session_, command); !problem.empty())
            return "--exec " + problem;
    while (!session_.continue_filter(filter_slice)) {
    }
    return {};
}

int App::take_screenshot()
{
    ImGuiContextOwner const imgui;
    int code = exit_ok;
    if (auto const opened = open_feed([] {}); !opened) {
        session_.failure = opened.error().text;
        code = exit_code_of(opened.error().blame);
    } else {
        read_everything();
    }
    std::string const problem = session_.failure.empty() ? obey_options() : session_.failure;
    if (!problem.empty()) {
        complain(problem);
        code = code == exit_ok ? (session_.failure.empty() ? exit_usage : exit_input) : code;
    }
    Result<std::unique_ptr<Surface>> surface =
        make_headless_surface(options_.width, options_.height);
    if (!surface) { // EGL cannot; a hidden window may
        auto window =
            GlWindow::create(options_.width, options_.height, "Ringside", Visibility::hidden);
        if (!window) {
            complain(surface.error().text);
            complain(window.error().text);
            return exit_code_of(window.error().blame);
        }
        surface = std::unique_ptr<Surface>(std::move(*window));
    }
    Window window(session_, commands_);
    for (unsigned frame = 0; frame < std::max(1U, options_.frames); ++frame)
        draw_frame(**surface, window);
    if (auto const written = write_png(options_.screenshot, (*surface)->picture()); !written) {
        complain(written.error().text);
        return exit_code_of(written.error().blame);
    }
    return code;
}

void App::draw_frame(Surface& surface, Window& window, std::vector<KeyChord> keys)
{
    if (window.fit_fonts(surface.scale()))
        surface.upload_fonts();
    surface.begin_frame();
    window.draw(std::move(keys));
    ImGui::Render();
    surface.end_frame(window.background());
}

void App::send_commands()
{
    for (trace::Command const& command : std::exchange(session_.outbox, {}))
        if (feed_)
            feed_->send(command);
    if (!session_.view.to_clipboard.empty())
        ImGui::SetClipboardText(std::exchange(session_.view.to_clipboard, {}).c_str());
}

// The view stays as it is, as far as it does not speak of the old trace.
void App::open_another(std::string path)
{
    Settings look;
    remember(session_.view, look);
    feed_.reset();
    session_ = Session();
    apply(look, session_.view);
    options_.socket.clear();
    options_.file = std::move(path);
    session_.source = options_.file;
    finished_ = false;
    if (auto const opened = open_feed([] { GlWindow::wake(); }); !opened) {
        complain(opened.error().text);
        session_.failure = opened.error().text;
        return;
    }
    personal_.open_trace(session_, options_.file);
}

int App::show_window()
{
    ImGuiContextOwner const imgui;
    // The window first: an engine that waits to be watched must not start for nobody.
    auto opened =
        GlWindow::create(options_.width, options_.height, title_of(session_), Visibility::shown);
    if (!opened) {
        complain(opened.error().text);
        return exit_code_of(opened.error().blame);
    }
    GlWindow& surface = **opened;
    int code = exit_ok;
    personal_.load_settings(session_);
    if (options_.file.empty() && options_.socket.empty()) {
        session_.view.overlay = Overlay::recent;
        finished_ = true;
    } else if (auto const feed = open_feed([] { GlWindow::wake(); }); !feed) {
        complain(feed.error().text);
        session_.failure = feed.error().text;
        code = exit_code_of(feed.error().blame);
    } else {
        feed_->set_interval(draws_on_the_cpu(surface.renderer()) ? software_interval_ms
                                                                 : hardware_interval_ms);
        if (!options_.file.empty())
            personal_.open_trace(session_, options_.file);
    }
    Window window(session_, commands_);
    std::string title;
    bool obeyed = false;
    int frames = frames_after_input;
    while (!surface.should_close() && !session_.view.quit) {
        bool const input = frames > 0 ? surface.look() : surface.wait();
        frames = std::max(frames, input ? frames_after_input : 1);
        take_delivery();
        if (!session_.continue_filter(filter_slice))
            frames = std::max(frames, 1);
        bool const loaded = finished_ || session_.connection != Connection::replay;
        if (loaded && session_.failure.empty() && !std::exchange(obeyed, true))
            if (std::string const problem = obey_options(); !problem.empty())
                session_.notes.push_back(problem);
        draw_frame(surface, window, surface.take_keys());
        surface.present();
        send_commands();
        personal_.keep(session_);
        if (std::string dropped = surface.take_dropped_file(); !dropped.empty())
            session_.view.open_request = std::move(dropped);
        if (!session_.view.open_request.empty()) {
            open_another(std::exchange(session_.view.open_request, {}));
            frames = frames_after_input;
        }
        if (std::string now = title_of(session_); now != title)
            surface.set_title(title = std::move(now));
        --frames;
    }
    feed_.reset(); // its thread wakes the window: it ends first
    return code;
}

} // namespace ringside::visualizer

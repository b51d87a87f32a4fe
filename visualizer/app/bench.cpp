#include "visualizer/app/bench.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <fstream>
#include <functional>
#include <thread>

#include <fmt/format.h>
#include <imgui.h>
#include <nlohmann/json.hpp>

#include "visualizer/app/exit_codes.hpp"
#include "visualizer/app/feed.hpp"
#include "visualizer/app/surface.hpp"
#include "visualizer/panels/window.hpp"

namespace ringside::visualizer {

namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

double rounded(double value)
{
    return static_cast<double>(static_cast<std::int64_t>(value * 100)) / 100;
}

double milliseconds_since(Clock::time_point start)
{
    return rounded(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
}

// A line of /proc/self/status, in mebibytes: proc(5), "VmRSS" and "VmHWM".
std::uint64_t memory(std::string_view line)
{
    std::ifstream status("/proc/self/status");
    for (std::string text; std::getline(status, text);)
        if (text.starts_with(line))
            return std::stoull(text.substr(line.size() + 1)) / 1024;
    return 0;
}

// Of all threads together, those of the renderer too: unlike the clock on the wall, it means the
// same on a busy machine.
double cpu_seconds()
{
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

class Bench {
public:
    explicit Bench(BenchOptions options) : options_(std::move(options))
    {
        ImGui::CreateContext();
        ImGui::GetIO().IniFilename = nullptr;
    }
    ~Bench()
    {
        feed_.reset();
        surface_.reset();
        ImGui::DestroyContext();
    }
    Bench(Bench const&) = delete;
    Bench& operator=(Bench const&) = delete;

    Result<Json> run()
    {
        surface_ = TRY(make_headless_surface(options_.width, options_.height));
        draw(); // fonts and shaders are the start of the program, not of the trace
        Json figures;
        figures["file"] = options_.file;
        figures["renderer"] = surface_->renderer();
        figures["size"] = fmt::format("{}x{}", options_.width, options_.height);
        figures["open"] = TRY(open());
        figures["memory_mib"] = {{"open", memory("VmRSS")}, {"peak", memory("VmHWM")}};
        figures["frames"] = frames();
        figures["filter"] = filters();
        figures["idle"] = idle();
        figures["follow"] = follow();
        figures["memory_mib"]["peak"] = memory("VmHWM");
        return figures;
    }

private:
    void draw() { draw(window_); }
    void draw(Window& window)
    {
        if (window.fit_fonts(1.0F))
            surface_->upload_fonts();
        surface_->begin_frame();
        window.draw();
        ImGui::Render();
        surface_->end_frame(window.background());
    }

    bool take()
    {
        if (!feed_->has_something())
            return false;
        Delivery const delivery = feed_->take();
        for (Delivery::Block const& block : delivery.blocks)
            session_.append_block(block.records, block.number);
        return delivery.finished;
    }

    Result<Json> open()
    {
        auto const start = Clock::now();
        double const cpu = cpu_seconds();
        feed_ = TRY(Feed::of_file(options_.file, [] {}));
        session_.assume(feed_->backend());
        session_.set_source(feed_->blocks());
        double first_picture = 0;
        for (bool finished = false; !finished;) {
            finished = take();
            if (first_picture == 0 && session_.moment() != no_moment) {
                draw();
                first_picture = milliseconds_since(start);
            }
            if (!finished)
                std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
        double const indexed = milliseconds_since(start);
        double const worked = (cpu_seconds() - cpu) * 1000;
        draw();
        return Json{{"first_picture_ms", first_picture},
                    {"indexed_ms", indexed},
                    {"indexed_cpu_ms", rounded(worked)},
                    {"complete_picture_ms", milliseconds_since(start)},
                    {"records", session_.trace().records().size()},
                    {"rows", session_.trace().moments().size()}};
    }

    // What one person sees in three seconds of holding a key down.
    Json animate(std::string_view prepare, std::string_view command)
    {
        constexpr std::size_t count = 90;
        commands_.run(session_, prepare);
        draw();
        std::vector<double> times;
        double const cpu = cpu_seconds();
        for (std::size_t frame = 0; frame < count; ++frame) {
            commands_.run(session_, command);
            auto const start = Clock::now();
            draw();
            times.push_back(milliseconds_since(start));
        }
        double const worked = (cpu_seconds() - cpu) * 1000 / count;
        std::sort(times.begin(), times.end());
        double const median = times[count / 2];
        return Json{{"median_ms", median},
                    {"cpu_ms", rounded(worked)},
                    {"slow_ms", times[count * 95 / 100]},
                    {"frames_per_second", static_cast<int>(1000 / std::max(median, 0.01))}};
    }

    Json frames()
    {
        Json figures;
        session_.focus_moment(session_.trace().moments().size() / 2, FocusHistory::Move::jump);
        draw();
        figures["whole_trace_zooming"] = animate("timeline.all", "timeline.zoom-in");
        commands_.run(session_, "timeline.all");
        for (int step = 0; step < 6; ++step)
            commands_.run(session_, "timeline.zoom-in");
        figures["dense_panning"] = animate("timeline.left", "timeline.left");
        figures["close_panning"] = animate("timeline.focus", "timeline.right");
        figures["list_paging"] = animate("exit.first", "exit.page-down");
        return figures;
    }

    Json filters()
    {
        static constexpr auto texts = std::to_array<std::string_view>(
            {"port == 0x3f8", "kind == halt", "device ~ uart && value == 'e'", "class == Q", "pic",
             "cost > 20us && out"});
        Json figures = Json::array();
        for (std::string_view const text : texts) {
            auto const start = Clock::now();
            session_.set_filter(std::string(text));
            draw();
            double const answered = milliseconds_since(start);
            while (!session_.continue_filter(RowScan::Budget(40)))
                draw();
            figures.push_back({{"text", text},
                               {"answered_ms", answered},
                               {"complete_ms", milliseconds_since(start)},
                               {"rows", session_.row_count()}});
        }
        session_.set_filter("");
        return figures;
    }

    // Nothing is asked and nothing comes: whatever this costs is our own unrest.
    static Json idle()
    {
        double const before = cpu_seconds();
        std::this_thread::sleep_for(std::chrono::seconds(2));
        double const percent = (cpu_seconds() - before) / 2 * 100;
        return Json{{"cpu_percent", rounded(percent)}};
    }

    // A live machine that tells ten thousand records a second, drawn ten times a second as the
    // window does without a GPU: the file's own records, as if they came now.
    Json follow()
    {
        constexpr auto interval = std::chrono::milliseconds(100);
        constexpr int count = 30;
        constexpr RecordIndex each = 1000;
        Session live;
        live.connection = Connection::live;
        live.set_follow(true);
        Window window(live, commands_);
        draw(window);
        RecordStore const& store = session_.trace().records();
        double const cpu = cpu_seconds();
        auto const start = Clock::now();
        RecordIndex next = 0;
        for (int frame = 1; frame <= count; ++frame) {
            std::vector<trace::Record> records;
            for (RecordIndex end = std::min(store.size(), next + each); next < end; ++next) {
                RecordHead const head = store.head(next);
                records.push_back({head.seq, head.vcpu, head.time, head.host, store.event(next)});
            }
            live.append(records);
            draw(window);
            std::this_thread::sleep_until(start + frame * interval);
        }
        double const seconds = milliseconds_since(start) / 1000;
        return Json{{"cpu_percent", rounded((cpu_seconds() - cpu) / seconds * 100)},
                    {"records_per_second", static_cast<int>(next / seconds)}};
    }

    BenchOptions options_;
    Session session_;
    CommandRegistry commands_ = CommandRegistry::standard();
    Window window_{session_, commands_};
    std::unique_ptr<Surface> surface_;
    std::unique_ptr<Feed> feed_;
};

void print_as_text(Json const& figures)
{
    for (auto const& [name, value] : figures.items())
        fmt::print("{:<12} {}\n", name,
                   value.is_string() ? value.get<std::string>() : value.dump());
}

} // namespace

int run_bench(BenchOptions const& options)
{
    Bench bench(options);
    Result<Json> const figures = bench.run();
    if (!figures) {
        fmt::print(stderr, "ringside-view: {}\n", figures.error().text);
        return figures.error().blame == Blame::unavailable ? exit_display : exit_input;
    }
    if (options.json)
        fmt::print("{}\n", figures->dump(2));
    else
        print_as_text(*figures);
    return exit_ok;
}

} // namespace ringside::visualizer

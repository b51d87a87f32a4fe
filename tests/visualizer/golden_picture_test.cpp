// Golden pictures: every panel on a made-up run, in every theme, at 1x and 2x: one sheet for each
// panel, the themes side by side, 1x above 2x. They are compared reduced and with a tolerance, so that
// another Mesa, with other smoothing, still passes.
//
// A change that is wanted: run this test with RINGSIDE_GOLDEN=write, look at the sheets in
// tests/golden/panels/, and commit them.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>

#include <stb_image.h>

#include "visualizer/app/imgui_context.hpp"
#include "visualizer/app/surface.hpp"
#include "visualizer/model/command.hpp"
#include "visualizer/panels/panel_picture.hpp"
#include "visualizer/panels/theme.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

// A panel is drawn this large at 1x, and its picture is this much smaller, in each direction.
constexpr unsigned panel_width = 480;
constexpr unsigned panel_height = 320;
constexpr unsigned reduction = 3;
constexpr unsigned small_width = panel_width / reduction;
constexpr unsigned small_height = panel_height / reduction;

Image blank(unsigned width, unsigned height)
{
    return {width, height, std::vector<std::uint8_t>(std::size_t{width} * height * 3)};
}

std::uint8_t& channel(Image& image, unsigned x, unsigned y, unsigned which)
{
    return image.pixels[(std::size_t{y} * image.width + x) * 3 + which];
}

// Averages squares of `by` pixels.
void reduce_into(Image& from, unsigned by, Image& sheet, unsigned left, unsigned top)
{
    for (unsigned y = 0; y < small_height; ++y)
        for (unsigned x = 0; x < small_width; ++x)
            for (unsigned which = 0; which < 3; ++which) {
                unsigned sum = 0;
                for (unsigned place = 0; place < by * by; ++place)
                    sum += channel(from, x * by + place % by, y * by + place / by, which);
                channel(sheet, left + x, top + y, which) =
                    static_cast<std::uint8_t>(sum / (by * by));
            }
}

// The mean difference of a channel, and the largest one of a square of eight pixels.
struct Difference {
    double mean = 0;
    double worst = 0;
};

Difference difference(Image& one, Image& two, unsigned left, unsigned top)
{
    constexpr unsigned square = 8;
    Difference result;
    unsigned squares = 0;
    for (unsigned y = 0; y + square <= small_height; y += square)
        for (unsigned x = 0; x + square <= small_width; x += square, ++squares) {
            double sum = 0;
            for (unsigned place = 0; place < square * square * 3; ++place) {
                unsigned const px = left + x + place / 3 % square;
                unsigned const py = top + y + place / 3 / square;
                sum += std::abs(channel(one, px, py, place % 3) - channel(two, px, py, place % 3));
            }
            sum /= square * square * 3;
            result.mean += sum;
            result.worst = std::max(result.worst, sum);
        }
    result.mean /= std::max(1U, squares);
    return result;
}

Session staged()
{
    Session session;
    session.assume(trace::BackendKind::kvm);
    session.append(story::records());
    CommandRegistry const commands = CommandRegistry::standard();
    for (std::string_view const command : {"example.of event.walk", "tour.start"})
        REQUIRE(commands.run(session, command) == "");
    return session;
}

constexpr std::array<ThemeName, 3> themes = {ThemeName::dark, ThemeName::light,
                                             ThemeName::high_contrast};
constexpr std::array<unsigned, 2> scales = {1, 2};

using Sheets = std::map<std::string, Image>;

// Each panel, at this scale, in every theme, into its sheet.
void draw_sheets(Surface& surface, Session& session, std::size_t row, Sheets& sheets)
{
    CommandRegistry const commands = CommandRegistry::standard();
    unsigned const scale = scales[row];
    Fonts fonts;
    fonts.build(static_cast<float>(scale));
    surface.upload_fonts();
    Size const size{static_cast<float>(panel_width * scale),
                    static_cast<float>(panel_height * scale)};
    for (std::string const& panel : drawable_panels()) {
        Image& sheet =
            sheets.try_emplace(panel, blank(3 * small_width, 2 * small_height)).first->second;
        for (std::size_t column = 0; column < themes.size(); ++column) {
            session.view.theme = themes[column];
            for (int frame = 0; frame < 2; ++frame) {
                surface.begin_frame();
                draw_panel_alone(session, commands, fonts, panel, size);
                ImGui::Render();
                surface.end_frame(theme_of(themes[column]).background);
            }
            Image picture = surface.picture();
            reduce_into(picture, reduction * scale, sheet,
                        static_cast<unsigned>(column) * small_width,
                        static_cast<unsigned>(row) * small_height);
        }
    }
}

std::filesystem::path golden_path(std::string const& panel)
{
    return std::filesystem::path(RINGSIDE_SOURCE_DIR) / "tests" / "golden" / "panels" /
           (panel + ".png");
}

Image read_png(std::filesystem::path const& path)
{
    int width = 0;
    int height = 0;
    int channels = 0;
    std::uint8_t* const data = stbi_load(path.c_str(), &width, &height, &channels, 3);
    if (data == nullptr)
        return {};
    Image image = blank(static_cast<unsigned>(width), static_cast<unsigned>(height));
    std::copy_n(data, image.pixels.size(), image.pixels.begin());
    stbi_image_free(data);
    return image;
}

void compare(std::string const& panel, Image& sheet)
{
    std::filesystem::path const path = golden_path(panel);
    if (char const* mode = std::getenv("RINGSIDE_GOLDEN");
        mode != nullptr && std::string_view(mode) == "write") {
        std::filesystem::create_directories(path.parent_path());
        REQUIRE(write_png(path.string(), sheet));
        return;
    }
    Image golden = read_png(path);
    INFO(path.string() << "; a change that is wanted: RINGSIDE_GOLDEN=write");
    REQUIRE(golden.width == sheet.width);
    REQUIRE(golden.height == sheet.height);
    for (std::size_t row = 0; row < scales.size(); ++row)
        for (std::size_t column = 0; column < themes.size(); ++column) {
            Difference const found =
                difference(sheet, golden, static_cast<unsigned>(column) * small_width,
                           static_cast<unsigned>(row) * small_height);
            INFO(name_of(themes[column]) << " at " << scales[row] << "x");
            CHECK(found.mean < 3);
            CHECK(found.worst < 40);
        }
}

} // namespace

TEST_CASE("every panel looks as its golden picture does, in every theme, at 1x and 2x")
{
    Session session = staged();
    Sheets sheets;
    for (std::size_t row = 0; row < scales.size(); ++row) {
        ImGuiContextOwner const imgui;
        auto const surface =
            make_headless_surface(panel_width * scales[row], panel_height * scales[row]);
        if (!surface) {
            WARN("SKIPPED: golden pictures of the panels: " << surface.error().text);
            return;
        }
        draw_sheets(**surface, session, row, sheets);
    }
    for (auto& [panel, sheet] : sheets)
        compare(panel, sheet);
}

#include "visualizer/panels/fonts.hpp"

#include <cmath>
#include <filesystem>
#include <string_view>

namespace ringside::visualizer {

namespace {

struct FaceFile {
    std::string_view name;
    float size; ///< in pixels at scale 1
};

// In the order of Face. All four files are in fonts-dejavu-core.
constexpr std::array<FaceFile, face_count> files = {{
    {"DejaVuSans.ttf", 13},
    {"DejaVuSans-Bold.ttf", 13},
    {"DejaVuSansMono.ttf", 13},
    {"DejaVuSansMono-Bold.ttf", 13},
    {"DejaVuSans.ttf", 12},
    {"DejaVuSans.ttf", 11},
    {"DejaVuSansMono-Bold.ttf", 12},
    {"DejaVuSans.ttf", 15},
}};

constexpr std::array<std::string_view, 3> folders = {
    "/usr/share/fonts/truetype/dejavu/",
    "/usr/share/fonts/dejavu/",
    "/usr/local/share/fonts/",
};

// Latin, general punctuation, arrows, mathematical signs, shapes, check marks.
constexpr std::array<ImWchar, 13> ranges = {0x20,   0xff,   0x2010, 0x2027, 0x2190, 0x21ff, 0x2200,
                                            0x2265, 0x25a0, 0x25ff, 0x2690, 0x2718, 0};

std::string path_of(std::string_view name)
{
    for (std::string_view const folder : folders) {
        std::string path = std::string(folder).append(name);
        if (std::error_code ignored; std::filesystem::exists(path, ignored))
            return path;
    }
    return {};
}

} // namespace

void Fonts::build(float scale)
{
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    atlas.Clear();
    problem_.clear();
    scale_ = scale;
    for (std::size_t number = 0; number < face_count; ++number) {
        ImFontConfig config;
        config.OversampleH = 2;
        config.PixelSnapH = true;
        float const size = std::round(files[number].size * scale);
        std::string const path = path_of(files[number].name);
        if (path.empty()) {
            config.SizePixels = size;
            fonts_[number] = atlas.AddFontDefault(&config);
            problem_ = "the DejaVu fonts are missing: apt install fonts-dejavu-core";
            continue;
        }
        fonts_[number] = atlas.AddFontFromFileTTF(path.c_str(), size, &config, ranges.data());
    }
    atlas.Build();
}

} // namespace ringside::visualizer

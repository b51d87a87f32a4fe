// The faces panels write in: DejaVu Sans and DejaVu Sans Mono where they are installed, ImGui's
// own bitmap font where they are not.
#pragma once

#include <array>
#include <string>

#include <imgui.h>

#include "visualizer/panels/canvas.hpp"

namespace ringside::visualizer {

class Fonts {
public:
    /// Fills ImGui's font atlas for this scale. The renderer must upload it anew afterwards.
    void build(float scale);

    ImFont* of(Face face) const { return fonts_[static_cast<std::size_t>(face)]; }
    float scale() const { return scale_; }
    /// Which fonts were not found, as one line; empty when all is well.
    std::string const& problem() const { return problem_; }

private:
    std::array<ImFont*, face_count> fonts_{};
    float scale_ = 0;
    std::string problem_;
};

} // namespace ringside::visualizer

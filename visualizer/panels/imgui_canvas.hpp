// A Canvas that draws into an ImGui draw list.
#pragma once

#include <imgui.h>

#include "visualizer/panels/canvas.hpp"
#include "visualizer/panels/fonts.hpp"

namespace ringside::visualizer {

class ImGuiCanvas final : public Canvas {
public:
    ImGuiCanvas(ImDrawList& list, Fonts const& fonts) : list_(list), fonts_(fonts) {}
    ~ImGuiCanvas() override { clip(std::nullopt); }

    void shape(Rect area, Shape const& shape) override;
    void polygon(std::span<Point const> corners, Color fill) override;
    void line(Point from, Point to, Color color, float thickness) override;
    void text(Point at, Face face, Color color, std::string_view text) override;
    Size measure(Face face, std::string_view text) override;
    void clip(std::optional<Rect> area) override;

private:
    ImDrawList& list_;
    Fonts const& fonts_;
    bool clipped_ = false;
};

/// The same colour as ImGui packs it.
ImU32 packed(Color color);

} // namespace ringside::visualizer

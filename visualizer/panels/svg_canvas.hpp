// A Canvas that writes SVG: the same panel as a vector picture, for the book. It measures with the
// window's fonts and needs neither OpenGL nor a display.
//
// Not modelled: embedded fonts. Every text carries its length, so that another font still lines up.
#pragma once

#include <string>

#include "visualizer/panels/canvas.hpp"
#include "visualizer/panels/fonts.hpp"

namespace ringside::visualizer {

class SvgCanvas final : public Canvas {
public:
    explicit SvgCanvas(Fonts const& fonts) : fonts_(fonts) {}

    void shape(Rect area, Shape const& shape) override;
    void polygon(std::span<Point const> corners, Color fill) override;
    void line(Point from, Point to, Color color, float thickness) override;
    void text(Point at, Face face, Color color, std::string_view text) override;
    Size measure(Face face, std::string_view text) override;
    void clip(std::optional<Rect> area) override;

    /// The whole document; `title` and `description` are for readers who cannot see it.
    std::string document(Size size, std::string_view title, std::string_view description);

private:
    float em_size(Face face) const;

    Fonts const& fonts_;
    std::string body_;
    std::string clips_;
    unsigned clip_count_ = 0;
    bool clipped_ = false;
};

} // namespace ringside::visualizer

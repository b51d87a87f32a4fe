#include "visualizer/panels/svg_canvas.hpp"

#include <cfloat>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace ringside::visualizer {

namespace {

// SVG 1.1, "Text" and XML 1.0, "Predefined Entities".
std::string escaped(std::string_view text)
{
    std::string result;
    for (char const letter : text) {
        switch (letter) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        default: // XML has no place for most control characters
            result += static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter;
        }
    }
    return result;
}

std::string hex_color(Color color)
{
    return fmt::format("#{:02x}{:02x}{:02x}", color.red, color.green, color.blue);
}

// fill="#56b4e9", with its opacity where it has one.
std::string paint(std::string_view attribute, Color color)
{
    if (color.alpha == 0)
        return fmt::format("{}=\"none\"", attribute);
    std::string text = fmt::format("{}=\"{}\"", attribute, hex_color(color));
    if (color.alpha != 255)
        text += fmt::format(" {}-opacity=\"{:.2f}\"", attribute,
                            static_cast<float>(color.alpha) / 255.0F);
    return text;
}

struct FaceStyle {
    bool mono;
    bool bold;
};

FaceStyle style_of(Face face)
{
    switch (face) {
    case Face::bold:
        return {false, true};
    case Face::mono:
        return {true, false};
    case Face::mono_bold:
    case Face::letter:
        return {true, true};
    case Face::text:
    case Face::detail:
    case Face::small:
    case Face::heading:
        break;
    }
    return {false, false};
}

} // namespace

void SvgCanvas::shape(Rect area, Shape const& shape)
{
    float const x = std::round(area.x);
    float const y = std::round(area.y);
    float const width = std::round(area.right()) - x;
    float const height = std::round(area.bottom()) - y;
    if (width <= 0 || height <= 0)
        return;
    // A border lies inside its edges, as in the window.
    float const inset = shape.border.alpha != 0 ? shape.thickness / 2 : 0;
    body_ += fmt::format("<rect x=\"{:g}\" y=\"{:g}\" width=\"{:g}\" height=\"{:g}\"", x + inset,
                         y + inset, std::max(0.0F, width - 2 * inset),
                         std::max(0.0F, height - 2 * inset));
    if (shape.rounding > 0)
        body_ += fmt::format(" rx=\"{:g}\"", shape.rounding);
    body_ += " " + paint("fill", shape.fill);
    if (shape.border.alpha != 0)
        body_ += fmt::format(" {} stroke-width=\"{:g}\"", paint("stroke", shape.border),
                             shape.thickness);
    body_ += "/>\n";
}

void SvgCanvas::polygon(std::span<Point const> corners, Color fill)
{
    body_ += "<polygon points=\"";
    for (Point const& corner : corners)
        body_ += fmt::format("{:.4g},{:.4g} ", corner.x, corner.y);
    body_ += "\" " + paint("fill", fill) + "/>\n";
}

void SvgCanvas::line(Point from, Point to, Color color, float thickness)
{
    body_ += fmt::format("<line x1=\"{:.5g}\" y1=\"{:.5g}\" x2=\"{:.5g}\" y2=\"{:.5g}\" {} "
                         "stroke-width=\"{:g}\"/>\n",
                         from.x, from.y, to.x, to.y, paint("stroke", color), thickness);
}

void SvgCanvas::text(Point at, Face face, Color color, std::string_view text)
{
    if (text.find_first_not_of(' ') == std::string_view::npos)
        return;
    ImFont const* font = fonts_.of(face);
    FaceStyle const style = style_of(face);
    body_ += fmt::format("<text x=\"{:g}\" y=\"{:g}\" font-size=\"{:g}\" textLength=\"{:.5g}\" "
                         "class=\"{}{}\" {} xml:space=\"preserve\">{}</text>\n",
                         std::round(at.x), std::round(at.y) + std::round(font->Ascent),
                         em_size(face), measure(face, text).width, style.mono ? "m" : "t",
                         style.bold ? " b" : "", paint("fill", color), escaped(text));
}

float SvgCanvas::em_size(Face face) const
{
    // ImGui scales a face so that ascent and descent fill its size; SVG counts in em. The two DejaVu
    // families have ascent + descent = 1.1641 em (their 'hhea' tables).
    constexpr float line_of_an_em = 1.1641F;
    return fonts_.of(face)->FontSize / line_of_an_em;
}

Size SvgCanvas::measure(Face face, std::string_view text)
{
    ImFont* font = fonts_.of(face);
    ImVec2 const size =
        font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, text.data(), text.data() + text.size());
    return {size.x, size.y};
}

void SvgCanvas::clip(std::optional<Rect> area)
{
    if (std::exchange(clipped_, false))
        body_ += "</g>\n";
    if (!area)
        return;
    unsigned const number = clip_count_++;
    clips_ += fmt::format("<clipPath id=\"c{}\"><rect x=\"{:g}\" y=\"{:g}\" width=\"{:g}\" "
                          "height=\"{:g}\"/></clipPath>\n",
                          number, area->x, area->y, std::max(0.0F, area->width),
                          std::max(0.0F, area->height));
    body_ += fmt::format("<g clip-path=\"url(#c{})\">\n", number);
    clipped_ = true;
}

std::string SvgCanvas::document(Size size, std::string_view title, std::string_view description)
{
    clip(std::nullopt);
    return fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:g}\" height=\"{1:g}\" "
                       "viewBox=\"0 0 {0:g} {1:g}\" role=\"img\">\n<title>{2}</title>\n"
                       "<desc>{3}</desc>\n<style>.t{{font-family:'DejaVu Sans',Verdana,sans-serif}}"
                       ".m{{font-family:'DejaVu Sans Mono',monospace}}.b{{font-weight:bold}}"
                       "</style>\n<defs>\n{4}</defs>\n{5}</svg>\n",
                       size.width, size.height, escaped(title), escaped(description), clips_,
                       body_);
}

} // namespace ringside::visualizer

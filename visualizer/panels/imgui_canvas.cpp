#include "visualizer/panels/imgui_canvas.hpp"

#include <cfloat>
#include <cmath>
#include <utility>

namespace ringside::visualizer {

ImU32 packed(Color color)
{
    return IM_COL32(color.red, color.green, color.blue, color.alpha);
}

void ImGuiCanvas::shape(Rect area, Shape const& shape)
{
    // Edges on whole pixels: hairlines stay one pixel wide, neighbours meet without a seam.
    ImVec2 const low(std::round(area.x), std::round(area.y));
    ImVec2 const high(std::round(area.right()), std::round(area.bottom()));
    if (shape.fill.alpha != 0)
        list_.AddRectFilled(low, high, packed(shape.fill), shape.rounding);
    if (shape.border.alpha != 0)
        list_.AddRect(low, high, packed(shape.border), shape.rounding, 0, shape.thickness);
}

void ImGuiCanvas::polygon(std::span<Point const> corners, Color fill)
{
    for (Point const& corner : corners)
        list_.PathLineTo(ImVec2(corner.x, corner.y));
    list_.PathFillConvex(packed(fill));
}

void ImGuiCanvas::line(Point from, Point to, Color color, float thickness)
{
    list_.AddLine(ImVec2(from.x, from.y), ImVec2(to.x, to.y), packed(color), thickness);
}

void ImGuiCanvas::text(Point at, Face face, Color color, std::string_view text)
{
    ImFont* font = fonts_.of(face);
    list_.AddText(font, font->FontSize, ImVec2(std::round(at.x), std::round(at.y)), packed(color),
                  text.data(), text.data() + text.size());
}

Size ImGuiCanvas::measure(Face face, std::string_view text)
{
    ImFont* font = fonts_.of(face);
    ImVec2 const size =
        font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, text.data(), text.data() + text.size());
    return {size.x, size.y};
}

void ImGuiCanvas::clip(std::optional<Rect> area)
{
    if (std::exchange(clipped_, false))
        list_.PopClipRect();
    if (!area)
        return;
    list_.PushClipRect(ImVec2(area->x, area->y), ImVec2(area->right(), area->bottom()), true);
    clipped_ = true;
}

} // namespace ringside::visualizer

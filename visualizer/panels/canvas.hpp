// What panels draw with. Six calls, so that the same panel can be drawn into a window by ImGui,
// into a list by a test, and into a vector file by an exporter.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "visualizer/model/layout.hpp"

namespace ringside::visualizer {

struct Color {
    std::uint8_t red = 0;
    std::uint8_t green = 0;
    std::uint8_t blue = 0;
    std::uint8_t alpha = 0; ///< 0: nothing is drawn

    constexpr Color faded(float by) const
    {
        return {red, green, blue, static_cast<std::uint8_t>(static_cast<float>(alpha) * by)};
    }
    bool operator==(Color const&) const = default;
};

constexpr Color rgb(std::uint32_t hex)
{
    return {static_cast<std::uint8_t>(hex >> 16), static_cast<std::uint8_t>(hex >> 8),
            static_cast<std::uint8_t>(hex), 255};
}

struct Point {
    float x = 0;
    float y = 0;
};

struct Size {
    float width = 0;
    float height = 0;
};

enum class Face : std::uint8_t { text, bold, mono, mono_bold, detail, small, letter, heading };
inline constexpr std::size_t face_count = 8;

struct Shape {
    Color fill;
    Color border;
    float rounding = 0;
    float thickness = 1;
};

class Canvas {
public:
    Canvas() = default;
    Canvas(Canvas const&) = delete;
    Canvas& operator=(Canvas const&) = delete;
    virtual ~Canvas() = default;

    virtual void shape(Rect area, Shape const& shape) = 0;
    virtual void polygon(std::span<Point const> corners, Color fill) = 0;
    virtual void line(Point from, Point to, Color color, float thickness) = 0;
    virtual void text(Point at, Face face, Color color, std::string_view text) = 0;
    virtual Size measure(Face face, std::string_view text) = 0;
    /// Everything until the next call stays inside `area`; nothing: inside the whole window.
    virtual void clip(std::optional<Rect> area) = 0;
};

} // namespace ringside::visualizer

// Something ImGui can be drawn on: a window with OpenGL 3 or 2, or memory by EGL without any
// display.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "visualizer/panels/canvas.hpp"

namespace ringside::visualizer {

struct Image {
    unsigned width = 0;
    unsigned height = 0;
    std::vector<std::uint8_t> pixels; ///< RGB, top row first
};

class Surface {
public:
    Surface() = default;
    Surface(Surface const&) = delete;
    Surface& operator=(Surface const&) = delete;
    virtual ~Surface() = default;

    /// The monitor's own scale.
    virtual float scale() const = 0;
    /// The fonts were rebuilt.
    virtual void upload_fonts() = 0;
    /// Calls ImGui::NewFrame().
    virtual void begin_frame() = 0;
    /// Draws what ImGui::Render() left, on this colour.
    virtual void end_frame(Color background) = 0;
    /// The frame that was drawn last, before it is shown.
    virtual Image picture() = 0;
    /// What draws, in its own words: "llvmpipe (LLVM 15.0.6, 256 bits)".
    virtual std::string renderer() const = 0;
};

/// A picture in memory. Fails where EGL has no surfaceless platform.
Result<std::unique_ptr<Surface>> make_headless_surface(unsigned width, unsigned height);

Result<void> write_png(std::string const& path, Image const& image);

} // namespace ringside::visualizer

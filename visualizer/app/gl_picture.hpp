// The few OpenGL calls of our own; they are the same in OpenGL 2 and 3.
#pragma once

#include <string>

#include "visualizer/app/surface.hpp"

namespace ringside::visualizer {

void clear_to(Color color, int width, int height);
/// The pixels of the framebuffer that is drawn to.
Image read_picture(unsigned width, unsigned height);
std::string gl_renderer();

} // namespace ringside::visualizer

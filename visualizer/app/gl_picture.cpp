#include "visualizer/app/gl_picture.hpp"

#include <algorithm>

#include <GL/gl.h>
#include <stb_image_write.h>

namespace ringside::visualizer {

void clear_to(Color color, int width, int height)
{
    glViewport(0, 0, width, height);
    glDisable(GL_SCISSOR_TEST);
    glClearColor(static_cast<float>(color.red) / 255.0F, static_cast<float>(color.green) / 255.0F,
                 static_cast<float>(color.blue) / 255.0F, 1.0F);
    glClear(GL_COLOR_BUFFER_BIT);
}

Image read_picture(unsigned width, unsigned height)
{
    Image image{width, height, std::vector<std::uint8_t>(std::size_t{width} * height * 3)};
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadPixels(0, 0, static_cast<int>(width), static_cast<int>(height), GL_RGB, GL_UNSIGNED_BYTE,
                 image.pixels.data());
    // OpenGL counts rows from the bottom.
    std::size_t const row = std::size_t{width} * 3;
    for (std::size_t top = 0; top < height / 2; ++top)
        std::swap_ranges(image.pixels.begin() + static_cast<std::ptrdiff_t>(top * row),
                         image.pixels.begin() + static_cast<std::ptrdiff_t>((top + 1) * row),
                         image.pixels.begin() +
                             static_cast<std::ptrdiff_t>((height - 1 - top) * row));
    return image;
}

std::string gl_renderer()
{
    auto const* text = reinterpret_cast<char const*>(glGetString(GL_RENDERER));
    return text != nullptr ? text : "unknown";
}

Result<void> write_png(std::string const& path, Image const& image)
{
    int const width = static_cast<int>(image.width);
    int const written = stbi_write_png(path.c_str(), width, static_cast<int>(image.height), 3,
                                       image.pixels.data(), width * 3);
    if (written == 0)
        return fail(Blame::host, "cannot write " + path + ": is the folder there, and writable?");
    return {};
}

} // namespace ringside::visualizer

#include "visualizer/panels/theme.hpp"

#include <cmath>

namespace ringside::visualizer {

namespace {

// M. Okabe, K. Ito, "Color Universal Design", 2008. In the order of ExitClass. The palette's black
// becomes a grey that shows on the background at hand.
constexpr std::array<Color, class_count> okabe_ito(Color other)
{
    return {rgb(0x56b4e9), rgb(0x009e73), rgb(0x0072b2), rgb(0xe69f00),
            rgb(0xf0e442), rgb(0xcc79a7), rgb(0xd55e00), other};
}

constexpr Theme dark{
    .background = rgb(0x15181d),
    .raised = rgb(0x20262e),
    .hovered = rgb(0x2c343f),
    .line = rgb(0x2f3742),
    .text = rgb(0xe8ebf0),
    .dim = rgb(0xa3adbb),
    .faint = rgb(0x67717f),
    .focus = rgb(0xf5f7fa),
    .focus_fill = rgb(0x2d3d55),
    .changed = rgb(0xffc857),
    .good = rgb(0x6fd6a8),
    .bad = rgb(0xff8a6b),
    .classes = okabe_ito(rgb(0xcdd3db)),
};

constexpr Theme light{
    .background = rgb(0xfbfbf9),
    .raised = rgb(0xededea),
    .hovered = rgb(0xdfe3e8),
    .line = rgb(0xcfd2d4),
    .text = rgb(0x1b1f24),
    .dim = rgb(0x545c66),
    .faint = rgb(0x8e959e),
    .focus = rgb(0x1b1f24),
    .focus_fill = rgb(0xd3e3f8),
    .changed = rgb(0xa34700),
    .good = rgb(0x00694c),
    .bad = rgb(0xb03a00),
    .classes = okabe_ito(rgb(0x5f6770)),
};

constexpr Theme high_contrast{
    .background = rgb(0x000000),
    .raised = rgb(0x1a1a1a),
    .hovered = rgb(0x333333),
    .line = rgb(0x8a8a8a),
    .text = rgb(0xffffff),
    .dim = rgb(0xe2e2e2),
    .faint = rgb(0xa6a6a6),
    .focus = rgb(0xffff00),
    .focus_fill = rgb(0x003a70),
    .changed = rgb(0xffdf00),
    .good = rgb(0x7cffc4),
    .bad = rgb(0xffa58a),
    .classes = okabe_ito(rgb(0xffffff)),
};

/// WCAG 2.1, "relative luminance".
float luminance(Color color)
{
    auto const linear = [](std::uint8_t channel) {
        float const share = static_cast<float>(channel) / 255.0F;
        return share <= 0.03928F ? share / 12.92F : std::pow((share + 0.055F) / 1.055F, 2.4F);
    };
    return 0.2126F * linear(color.red) + 0.7152F * linear(color.green) +
           0.0722F * linear(color.blue);
}

} // namespace

Theme const& theme_of(ThemeName name)
{
    switch (name) {
    case ThemeName::light:
        return light;
    case ThemeName::high_contrast:
        return high_contrast;
    case ThemeName::dark:
        break;
    }
    return dark;
}

Color ink_on(Color background)
{
    // WCAG 2.1, "contrast ratio": from this luminance on, the dark ink is the one that stands out.
    constexpr float as_far_from_both = 0.19F;
    return luminance(background) > as_far_from_both ? rgb(0x101418) : rgb(0xffffff);
}

} // namespace ringside::visualizer

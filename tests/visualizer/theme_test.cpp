// The colours: contrast, and classes that people with any colour vision can tell apart.
#include "tests/catch.hpp"
#include "visualizer/panels/theme.hpp"

#include <algorithm>
#include <array>
#include <cmath>

using namespace ringside::visualizer;

namespace {

double linear(std::uint8_t channel)
{
    double const share = channel / 255.0;
    return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
}

// WCAG 2.1, "relative luminance" and "contrast ratio".
double luminance(Color color)
{
    return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue);
}

double contrast(Color a, Color b)
{
    double const high = std::max(luminance(a), luminance(b));
    double const low = std::min(luminance(a), luminance(b));
    return (high + 0.05) / (low + 0.05);
}

constexpr std::array themes = {ThemeName::dark, ThemeName::light, ThemeName::high_contrast};

} // namespace

TEST_CASE("text stands out from the background in every theme")
{
    for (ThemeName const name : themes) {
        Theme const& theme = theme_of(name);
        INFO(name_of(name));
        CHECK(contrast(theme.text, theme.background) > 12);
        CHECK(contrast(theme.text, theme.raised) > 10);
        CHECK(contrast(theme.text, theme.focus_fill) > 8);
        CHECK(contrast(theme.dim, theme.background) > 6);
        CHECK(contrast(theme.dim, theme.raised) > 5);
        CHECK(contrast(theme.changed, theme.background) > 5);
        CHECK(contrast(theme.bad, theme.background) > 5);
        CHECK(contrast(theme.good, theme.background) > 5);
    }
}

TEST_CASE("high contrast means at least seven to one for everything that is read")
{
    Theme const& theme = theme_of(ThemeName::high_contrast);
    for (Color const color :
         {theme.text, theme.dim, theme.faint, theme.changed, theme.bad, theme.good, theme.focus})
        CHECK(contrast(color, theme.background) >= 7);
}

TEST_CASE("the letter on a class's colour can be read")
{
    for (ThemeName const name : themes)
        for (Color const color : theme_of(name).classes)
            CHECK(contrast(ink_on(color), color) > 4.5);
}

TEST_CASE("every class has its own letter and its own colour")
{
    for (ExitClass const a : all_classes)
        for (ExitClass const b : all_classes) {
            if (a == b)
                continue;
            CHECK(letter_of(a) != letter_of(b));
            CHECK(theme_of(ThemeName::dark).of(a) != theme_of(ThemeName::dark).of(b));
        }
}

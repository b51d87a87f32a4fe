// Whether people with any colour vision can tell the exit classes apart: the distances of the
// palette as it is and as three colour-vision deficiencies show it.
//
// Not modelled: partial deficiencies, which lie in between, and the letter that every class has
// besides (theme_test.cpp).
#include "tests/catch.hpp"
#include "visualizer/panels/theme.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

using namespace ringside::visualizer;

namespace {

using Triple = std::array<double, 3>;
using Matrix = std::array<Triple, 3>;

// G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model for Simulation of
// Color Vision Deficiency", 2009: the matrices of severity 1, for linear RGB.
constexpr Matrix normal = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
constexpr Matrix protanopia = {{{0.152286, 1.052583, -0.204868},
                                {0.114503, 0.786281, 0.099216},
                                {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix deuteranopia = {{{0.367322, 0.860646, -0.227968},
                                  {0.280085, 0.672501, 0.047413},
                                  {-0.011820, 0.042940, 0.968881}}};
constexpr Matrix tritanopia = {{{1.255528, -0.076749, -0.178779},
                                {-0.078411, 0.930809, 0.147602},
                                {0.004733, 0.691367, 0.303900}}};

// IEC 61966-2-1, sRGB and its way to CIE XYZ under D65.
constexpr Matrix xyz_of_rgb = {{{0.4124564, 0.3575761, 0.1804375},
                                {0.2126729, 0.7151522, 0.0721750},
                                {0.0193339, 0.1191920, 0.9503041}}};
constexpr Triple white = {0.95047, 1.0, 1.08883};

Triple times(Matrix const& matrix, Triple const& vector)
{
    Triple result{};
    for (std::size_t row = 0; row < 3; ++row)
        for (std::size_t column = 0; column < 3; ++column)
            result[row] += matrix[row][column] * vector[column];
    return result;
}

Triple linear(Color color)
{
    auto const one = [](std::uint8_t channel) {
        double const share = channel / 255.0;
        return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
    };
    return {one(color.red), one(color.green), one(color.blue)};
}

struct Lab {
    double l, a, b;
};

// CIE 15, "CIE 1976 (L*a*b*) colour space".
Lab lab_of(Triple const& rgb)
{
    auto const f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116; };
    Triple const xyz = times(xyz_of_rgb, rgb);
    double const x = f(xyz[0] / white[0]);
    double const y = f(xyz[1] / white[1]);
    double const z = f(xyz[2] / white[2]);
    return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

Lab as_seen(Color color, Matrix const& vision)
{
    Triple seen = times(vision, linear(color));
    for (double& channel : seen)
        channel = std::clamp(channel, 0.0, 1.0);
    return lab_of(seen);
}

double radians(double degrees)
{
    return degrees * std::numbers::pi / 180;
}

double hue(double a, double b)
{
    double const degrees = std::atan2(b, a) * 180 / std::numbers::pi;
    return degrees < 0 ? degrees + 360 : degrees;
}

double seventh(double value)
{
    return std::sqrt(std::pow(value, 7) / (std::pow(value, 7) + std::pow(25.0, 7)));
}

double mean_hue(double first, double second, bool grey)
{
    if (grey)
        return first + second;
    if (std::abs(first - second) <= 180)
        return (first + second) / 2;
    return first + second < 360 ? (first + second + 360) / 2 : (first + second - 360) / 2;
}

// G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000 Color-Difference Formula", 2005.
double ciede2000(Lab const& one, Lab const& two)
{
    double const chroma = (std::hypot(one.a, one.b) + std::hypot(two.a, two.b)) / 2;
    double const g = 0.5 * (1 - seventh(chroma));
    double const a1 = one.a * (1 + g);
    double const a2 = two.a * (1 + g);
    double const c1 = std::hypot(a1, one.b);
    double const c2 = std::hypot(a2, two.b);
    bool const grey = c1 * c2 == 0;
    double const h1 = hue(a1, one.b);
    double const h2 = hue(a2, two.b);
    double turn = grey ? 0 : h2 - h1;
    turn += turn > 180 ? -360 : turn < -180 ? 360 : 0;
    double const delta_l = two.l - one.l;
    double const delta_c = c2 - c1;
    double const delta_h = 2 * std::sqrt(c1 * c2) * std::sin(radians(turn / 2));
    double const l = (one.l + two.l) / 2;
    double const c = (c1 + c2) / 2;
    double const h = mean_hue(h1, h2, grey);
    double const t = 1 - 0.17 * std::cos(radians(h - 30)) + 0.24 * std::cos(radians(2 * h)) +
                     0.32 * std::cos(radians(3 * h + 6)) - 0.20 * std::cos(radians(4 * h - 63));
    double const rotation =
        -std::sin(radians(60 * std::exp(-std::pow((h - 275) / 25, 2)))) * 2 * seventh(c);
    double const sl = 1 + 0.015 * std::pow(l - 50, 2) / std::sqrt(20 + std::pow(l - 50, 2));
    double const sc = 1 + 0.045 * c;
    double const sh = 1 + 0.015 * c * t;
    return std::sqrt(std::pow(delta_l / sl, 2) + std::pow(delta_c / sc, 2) +
                     std::pow(delta_h / sh, 2) + rotation * (delta_c / sc) * (delta_h / sh));
}

} // namespace

TEST_CASE("the colour difference agrees with the published test data")
{
    // Sharma, Wu, Dalal, Table 1, pairs 1, 7, 17 and 25.
    CHECK(ciede2000({50, 2.6772, -79.7751}, {50, 0, -82.7485}) == Approx(2.0425).margin(1e-4));
    CHECK(ciede2000({50, 0, 0}, {50, -1, 2}) == Approx(2.3669).margin(1e-4));
    CHECK(ciede2000({50, 2.5, 0}, {73, 25, -18}) == Approx(27.1492).margin(1e-4));
    CHECK(ciede2000({60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}) ==
          Approx(1.2644).margin(1e-4));
}

TEST_CASE("any two classes differ by more than ten in every theme and for every colour vision")
{
    for (ThemeName const name : {ThemeName::dark, ThemeName::light, ThemeName::high_contrast})
        for (Matrix const& vision : {normal, protanopia, deuteranopia, tritanopia})
            for (ExitClass const a : all_classes)
                for (ExitClass const b : all_classes) {
                    if (a >= b)
                        continue;
                    INFO(name_of(name) << ": " << text_of(a).name << " and " << text_of(b).name);
                    CHECK(ciede2000(as_seen(theme_of(name).of(a), vision),
                                    as_seen(theme_of(name).of(b), vision)) > 10);
                }
}

TEST_CASE("what changed and what is in focus are never the same to any colour vision")
{
    for (ThemeName const name : {ThemeName::dark, ThemeName::light, ThemeName::high_contrast})
        for (Matrix const& vision : {normal, protanopia, deuteranopia, tritanopia}) {
            Theme const& theme = theme_of(name);
            INFO(name_of(name));
            CHECK(ciede2000(as_seen(theme.changed, vision), as_seen(theme.text, vision)) > 10);
            CHECK(ciede2000(as_seen(theme.good, vision), as_seen(theme.bad, vision)) > 10);
        }
}

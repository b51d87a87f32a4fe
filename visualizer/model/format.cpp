#include "visualizer/model/format.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace ringside::visualizer {

namespace {

char folded(char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return static_cast<char>(letter - 'A' + 'a');
    return letter == '-' ? '_' : letter;
}

bool same_letter(char a, char b)
{
    return folded(a) == folded(b);
}

} // namespace

std::string hex(std::uint64_t value)
{
    return fmt::format("{:#x}", value);
}

std::string hex_padded(std::uint64_t value, unsigned digits)
{
    return fmt::format("{:0{}x}", value, digits);
}

std::string grouped(std::uint64_t value)
{
    std::string const digits = fmt::format("{}", value);
    std::string text;
    for (std::size_t place = 0; place < digits.size(); ++place) {
        if (place != 0 && (digits.size() - place) % 3 == 0)
            text += ',';
        text += digits[place];
    }
    return text;
}

std::string duration(std::uint64_t nanoseconds)
{
    auto const value = static_cast<double>(nanoseconds);
    if (nanoseconds < 1'000)
        return fmt::format("{} ns", nanoseconds);
    if (nanoseconds < 1'000'000)
        return fmt::format("{:.2f} us", value / 1e3);
    if (nanoseconds < 1'000'000'000)
        return fmt::format("{:.3f} ms", value / 1e6);
    return fmt::format("{:.3f} s", value / 1e9);
}

std::string bytes_size(std::uint64_t bytes)
{
    static constexpr std::array<std::string_view, 5> units = {"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    while (unit + 1 < units.size() && bytes >= 1024 && bytes % 1024 == 0) {
        bytes /= 1024;
        ++unit;
    }
    return fmt::format("{} {}", bytes, units[unit]);
}

std::string character(std::uint64_t value, unsigned width)
{
    if (width != 1 || value > 0x7e)
        return {};
    switch (value) {
    case '\n':
        return "'\\n'";
    case '\r':
        return "'\\r'";
    case '\t':
        return "'\\t'";
    case '\b':
        return "'\\b'";
    default:
        return value < 0x20 ? std::string() : fmt::format("'{}'", static_cast<char>(value));
    }
}

std::string shortened(std::string_view text, std::size_t limit)
{
    if (text.size() <= limit)
        return std::string(text);
    return std::string(text.substr(0, limit > 1 ? limit - 1 : 0)) + "\xe2\x80\xa6";
}

std::string printable(std::string_view text)
{
    std::string result(text);
    for (char& byte : result)
        if (byte < 0x20 || byte > 0x7e)
            byte = '?';
    return result;
}

bool same_name(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_letter);
}

bool contains(std::string_view text, std::string_view part)
{
    return std::search(text.begin(), text.end(), part.begin(), part.end(), same_letter) !=
           text.end();
}

} // namespace ringside::visualizer

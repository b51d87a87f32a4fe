#include "engine/control/gdb_packet.hpp"

#include <numeric>

#include <fmt/format.h>

namespace ringside::control {

namespace {

constexpr char escape = '}';
constexpr char turned = 0x20; // an escaped byte has this bit the other way round
constexpr char control_c = 0x03;

std::optional<unsigned> digit(char letter)
{
    if (letter >= '0' && letter <= '9')
        return static_cast<unsigned>(letter - '0');
    if (letter >= 'a' && letter <= 'f')
        return static_cast<unsigned>(letter - 'a' + 10);
    if (letter >= 'A' && letter <= 'F')
        return static_cast<unsigned>(letter - 'A' + 10);
    return std::nullopt;
}

std::uint8_t checksum(std::string_view payload)
{
    return std::accumulate(
        payload.begin(), payload.end(), std::uint8_t{0}, [](std::uint8_t sum, char letter) {
            return static_cast<std::uint8_t>(sum + static_cast<unsigned char>(letter));
        });
}

} // namespace

std::optional<Received> PacketReader::next()
{
    while (!given_up_ && !buffer_.empty()) {
        char const first = buffer_.front();
        if (first == '$')
            return take_packet();
        buffer_.erase(0, 1);
        if (first == '+')
            continue;
        if (first == '-')
            return Received{Received::Kind::again, {}};
        if (first == control_c)
            return Received{Received::Kind::interrupt, {}};
        given_up_ = true;
        return Received{};
    }
    return std::nullopt;
}

std::optional<Received> PacketReader::take_packet()
{
    std::size_t const end = buffer_.find('#');
    std::size_t const size = (end == std::string::npos ? buffer_.size() : end) - 1;
    if (size > most_packet_bytes) {
        given_up_ = true;
        return Received{};
    }
    if (end == std::string::npos || buffer_.size() < end + 3)
        return std::nullopt; // the rest is on its way
    Received received;
    received.payload = buffer_.substr(1, end - 1);
    auto const high = digit(buffer_[end + 1]);
    auto const low = digit(buffer_[end + 2]);
    bool const right = high && low && (*high << 4 | *low) == checksum(received.payload);
    received.kind = right ? Received::Kind::packet : Received::Kind::damaged_packet;
    buffer_.erase(0, end + 3);
    return received;
}

std::string framed(std::string_view payload)
{
    return fmt::format("${}#{:02x}", payload, checksum(payload));
}

std::string escaped(std::string_view bytes)
{
    std::string text;
    for (char const byte : bytes) {
        bool const special = byte == '$' || byte == '#' || byte == '*' || byte == escape;
        if (special)
            text += escape;
        text += special ? static_cast<char>(byte ^ turned) : byte;
    }
    return text;
}

std::optional<std::string> unescaped(std::string_view text)
{
    std::string bytes;
    for (std::size_t index = 0; index < text.size(); ++index) {
        if (text[index] != escape) {
            bytes += text[index];
            continue;
        }
        if (++index == text.size())
            return std::nullopt;
        bytes += static_cast<char>(text[index] ^ turned);
    }
    return bytes;
}

std::string to_hex(std::span<std::uint8_t const> bytes)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (std::uint8_t const byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 0xf];
    }
    return text;
}

std::string text_to_hex(std::string_view text)
{
    return to_hex(std::vector<std::uint8_t>(text.begin(), text.end()));
}

std::optional<std::vector<std::uint8_t>> from_hex(std::string_view digits)
{
    if (digits.size() % 2 != 0)
        return std::nullopt;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(digits.size() / 2);
    for (std::size_t index = 0; index < digits.size(); index += 2) {
        auto const high = digit(digits[index]);
        auto const low = digit(digits[index + 1]);
        if (!high || !low)
            return std::nullopt;
        bytes.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
    }
    return bytes;
}

} // namespace ringside::control

// The checksum of every header and payload: CRC-32 as IEEE 802.3 defines it, reflected, as zlib and
// PNG use it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ringside::stream {

namespace detail {

consteval std::array<std::uint32_t, 256> crc_table()
{
    constexpr std::uint32_t polynomial = 0xedb88320; // IEEE 802.3, bits reversed
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte;
        for (int step = 0; step < 8; ++step)
            value = (value >> 1) ^ ((value & 1) != 0 ? polynomial : 0);
        table[byte] = value;
    }
    return table;
}

} // namespace detail

constexpr std::uint32_t crc32(std::span<std::byte const> bytes)
{
    constexpr std::array<std::uint32_t, 256> table = detail::crc_table();
    std::uint32_t crc = ~0U;
    for (std::byte byte : bytes)
        crc = (crc >> 8) ^ table[(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xff];
    return ~crc;
}

} // namespace ringside::stream

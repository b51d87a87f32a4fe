// The checksum of every header and payload: CRC-32 as IEEE 802.3 defines it, reflected, as zlib and
// PNG use it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ringside::stream {

namespace detail {

using CrcTable = std::array<std::uint32_t, 256>;

// Table k: what a byte does to the checksum when k more bytes have followed it. With eight of them
// eight bytes are taken at a time: a long trace is mostly read through here.
consteval std::array<CrcTable, 8> crc_tables()
{
    constexpr std::uint32_t polynomial = 0xedb88320; // IEEE 802.3, bits reversed
    std::array<CrcTable, 8> tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte;
        for (int step = 0; step < 8; ++step)
            value = (value >> 1) ^ ((value & 1) != 0 ? polynomial : 0);
        tables[0][byte] = value;
    }
    for (std::size_t behind = 1; behind < tables.size(); ++behind)
        for (std::size_t byte = 0; byte < 256; ++byte) {
            std::uint32_t const before = tables[behind - 1][byte];
            tables[behind][byte] = (before >> 8) ^ tables[0][before & 0xff];
        }
    return tables;
}

inline constexpr std::array<CrcTable, 8> crc_table = crc_tables();

} // namespace detail

constexpr std::uint32_t crc32(std::span<std::byte const> bytes)
{
    std::uint32_t crc = ~0U;
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
        std::uint32_t next = 0;
        for (std::size_t place = 0; place < 8; ++place) {
            std::uint32_t const before = place < 4 ? crc >> (8 * place) : 0;
            std::uint32_t const byte =
                (before ^ std::to_integer<std::uint32_t>(bytes[place])) & 0xff;
            next ^= detail::crc_table[7 - place][byte];
        }
        crc = next;
    }
    for (std::byte const byte : bytes)
        crc =
            (crc >> 8) ^ detail::crc_table[0][(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xff];
    return ~crc;
}

} // namespace ringside::stream

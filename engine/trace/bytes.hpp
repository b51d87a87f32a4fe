// Numbers to bytes and back. Small numbers take few bytes: LEB128, seven bits in each byte, lowest
// first, the top bit saying that more follow. Signed numbers are zigzagged first (0, -1, 1, -2
// ...), so that small negative ones are short too.
//
// The writer trusts its caller; the reader trusts nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace ringside::trace {

inline constexpr std::size_t longest_varint = 10;

constexpr std::uint64_t zigzag(std::uint64_t value)
{
    return (value << 1) ^ (0 - (value >> 63));
}

constexpr std::uint64_t unzigzag(std::uint64_t value)
{
    return (value >> 1) ^ (0 - (value & 1));
}

/// Writes into memory that its owner made large enough.
class ByteWriter {
public:
    explicit ByteWriter(std::byte* start) : next_(start) {}

    std::byte* position() const { return next_; }

    void byte(std::uint8_t value) { *next_++ = std::byte{value}; }

    void varint(std::uint64_t value)
    {
        while (value >= 0x80) {
            byte(static_cast<std::uint8_t>(value | 0x80));
            value >>= 7;
        }
        byte(static_cast<std::uint8_t>(value));
    }

    void raw(void const* bytes, std::size_t count)
    {
        if (count != 0)
            std::memcpy(next_, bytes, count);
        next_ += count;
    }

    /// `count` bytes of `value`, lowest first.
    void little_endian(std::uint64_t value, std::size_t count)
    {
        for (std::size_t index = 0; index < count; ++index)
            byte(static_cast<std::uint8_t>(value >> (8 * index)));
    }

private:
    std::byte* next_;
};

/// Reads bytes nobody vouches for. Once something is missing or malformed, `ok()` stays false and
/// every further read gives 0.
class ByteReader {
public:
    explicit ByteReader(std::span<std::byte const> bytes) : bytes_(bytes) {}

    bool ok() const { return ok_; }
    std::size_t left() const { return bytes_.size(); }

    std::uint8_t byte()
    {
        if (bytes_.empty()) {
            ok_ = false;
            return 0;
        }
        auto const value = std::to_integer<std::uint8_t>(bytes_.front());
        bytes_ = bytes_.subspan(1);
        return value;
    }

    std::uint64_t varint()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            std::uint8_t const part = byte();
            if (shift == 63 && part > 1)
                break; // more than 64 bits
            value |= std::uint64_t{part & 0x7fU} << shift;
            if (part < 0x80)
                return value;
        }
        return stop();
    }

    std::uint64_t little_endian(std::size_t count)
    {
        std::uint64_t value = 0;
        for (std::size_t index = 0; index < count; ++index)
            value |= std::uint64_t{byte()} << (8 * index);
        return value;
    }

    /// The next `count` bytes, or none of them.
    std::span<std::byte const> take(std::uint64_t count)
    {
        if (count > bytes_.size()) {
            stop();
            return {};
        }
        auto const taken = bytes_.first(static_cast<std::size_t>(count));
        bytes_ = bytes_.subspan(taken.size());
        return taken;
    }

private:
    std::uint64_t stop()
    {
        ok_ = false;
        bytes_ = {};
        return 0;
    }

    std::span<std::byte const> bytes_;
    bool ok_ = true;
};

} // namespace ringside::trace

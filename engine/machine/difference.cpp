// A run: how many equal bytes to skip (2 bytes), how many follow (2 bytes), and those. A run of none
// ends the difference.
#include "engine/machine/difference.hpp"

#include <cstdint>
#include <cstring>

#include "engine/base/assert.hpp"

namespace ringside::machine {

namespace {

// Two runs closer than this are cheaper as one.
constexpr std::size_t header_size = 4;

/// The first place from `at` on where the two differ; the size when nowhere.
std::size_t next_different(std::span<std::byte const> one, std::span<std::byte const> other,
                           std::size_t at)
{
    for (; at + 8 <= one.size(); at += 8)
        if (std::memcmp(&one[at], &other[at], 8) != 0)
            break;
    while (at < one.size() && one[at] == other[at])
        ++at;
    return at;
}

/// Where the run that begins at `at` ends: behind it come `header_size` equal bytes, or the end.
std::size_t end_of_run(std::span<std::byte const> one, std::span<std::byte const> other,
                       std::size_t at)
{
    std::size_t end = at;
    for (; at < one.size() && at < end + header_size; ++at)
        if (one[at] != other[at])
            end = at + 1;
    return end;
}

void put_number(std::size_t value, std::vector<std::byte>& out)
{
    out.push_back(static_cast<std::byte>(value));
    out.push_back(static_cast<std::byte>(value >> 8));
}

std::size_t take_number(std::span<std::byte const>& packed)
{
    ASSERT(packed.size() >= 2);
    auto const value =
        std::to_integer<std::size_t>(packed[0]) | std::to_integer<std::size_t>(packed[1]) << 8;
    packed = packed.subspan(2);
    return value;
}

} // namespace

bool append_difference(std::span<std::byte const> one, std::span<std::byte const> other,
                       std::vector<std::byte>& out)
{
    ASSERT(one.size() == other.size() && one.size() <= UINT16_MAX);
    std::size_t told = 0;
    for (std::size_t at = next_different(one, other, 0); at < one.size();
         at = next_different(one, other, told)) {
        std::size_t const end = end_of_run(one, other, at);
        put_number(at - told, out);
        put_number(end - at, out);
        for (std::size_t index = at; index < end; ++index)
            out.push_back(one[index] ^ other[index]);
        told = end;
    }
    if (told == 0)
        return false;
    out.insert(out.end(), header_size, std::byte{0});
    return true;
}

void apply_difference(std::span<std::byte const>& packed, std::span<std::byte> bytes)
{
    std::size_t at = 0;
    for (;;) {
        at += take_number(packed);
        std::size_t const length = take_number(packed);
        if (length == 0)
            return;
        ASSERT(length <= packed.size());
        if (!bytes.empty()) {
            ASSERT(at + length <= bytes.size());
            for (std::size_t index = 0; index < length; ++index)
                bytes[at + index] ^= packed[index];
        }
        packed = packed.subspan(length);
        at += length;
    }
}

} // namespace ringside::machine

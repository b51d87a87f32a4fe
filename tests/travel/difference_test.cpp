// The small parts of a history: differences of bytes, and the log of typed input.
#include <random>
#include <vector>

#include "engine/machine/difference.hpp"
#include "engine/machine/input_log.hpp"
#include "tests/catch.hpp"

using namespace ringside::machine;

namespace {

using Bytes = std::vector<std::byte>;

Bytes random_bytes(std::mt19937& random, std::size_t size)
{
    Bytes bytes(size);
    for (std::byte& byte : bytes)
        byte = static_cast<std::byte>(random());
    return bytes;
}

} // namespace

TEST_CASE("a difference leads from either side to the other")
{
    std::mt19937 random(3);
    for (int round = 0; round < 200; ++round) {
        Bytes const one = random_bytes(random, 1 + random() % 5000);
        Bytes other = one;
        for (auto changes = random() % 40; changes != 0; --changes)
            other[random() % other.size()] = static_cast<std::byte>(random());
        Bytes packed;
        bool const differ = append_difference(one, other, packed);
        REQUIRE(differ == (one != other));
        REQUIRE(packed.empty() == !differ);
        if (!differ)
            continue;
        for (auto const& [from, to] : {std::pair(one, other), std::pair(other, one)}) {
            Bytes bytes = from;
            std::span<std::byte const> rest(packed);
            apply_difference(rest, bytes);
            REQUIRE(bytes == to);
            REQUIRE(rest.empty());
        }
    }
}

TEST_CASE("a difference of one byte takes few bytes, wherever it lies")
{
    for (std::size_t const at : {0U, 1U, 2047U, 4095U}) {
        Bytes const one(4096);
        Bytes other(4096);
        other[at] = std::byte{7};
        Bytes packed;
        REQUIRE(append_difference(one, other, packed));
        CHECK(packed.size() <= 16);
    }
}

TEST_CASE("typed bytes are found again at the looks that found them, and no others")
{
    InputLog log;
    log.look(std::nullopt, InputLog::Keep::yes);
    log.look(std::uint8_t{'a'}, InputLog::Keep::yes);
    log.look(std::nullopt, InputLog::Keep::yes);
    log.look(std::uint8_t{'b'}, InputLog::Keep::yes);
    CHECK_FALSE(log.knows_next());
    log.set_asked(0);
    std::string found;
    while (log.knows_next()) {
        auto const byte = log.next_known();
        found += byte ? static_cast<char>(*byte) : '-';
    }
    CHECK(found == "-a-b");
    log.set_asked(2);
    auto const ahead = log.take_ahead();
    CHECK(ahead == std::deque<std::uint8_t>{'b'});
    CHECK_FALSE(log.knows_next());
}

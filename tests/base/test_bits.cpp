#include "engine/base/bits.hpp"

#include "tests/catch.hpp"

using namespace ringside;

TEST_CASE("bit answers for the lowest and the highest place")
{
    CHECK(bit(1, 0));
    CHECK(bit(1ULL << 63, 63));
    CHECK_FALSE(bit(~1ULL, 0));
}

TEST_CASE("bits cuts a field out and shifts it down")
{
    CHECK(bits(0xabcd, 4, 8) == 0xbc);
    CHECK(bits(0xabcd, 0, 0) == 0);
    CHECK(bits(~0ULL, 0, 64) == ~0ULL);
    CHECK(bits(~0ULL, 60, 4) == 0xf);
}

TEST_CASE("truncate keeps the low bytes, and everything from eight bytes on")
{
    CHECK(truncate(0x1122334455667788, 1) == 0x88);
    CHECK(truncate(0x1122334455667788, 4) == 0x55667788);
    CHECK(truncate(0x1122334455667788, 8) == 0x1122334455667788);
    CHECK(truncate(0x1122334455667788, 15) == 0x1122334455667788);
}

TEST_CASE("aligning moves down or up to a multiple, and leaves multiples alone")
{
    CHECK(align_down(0x1fff, 0x1000) == 0x1000);
    CHECK(align_up(0x1001, 0x1000) == 0x2000);
    CHECK(align_down(0x2000, 0x1000) == 0x2000);
    CHECK(align_up(0x2000, 0x1000) == 0x2000);
}

#include "engine/base/ids.hpp"

#include "tests/catch.hpp"

#include <type_traits>

using namespace ringside;

TEST_CASE("a guest-virtual address is not a guest-physical one, and an integer is neither")
{
    STATIC_REQUIRE_FALSE(std::is_convertible_v<Gva, Gpa>);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<Gpa, Gva>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<std::uint64_t, Gpa>);
    STATIC_REQUIRE_FALSE(std::is_convertible_v<Gpa, std::uint64_t>);
}

TEST_CASE("addresses are ordered, and move by offsets")
{
    CHECK(Gpa(1) < Gpa(2));
    CHECK(Gpa(0x1000) + 0x10 == Gpa(0x1010));
    CHECK(Gpa(0x1000) - 0x10 == Gpa(0xff0));
}

TEST_CASE("a narrow id wraps inside its own width")
{
    CHECK(VcpuId(255) + 1 == VcpuId(0));
}

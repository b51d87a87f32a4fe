// Result and TRY: what the host refused travels up, unchanged, with its blame.
#include "engine/base/result.hpp"

#include "tests/catch.hpp"

#include <cerrno>
#include <memory>

using namespace ringside;

namespace {

Result<int> number(bool works)
{
    if (!works)
        return fail(Blame::input, "no number");
    return 20;
}

Result<void> nothing(bool works)
{
    if (!works)
        return fail(Blame::unavailable, "no nothing");
    return {};
}

Result<int> doubled(bool works)
{
    int const value = TRY(number(works));
    return 2 * value;
}

Result<int> reached(bool works)
{
    TRY(nothing(works));
    return 1;
}

Result<std::unique_ptr<int>> boxed()
{
    return std::make_unique<int>(7);
}

Result<int> unboxed()
{
    std::unique_ptr<int> const box = TRY(boxed());
    return *box;
}

} // namespace

TEST_CASE("TRY unwraps a value and goes on")
{
    CHECK(doubled(true) == 40);
}

TEST_CASE("TRY returns the error of the call, with its blame and its text")
{
    Result<int> const result = doubled(false);
    REQUIRE_FALSE(result);
    CHECK(result.error().blame == Blame::input);
    CHECK(result.error().text == "no number");
}

TEST_CASE("TRY takes a Result of nothing")
{
    CHECK(reached(true) == 1);
    REQUIRE_FALSE(reached(false));
    CHECK(reached(false).error().blame == Blame::unavailable);
}

TEST_CASE("TRY moves a value that cannot be copied")
{
    CHECK(unboxed() == 7);
}

TEST_CASE("a host error is one line: what was tried, why it failed, what to do")
{
    CHECK(host_error("open /dev/kvm", EACCES, "add yourself to group kvm").text ==
          "cannot open /dev/kvm: Permission denied; add yourself to group kvm");
    CHECK(host_error("open /dev/kvm", ENOENT).text ==
          "cannot open /dev/kvm: No such file or directory");
    CHECK(host_error("do it", EIO).blame == Blame::host);
}

// What a guest's page promises.
#include <fstream>
#include <iterator>
#include <string>

#include "tests/catch.hpp"
#include "tests/guest/guest_list.hpp"

using namespace ringside::tests;

namespace {

std::string page_of(std::string const& guest)
{
    std::ifstream file(std::string(RINGSIDE_GUEST_SOURCES) + "/" + guest + "/README.md");
    return {std::istreambuf_iterator<char>(file), {}};
}

/// What stands between the fences of the first block behind `heading`.
std::string block_behind(std::string const& page, std::string const& heading)
{
    std::string const fence = "```text\n";
    std::size_t const begin = page.find(fence, page.find(heading));
    if (begin == std::string::npos)
        return {};
    std::size_t const first = begin + fence.size();
    return page.substr(first, page.find("```", first) - first);
}

} // namespace

TEST_CASE("the page of every guest shows what the guest prints, byte for byte")
{
    for (ExpectedGuest const& guest : expected_guests()) {
        INFO(guest.name);
        CHECK(block_behind(page_of(guest.name), "It prints:") == guest.console);
    }
}

TEST_CASE("the page of every guest names the command that runs it")
{
    for (ExpectedGuest const& guest : expected_guests()) {
        INFO(guest.name);
        CHECK(page_of(guest.name).find("ringside run " + guest.name) != std::string::npos);
    }
}

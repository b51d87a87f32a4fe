// What is refused, and how it is said.
#include <array>
#include <string>

#include "tests/catch.hpp"
#include "tests/query/row.hpp"

using namespace ringside;
using namespace ringside::query;

namespace {

std::string problem(std::string_view text)
{
    Result<Condition> const condition = parse_condition(text);
    return condition ? std::string() : condition.error().text;
}

std::string problem_with_symbols(std::string_view text)
{
    Result<Condition> const condition = parse_condition(text, two_symbols);
    return condition ? std::string() : condition.error().text;
}

} // namespace

TEST_CASE("a mistake is told with the column where the text stops making sense")
{
    CHECK(problem("port ==") == "a value is missing at the end (column 8)");
    CHECK(problem("prot == 3") == "there is no field \"prot\" (column 1)");
    CHECK(problem("port == fish") == "port takes a number, as 0x3f8, 12, 'A' or 20us (column 9)");
    CHECK(problem("kind < 3") == "kind takes ==, != or ~ (column 9)");
    CHECK(problem("port ~ 3") == "port takes ==, !=, <, <=, > or >= (column 8)");
    CHECK(problem("(kind == halt") == "a bracket is not closed (column 14)");
    CHECK(problem("kind == halt)") == "this bracket closes nothing (column 13)");
    CHECK(problem("\"open") == "a quotation mark is not closed (column 1)");
    CHECK(problem("!") == "something is missing at the end (column 2)");
    CHECK(problem("&& port == 1") == "a field, a word or a number should stand here (column 1)");
}

TEST_CASE("numbers that are none are refused")
{
    CHECK(problem("port == 0x") != "");
    CHECK(problem("port == 12parsec") != "");
    CHECK(problem("port == 18446744073709551616") != "");
    CHECK(problem("time == 18446744073709551615s") != "");
    CHECK(problem("port == 18446744073709551615") == "");
}

TEST_CASE("with symbols at hand, a name that is nothing is told as that")
{
    CHECK(problem_with_symbols("rip == mian") ==
          "\"mian\" is no number, field, register or symbol (column 8)");
    CHECK(problem_with_symbols("rip == \"Buffer::pop()\"") ==
          "\"Buffer::pop()\" is no number, field, register or symbol (column 8)");
}

TEST_CASE("memory and sums that are not finished are refused where they end")
{
    CHECK(problem("byte[rsp == 1") == "a ] is missing (column 10)");
    CHECK(problem("byte[rsp") == "a ] is missing (column 9)");
    CHECK(problem("byte[] == 1") == "a field, a word or a number should stand here (column 6)");
    CHECK(problem("port == tword[rsp]") ==
          "memory is byte[...], word[...], dword[...] or qword[...] (column 9)");
    CHECK(problem("rsp + == 1") == "a field, a word or a number should stand here (column 7)");
    CHECK(problem("rsp + 8") == "what about rsp + 8? a comparison is missing, as == 0 (column 8)");
    CHECK(problem("cr0 &") == "a value is missing at the end (column 6)");
}

TEST_CASE("a kind, a mode or a verdict that never comes is refused instead of never matching")
{
    CHECK(problem("kind == hlat").find("there is no kind \"hlat\"; there are: port-in, ") == 0);
    CHECK(problem("mode == fast") == "there is no mode \"fast\"; there are: real, protected16, "
                                     "protected32, compatibility, long64 (column 9)");
    CHECK(
        problem("verdict != never") ==
        "there is no verdict \"never\"; there are: resume, answer, park, fault, stop (column 12)");
    CHECK(problem("device == anything") == "");
    CHECK(problem("kind ~ hlat") == "");
}

TEST_CASE("nesting has a limit, and a long text without nesting has none")
{
    CHECK(problem(std::string(10'000, '(')).find("too many brackets") == 0);
    CHECK(problem(std::string(10'000, '!')).find("too many brackets") == 0);
    std::string deep;
    std::string sum = "port == 1";
    for (int count = 0; count < 1'000; ++count) {
        deep += "byte[";
        sum += " + 1 & 3 - 2";
    }
    CHECK(problem("port == " + deep).find("too many brackets") == 0);
    CHECK(problem(sum) == "");
}

TEST_CASE("any text at all is refused or understood, and what is understood can be asked")
{
    constexpr auto pieces = std::to_array<std::string_view>(
        {"(",  ")", "!",    "&",    "&&",   "|",    "||",  "=",    "==",    "<",  "~",
         "\"", "'", " ",    "port", "kind", "halt", "rsp", "byte", "qword", "[",  "]",
         "+",  "-", "phys", "0x",   "3f8",  "7",    "us",  "main", "mode",  "\t", "\xff"});
    Row const row{.numbers = {{Field::port, 7}}, .registers = {{trace::Register::rsp, 7}}};
    unsigned understood = 0;
    std::uint64_t state = 1;
    for (unsigned round = 0; round < 20'000; ++round) {
        std::string text;
        for (unsigned count = 0; count < round % 12; ++count) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            text += pieces[(state >> 33) % pieces.size()];
        }
        Result<Condition> const condition = parse_condition(text, two_symbols);
        if (condition) {
            matches(*condition, row);
            ++understood;
        } else {
            REQUIRE(condition.error().text.find("(column ") != std::string::npos);
        }
    }
    CHECK(understood > 1'000);
    CHECK(understood < 19'000);
}

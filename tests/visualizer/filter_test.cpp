// The filter language: what it matches, what it refuses and how it says so.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"
#include "visualizer/model/filter.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

TraceModel const& the_story()
{
    static TraceModel const* const model = [] {
        auto* made = new TraceModel();
        made->append(story::records({.lose_some = true}));
        return made;
    }();
    return *model;
}

unsigned matches(std::string_view text)
{
    ParsedFilter const parsed = parse_filter(text);
    INFO(text << ": " << parsed.problem);
    REQUIRE(parsed.problem.empty());
    unsigned count = 0;
    for (MomentIndex index = 0; index < the_story().moments().size(); ++index)
        count += parsed.filter.matches(the_story(), the_story().moments()[index]) ? 1 : 0;
    return count;
}

/// Exits of the story that satisfy `wanted`, counted without any filter.
template <typename Wanted>
unsigned exits(Wanted wanted)
{
    unsigned count = 0;
    for (trace::Record const& record : story::records({.lose_some = true}))
        if (auto const* exit = std::get_if<trace::ExitBegin>(&record.event))
            count += wanted(*exit) ? 1 : 0;
    return count;
}

unsigned halts()
{
    return exits([](trace::ExitBegin const& exit) { return exit.kind == trace::ExitKind::halt; });
}

unsigned window_exits()
{
    return exits([](trace::ExitBegin const& exit) { return exit.address == 0xd0000010; });
}

unsigned all_rows()
{
    return the_story().moments().size();
}

} // namespace

TEST_CASE("an empty filter matches every row")
{
    CHECK(parse_filter("").filter.matches_everything());
    CHECK(parse_filter("   ").filter.matches_everything());
    CHECK(matches("") == all_rows());
}

TEST_CASE("a kind is found under its name, whatever its dashes and its case")
{
    CHECK(halts() > 5);
    CHECK(matches("kind == halt") == halts());
    CHECK(matches("kind == port-out") == matches("KIND == Port_Out"));
    CHECK(matches("kind != halt") == all_rows() - halts());
}

TEST_CASE("a class is found by its letter and by its name")
{
    CHECK(matches("class == Q") > 0);
    CHECK(matches("class == Q") == matches("class == interrupt"));
    CHECK(matches("class == I") == matches("class == \"port I/O\""));
}

TEST_CASE("numbers may be decimal, hexadecimal, a character or a time")
{
    CHECK(matches("port == 0x3f8") == matches("port == 1016"));
    CHECK(matches("port == 0x3f8 && value == 'H'") == 1);
    CHECK(matches("time < 1us") < matches("time < 10us"));
    CHECK(matches("time >= 0s") == all_rows());
}

TEST_CASE("a row without the field does not match, also not by being different")
{
    CHECK(matches("port != 0x3f8") < all_rows() - matches("port == 0x3f8"));
    CHECK(window_exits() > 5);
    CHECK(matches("gpa == 0xd0000010") == window_exits());
}

TEST_CASE("and binds closer than or, and brackets say otherwise")
{
    CHECK(matches("kind == halt || kind == mmio-read && port == 1") == halts());
    CHECK(matches("(kind == halt || kind == mmio-read) && port == 1") == 0);
    CHECK(matches("!(kind == halt)") == all_rows() - halts());
}

TEST_CASE("two conditions side by side must both hold")
{
    CHECK(matches("port == 0x3f8 value == 'H'") == 1);
}

TEST_CASE("a word alone is searched for in what the row shows")
{
    CHECK(matches("THR") == matches("port == 0x3f8"));
    CHECK(matches("thr") == matches("THR"));
    CHECK(matches("\"MMIO window\"") == window_exits());
    CHECK(matches("0x1a0") == 1);
}

TEST_CASE("words can be looked for inside a field")
{
    CHECK(matches("symbol ~ print") > 0);
    CHECK(matches("device == COM1") == matches("device ~ com"));
    CHECK(matches("what ~ ring-full") == 1);
}

TEST_CASE("what makes no sense is refused with the column where it stops making sense")
{
    auto const problem = [](std::string_view text) { return parse_filter(text).problem; };
    CHECK(problem("port ==") == "a value is missing at the end (column 8)");
    CHECK(problem("prot == 3") == "there is no field \"prot\" (column 1)");
    CHECK(problem("port == fish") == "port takes a number, as 0x3f8, 12, 'A' or 20us (column 9)");
    CHECK(problem("kind < 3") == "kind takes ==, != or ~ (column 9)");
    CHECK(problem("(kind == halt") == "a bracket is not closed (column 14)");
    CHECK(problem("kind == halt)") == "this bracket closes nothing (column 13)");
    CHECK(problem("\"open") == "a quotation mark is not closed (column 1)");
    CHECK(problem("!") == "something is missing at the end (column 2)");
    CHECK(problem("&& port == 1") != "");
    CHECK(problem("port == 0x") != "");
}

TEST_CASE("any bytes at all are refused or understood, never more")
{
    for (unsigned seed = 1; seed < 3000; ++seed) {
        std::string text;
        std::uint64_t state = seed;
        for (unsigned place = 0; place < seed % 40; ++place) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            text += "()!&|=<>~\"' portkind0x3'"[(state >> 33) % 24];
        }
        ParsedFilter const parsed = parse_filter(text);
        if (parsed.problem.empty())
            parsed.filter.matches(the_story(), the_story().moments()[3]);
    }
    CHECK(parse_filter(std::string(10'000, '(')).problem.find("too many brackets") == 0);
    CHECK(parse_filter(std::string(10'000, '!')).problem.find("too many brackets") == 0);
}

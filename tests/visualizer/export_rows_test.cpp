// Rows as Markdown, JSON and CSV.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "visualizer/model/export_rows.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

Session with_story()
{
    Session session;
    session.append(story::records());
    return session;
}

std::size_t lines(std::string const& text)
{
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

} // namespace

TEST_CASE("a range of sequence numbers is one, two with dots, or all")
{
    CHECK(seq_range("7")->contains(7));
    CHECK_FALSE(seq_range("7")->contains(8));
    CHECK(seq_range("5..9")->contains(9));
    CHECK_FALSE(seq_range("5..9")->contains(10));
    CHECK(seq_range("5..")->contains(1'000'000));
    CHECK(seq_range("..9")->contains(0));
    CHECK(seq_range("all")->contains(0));
    for (std::string_view const text : {"", "..", "9..5", "x", "5..x", "-1", "5...9", "5 .. 9"})
        CHECK_FALSE(seq_range(text));
}

TEST_CASE("every row of the trace is one line of CSV behind its heading")
{
    Session const session = with_story();
    std::string const text = rows_as(session, RowFormat::csv, SeqRange{});
    CHECK(lines(text) == session.row_count() + 1);
    CHECK(text.substr(0, 9) == "seq,vcpu,");
}

TEST_CASE("a field of CSV with a comma or a quotation mark is quoted")
{
    Session session = with_story();
    std::string const text = rows_as(session, RowFormat::csv, SeqRange{});
    CHECK(text.find("\"marker \"\"") != std::string::npos);
}

TEST_CASE("JSON is one document with one object for each row, and each has its sentence")
{
    Session const session = with_story();
    auto const json = nlohmann::json::parse(rows_as(session, RowFormat::json, SeqRange{}));
    REQUIRE(json.size() == session.row_count());
    for (auto const& row : json)
        CHECK(row.at("sentence").get<std::string>().size() > 10);
}

TEST_CASE("only rows that pass the filter and lie in the range are written")
{
    Session session = with_story();
    session.set_filter("kind == halt");
    while (!session.continue_filter(RowScan::Budget{1000})) {
    }
    auto const all = nlohmann::json::parse(rows_as(session, RowFormat::json, SeqRange{}));
    CHECK(all.size() == 24);
    std::uint64_t const third = all[2].at("seq").get<std::uint64_t>();
    auto const some = nlohmann::json::parse(rows_as(session, RowFormat::json, {0, third}));
    CHECK(some.size() == 3);
    CHECK(some[0].at("kind") == "halt");
}

TEST_CASE("a Markdown table has as many bars in each line")
{
    Session const session = with_story();
    std::string const text = rows_as(session, RowFormat::markdown, {0, 200});
    std::size_t begin = 0;
    while (begin < text.size()) {
        std::size_t const end = text.find('\n', begin);
        std::string line = text.substr(begin, end - begin);
        std::size_t escaped = 0;
        for (std::size_t at = line.find("\\|"); at != std::string::npos;
             at = line.find("\\|", at + 2))
            ++escaped;
        CHECK(static_cast<std::size_t>(std::count(line.begin(), line.end(), '|')) - escaped == 6);
        begin = end + 1;
    }
}

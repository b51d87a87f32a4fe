// The table of fields: what the help is printed from.
#include <set>
#include <string>

#include "engine/query/names.hpp"
#include "tests/catch.hpp"
#include "tests/query/row.hpp"

using namespace ringside;
using namespace ringside::query;

TEST_CASE("every field is found by its name and explained in one sentence")
{
    std::set<std::string> names;
    for (FieldInfo const& info : field_table()) {
        CHECK(field_named(info.name) == info.field);
        CHECK(info_of(info.field).name == info.name);
        CHECK(info.sentence.size() > 10);
        CHECK(names.insert(std::string(info.name)).second);
    }
    CHECK(names.size() == static_cast<unsigned>(Field::marker) + 1);
}

TEST_CASE("no field and no part of a register share a name, save rip")
{
    for (FieldInfo const& info : field_table()) {
        INFO(info.name);
        CHECK((info.field == Field::rip || !register_named(info.name)));
    }
}

TEST_CASE("the help text names every field, in lines that fit a terminal")
{
    std::string const help = help_text();
    for (FieldInfo const& info : field_table())
        CHECK(help.find("  " + std::string(info.name)) != std::string::npos);
    std::size_t start = 0;
    for (std::size_t end = help.find('\n'); end != std::string::npos;
         end = help.find('\n', start)) {
        CHECK(end - start <= 100);
        start = end + 1;
    }
}

TEST_CASE("every kind that is told as known is accepted")
{
    std::string const kinds = known_words(Field::kind);
    CHECK(kinds.find("halt") != std::string::npos);
    CHECK(kinds.find("delivered") != std::string::npos);
    CHECK(kinds.find("unknown, ") == std::string::npos); // no gap in any enumeration
    for (std::string_view const mode :
         {"real", "protected16", "protected32", "compatibility", "long64"})
        CHECK(canonical_word(Field::mode, mode));
}

#include "engine/query/names.hpp"

#include <array>
#include <vector>

#include <fmt/format.h>

#include "engine/query/text.hpp"
#include "engine/trace/names.hpp"
#include "engine/trace/schema.hpp"

namespace ringside::query {

namespace {

struct Alias {
    Field field;
    std::string_view typed;
    std::string_view meant;
};
constexpr auto aliases = std::to_array<Alias>({
    {Field::kind, "page-walk", "walk"},
    {Field::kind, "hlt", "halt"},
    {Field::kind, "registers-changed", "registers"},
    {Field::mode, "protected16", "protected 16-bit"},
    {Field::mode, "protected32", "protected 32-bit"},
    {Field::mode, "long64", "long 64-bit"},
    {Field::mode, "long", "long 64-bit"},
});

/// Enumerations end where their names do.
template <typename Enumeration>
void add_names(std::vector<std::string_view>& names)
{
    for (unsigned index = 0; index < 256; ++index) {
        std::string_view const name = trace::name_of(static_cast<Enumeration>(index));
        if (name == "unknown")
            return;
        names.push_back(name);
    }
}

std::vector<std::string_view> words_of_closed(Field field)
{
    std::vector<std::string_view> names;
    if (field == Field::kind) {
        add_names<trace::ExitKind>(names);
        trace::for_each_event_type([&](auto tag) { names.push_back(decltype(tag)::type::name); });
        names.push_back("unknown"); // what an event of a newer trace is called
    } else if (field == Field::mode) {
        add_names<trace::CpuMode>(names);
    } else if (field == Field::verdict) {
        add_names<trace::VerdictKind>(names);
    }
    return names;
}

} // namespace

std::optional<std::string> canonical_word(Field field, std::string_view word)
{
    for (Alias const& alias : aliases)
        if (alias.field == field && same_name(alias.typed, word))
            return std::string(alias.meant);
    std::vector<std::string_view> const known = words_of_closed(field);
    if (known.empty())
        return std::string(word);
    for (std::string_view const name : known)
        if (same_name(name, word))
            return std::string(name);
    return std::nullopt;
}

std::string known_words(Field field)
{
    if (field == Field::mode)
        return "real, protected16, protected32, compatibility, long64";
    return fmt::format("{}", fmt::join(words_of_closed(field), ", "));
}

} // namespace ringside::query

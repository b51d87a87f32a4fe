#include "visualizer/model/glossary.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ringside::visualizer {

namespace {

using Part = std::pair<std::string_view, std::span<Term const>>;

std::array<Part, 6> parts()
{
    return {{{"Exits", exit_terms()},
             {"Events", event_terms()},
             {"Bits", bit_terms()},
             {"Device registers", device_terms()},
             {"States and reasons", state_terms()},
             {"Words", word_terms()}}};
}

// Markdown anchors take letters, digits and hyphens.
std::string anchor_of(std::string_view id)
{
    std::string anchor(id);
    std::replace_if(
        anchor.begin(), anchor.end(), [](char letter) { return letter == '.' || letter == '/'; },
        '-');
    return anchor;
}

} // namespace

std::vector<Term> glossary()
{
    std::vector<Term> all;
    for (auto const& [heading, terms] : parts())
        all.insert(all.end(), terms.begin(), terms.end());
    return all;
}

Term const* find_term(std::string_view id)
{
    for (auto const& [heading, terms] : parts()) {
        auto const found = std::find_if(terms.begin(), terms.end(),
                                        [&](Term const& term) { return term.id == id; });
        if (found != terms.end())
            return &*found;
    }
    return nullptr;
}

std::string_view name_of(Evidence evidence)
{
    static constexpr std::array<std::string_view, 4> names = {"observed", "derived", "emulated",
                                                              "not visible"};
    return names[static_cast<std::size_t>(evidence)];
}

std::string glossary_markdown()
{
    std::string text;
    for (auto const& [heading, terms] : parts()) {
        text += fmt::format("## {}\n\n", heading);
        for (Term const& term : terms)
            text += fmt::format("(term-{})=\n**{}** ({}). {} *{}*\n\n", anchor_of(term.id),
                                term.title, name_of(term.evidence), term.sentence, term.manual);
    }
    return text;
}

std::string glossary_json()
{
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (Term const& term : glossary())
        list.push_back({{"id", term.id},
                        {"title", term.title},
                        {"sentence", term.sentence},
                        {"evidence", name_of(term.evidence)},
                        {"manual", term.manual},
                        {"book", term.book}});
    return list.dump(2) + "\n";
}

} // namespace ringside::visualizer

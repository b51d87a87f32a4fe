// Commands that explain: what the Focus is, what a word means, where this trace has one.
#include "visualizer/model/command.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "visualizer/model/examples.hpp"
#include "visualizer/model/format.hpp"
#include "visualizer/model/glossary.hpp"
#include "visualizer/model/term_of.hpp"

namespace ringside::visualizer {

namespace {

bool has_rows(Session const& session)
{
    return session.moment() != no_moment;
}

std::string term_of_focus(Session const& session)
{
    return term_of_row(session.trace().moments()[session.moment()]);
}

// "LSR" finds "register.LSR": the whole id, what stands behind its dot, or words of its title.
Term const* look_up(std::string_view words)
{
    if (Term const* exact = find_term(words))
        return exact;
    static std::vector<Term> const terms = glossary();
    auto const behind_dot = [&](Term const& term) {
        return same_name(term.id.substr(term.id.find('.') + 1), words);
    };
    auto const in_title = [&](Term const& term) { return contains(term.title, words); };
    auto found = std::find_if(terms.begin(), terms.end(), behind_dot);
    if (found == terms.end())
        found = std::find_if(terms.begin(), terms.end(), in_title);
    return found == terms.end() ? nullptr : find_term(found->id);
}

std::string show(Session& session, std::string_view term)
{
    session.view.explained = term;
    session.view.overlay = Overlay::explanation;
    session.view.card = {};
    return {};
}

std::string explain(Session& session, std::string_view words)
{
    Term const* term = look_up(words);
    if (term == nullptr)
        return fmt::format("\"{}\" is not in the glossary", printable(words));
    return show(session, term->id);
}

std::string explain_focus(Session& session, std::string_view)
{
    return show(session, term_of_focus(session));
}

std::string go_to_example(Session& session, std::string_view words)
{
    Term const* term = look_up(words);
    if (term == nullptr)
        return fmt::format("\"{}\" is not in the glossary", printable(words));
    auto const place = next_example(session, term->id);
    if (!place)
        return fmt::format("this trace has no example of \"{}\"", term->title);
    session.view.overlay = Overlay::none;
    session.view.card = {};
    session.focus_record(*place);
    return {};
}

// Of the card under the mouse, of the page that is open, or of the row at the Focus.
std::string next_shown_example(Session& session, std::string_view)
{
    ViewState const& view = session.view;
    if (view.overlay == Overlay::explanation)
        return go_to_example(session, std::string(view.explained));
    if (!view.card.term.empty())
        return go_to_example(session, std::string(view.card.term));
    return go_to_example(session, term_of_focus(session));
}

} // namespace

void add_explanation_commands(CommandRegistry& registry)
{
    registry.add({"explain.focus",
                  "Explain this row",
                  "Explain",
                  {typed('h')},
                  "",
                  explain_focus,
                  has_rows});
    registry.add({"explain.word", "Explain a word", "Explain", {}, "WORD", explain, {}});
    registry.add({"example.next",
                  "Next example of what is explained",
                  "Explain",
                  {typed('e')},
                  "",
                  next_shown_example,
                  has_rows});
    registry.add(
        {"example.of", "Next example of a word", "Explain", {}, "WORD", go_to_example, has_rows});
}

} // namespace ringside::visualizer

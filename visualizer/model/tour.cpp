#include "visualizer/model/tour.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "visualizer/model/session.hpp"

namespace ringside::visualizer {

namespace {

Moment const* row_of(Session const& session)
{
    return session.moment() == no_moment ? nullptr : &session.trace().moments()[session.moment()];
}

bool moved(Session const& now, Situation const& then)
{
    return now.moment() != then.moment;
}

bool on_an_exit(Session const& now, Situation const&)
{
    return row_of(now) != nullptr && row_of(now)->is_exit();
}

bool in_a_step(Session const& now, Situation const&)
{
    return now.focus().step > 0;
}

bool reads_evidence(Session const& now, Situation const&)
{
    return now.view.card.term.starts_with("evidence.") ||
           now.view.explained.starts_with("evidence.");
}

bool has_closed_a_page(Session const& now, Situation const& then)
{
    return then.seen_overlay && now.view.overlay == Overlay::none;
}

bool has_console(Session const& session)
{
    return session.trace().console().characters() > 0;
}

bool on_a_printing_exit(Session const& now, Situation const& then)
{
    return moved(now, then) && now.focus().step > 0 &&
           now.trace().records().get<trace::ConsoleByte>(now.focus().record).has_value();
}

bool on_the_same_kind(Session const& now, Situation const& then)
{
    Moments const& rows = now.trace().moments();
    return moved(now, then) && then.moment != no_moment &&
           same_kind(rows[now.moment()], rows[then.moment]);
}

bool filters(Session const& now, Situation const&)
{
    return now.filtered() && now.view.overlay == Overlay::none;
}

bool shows_all(Session const& now, Situation const&)
{
    return !now.filtered();
}

bool has_walks(Session const& session)
{
    return !session.trace().walks().empty();
}

bool on_a_walk(Session const& now, Situation const&)
{
    return row_of(now) != nullptr && row_of(now)->exit_class == ExitClass::page;
}

bool has_gone_back(Session const& now, Situation const& then)
{
    return moved(now, then) && now.can_go_forward();
}

bool has_a_bookmark(Session const& now, Situation const&)
{
    return std::any_of(now.sidecar.bookmarks.begin(), now.sidecar.bookmarks.end(),
                       [](auto const& mark) { return mark.has_value(); });
}

// The kinds of exit this trace has, at most four, the wanted one among them, by name.
std::vector<std::string> kinds_to_choose_from(Moments const& rows, std::string const& wanted)
{
    static constexpr MomentIndex far_enough = 5000;
    static constexpr std::size_t most = 4;
    std::vector<std::string> kinds = {wanted};
    for (MomentIndex row = 0; row < std::min(rows.size(), far_enough); ++row) {
        std::string const kind(kind_name(rows[row]));
        if (rows[row].is_exit() && kinds.size() < most &&
            std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
            kinds.push_back(kind);
    }
    for (std::string const usual : {"port-in", "halt", "mmio-write"}) // a trace of one kind only
        if (kinds.size() < 3 && std::find(kinds.begin(), kinds.end(), usual) == kinds.end())
            kinds.push_back(usual);
    std::sort(kinds.begin(), kinds.end());
    return kinds;
}

std::vector<GuideStep> first_look()
{
    return {
        {"rows",
         "Welcome. This is one run of a virtual machine. Each row on the left is one moment: a "
         "filled letter is a VM exit, where the CPU left the guest and came to the hypervisor. Go "
         "down a few rows with {exit.next}, or click one.",
         "Exits",
         {},
         moved,
         {}},
        {"exit",
         "Stop at an exit: a row with a filled letter. Everything you see in the other panels is "
         "about the row you are on. It is called the Focus.",
         "Exits",
         {},
         on_an_exit,
         {}},
        {"steps",
         "The inspector takes the exit apart: numbered steps in the column of who did them, from "
         "the hardware to the device and back. Walk them with {step.next}, or click a card.",
         "Inspector",
         {},
         in_a_step,
         {}},
        {"evidence",
         "Each card has a letter in its corner: how anybody can know. Put the mouse on one. O was "
         "observed, D worked out, E done by our own model, N cannot be seen from outside the "
         "kernel.",
         "Inspector/Step 1",
         {},
         reads_evidence,
         {}},
        {"explain",
         "Whatever you do not know explains itself: put the mouse on it, or press {explain.focus} "
         "for the row you are on. {example.next} then leads to the next example in this trace. Try "
         "it, and close the page with {overlay.close}.",
         "",
         {},
         has_closed_a_page,
         {}},
    };
}

std::vector<GuideStep> finding_things()
{
    return {
        {"predict", "", "Exits", {}, {}, which_exit_comes_next},
        {"kind",
         "Jump to the next exit of the same kind with {kind.next}.",
         "Exits",
         {},
         on_the_same_kind,
         {}},
        {"console",
         "What the guest printed stands in the console. Click a character: it leads to the exit "
         "that wrote it.",
         "Console",
         has_console,
         on_a_printing_exit,
         {}},
        {"filter",
         "Too many rows? {filter.edit} opens the filter. Type: kind == port-in, or any word, and "
         "press Enter. {filter.same-kind} keeps only rows like this one.",
         "Toolbar/Filter",
         {},
         filters,
         {}},
        {"all", "And {filter.clear} brings all rows back.", "Toolbar/Filter", {}, shows_all, {}},
        {"walk",
         "This guest uses page tables. {walk.next} goes to the next page walk; then the page-walk "
         "panel shows every entry on the way, and which rights are left.",
         "Page walk",
         has_walks,
         on_a_walk,
         {}},
        {"back",
         "You can always return: {history.back} goes back to where the Focus was. Nothing is ever "
         "run again for that.",
         "",
         {},
         has_gone_back,
         {}},
        {"bookmark",
         "Keep a place: {bookmark.set-1} sets bookmark 1 here, and 1 comes back to it. "
         "{note.add} writes a note. Both are kept beside the trace.",
         "Exits",
         {},
         has_a_bookmark,
         {}},
        {"predict-again", "", "Exits", {}, {}, which_exit_comes_next},
        {"palette",
         "Every command there is stands in the palette: {palette.open}. Open it, look around, and "
         "close it with {overlay.close}. That was the tour.",
         "",
         {},
         has_closed_a_page,
         {}},
    };
}

} // namespace

std::vector<GuideStep> tour_steps()
{
    std::vector<GuideStep> steps = first_look();
    for (GuideStep& step : finding_things())
        steps.push_back(std::move(step));
    return steps;
}

std::optional<Question> which_exit_comes_next(Session const& session)
{
    Moments const& rows = session.trace().moments();
    if (session.moment() == no_moment)
        return std::nullopt;
    MomentIndex next = session.moment() + 1;
    while (next < rows.size() && !rows[next].is_exit())
        ++next;
    if (next >= rows.size())
        return std::nullopt;
    std::string const kind(kind_name(rows[next]));
    Question question;
    question.ask = "Before you look: which kind of exit comes next? Think of what the guest is "
                   "doing here.";
    question.choices = kinds_to_choose_from(rows, kind);
    auto const right = std::find(question.choices.begin(), question.choices.end(), kind);
    question.right = static_cast<std::size_t>(right - question.choices.begin());
    question.because =
        fmt::format("The next exit is {}, sequence number {}.", kind, rows[next].seq);
    return question;
}

} // namespace ringside::visualizer

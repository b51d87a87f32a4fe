// Commands that move the Focus.
#include "visualizer/model/command.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/row_text.hpp"

namespace ringside::visualizer {

namespace {

using Run = std::function<std::string(Session&, std::string_view)>;

bool has_rows(Session const& session)
{
    return session.row_count() > 0;
}

Run move_rows(std::int64_t by)
{
    return [by](Session& session, std::string_view) {
        session.move_rows(by);
        return std::string();
    };
}

Run move_pages(int direction)
{
    return [direction](Session& session, std::string_view) {
        session.move_rows(direction * std::int64_t{std::max(1U, session.view.list_rows - 1)});
        return std::string();
    };
}

Run go_to_end(bool last)
{
    return [last](Session& session, std::string_view) {
        session.focus_moment(session.row(last ? session.row_count() - 1 : 0),
                             FocusHistory::Move::jump);
        return std::string();
    };
}

// The next row, in this direction, that is of the same kind as the Focus.
Run move_to_same_kind(int direction)
{
    return [direction](Session& session, std::string_view) -> std::string {
        Moments const& moments = session.trace().moments();
        Moment const& wanted = moments[session.moment()];
        std::int64_t const count = session.row_count();
        std::int64_t position = session.position_of(session.moment());
        if (direction < 0 || session.passes(session.moment()))
            position += direction;
        for (; position >= 0 && position < count; position += direction) {
            MomentIndex const candidate = session.row(static_cast<std::uint32_t>(position));
            if (!same_kind(moments[candidate], wanted))
                continue;
            session.focus_moment(candidate, FocusHistory::Move::step);
            return {};
        }
        return fmt::format("no {} {} in this list", direction > 0 ? "further" : "earlier",
                           kind_name(wanted));
    };
}

Run move_step(int direction)
{
    return [direction](Session& session, std::string_view) -> std::string {
        std::int64_t const step = session.focus().step + direction;
        if (step >= 0 && step <= static_cast<std::int64_t>(session.inspection().steps.size()))
            session.focus_step(static_cast<std::size_t>(step));
        return {};
    };
}

using Places = std::vector<RecordIndex> const& (TraceModel::*)() const;

// The next of the records an index lists: walks, markers, losses.
Run move_to_place(Places places_of, int direction, std::string_view what)
{
    return [=](Session& session, std::string_view) -> std::string {
        std::vector<RecordIndex> const& places = (session.trace().*places_of)();
        RecordIndex const now = session.focus().record;
        auto const above = std::upper_bound(places.begin(), places.end(), now);
        auto const below = std::lower_bound(places.begin(), places.end(), now);
        bool const found = direction > 0 ? above != places.end() : below != places.begin();
        if (!found)
            return fmt::format("no {} {}", direction > 0 ? "further" : "earlier", what);
        session.focus_record(direction > 0 ? *above : *(below - 1));
        return {};
    };
}

std::string go_to_seq(Session& session, std::string_view argument)
{
    std::uint64_t seq = 0;
    auto const result = std::from_chars(argument.data(), argument.data() + argument.size(), seq);
    if (result.ec != std::errc())
        return fmt::format("\"{}\" is no sequence number", printable(argument));
    return session.focus_seq(seq) ? "" : fmt::format("no record has sequence number {}", seq);
}

std::string set_filter(Session& session, std::string_view argument)
{
    session.set_filter(std::string(argument));
    return session.filter_problem();
}

std::string filter_same_kind(Session& session, std::string_view)
{
    session.set_filter(
        fmt::format("kind == {}", kind_name(session.trace().moments()[session.moment()])));
    return {};
}

// One more condition on whatever the filter says already.
std::string hide_such_rows(Session& session, std::string_view)
{
    Moment const& row = session.trace().moments()[session.moment()];
    std::string const hidden = what_text(session.trace(), row);
    std::string const condition =
        hidden.find('"') == std::string::npos
            ? fmt::format("!(kind == {} && what == \"{}\")", kind_name(row), hidden)
            : fmt::format("kind != {}", kind_name(row));
    std::string const& before = session.filter_text();
    session.set_filter(before.empty() ? condition : fmt::format("({}) && {}", before, condition));
    return session.filter_problem();
}

void add_moves(CommandRegistry& registry)
{
    auto const add = [&](std::string id, std::string title, std::vector<KeyChord> keys, Run run) {
        registry.add({std::move(id), std::move(title), "Move", std::move(keys), "", std::move(run),
                      has_rows});
    };
    add("exit.next", "Next row", {pressed(Key::down), typed('j'), typed('.')}, move_rows(1));
    add("exit.previous", "Previous row", {pressed(Key::up), typed('k'), typed(',')}, move_rows(-1));
    add("exit.page-down", "A page down", {pressed(Key::page_down)}, move_pages(1));
    add("exit.page-up", "A page up", {pressed(Key::page_up)}, move_pages(-1));
    add("exit.first", "First row", {pressed(Key::home)}, go_to_end(false));
    add("exit.last", "Last row", {pressed(Key::end)}, go_to_end(true));
    add("step.next", "Next sub-step of this exit", {typed(']')}, move_step(1));
    add("step.previous", "Previous sub-step of this exit", {typed('[')}, move_step(-1));
    add("kind.next", "Next of the same kind", {typed('n')}, move_to_same_kind(1));
    add("kind.previous", "Previous of the same kind", {typed('N')}, move_to_same_kind(-1));
    add("walk.next", "Next page walk", {typed('p')},
        move_to_place(&TraceModel::walks, 1, "page walk"));
    add("walk.previous", "Previous page walk", {typed('P')},
        move_to_place(&TraceModel::walks, -1, "page walk"));
    add("marker.next", "Next marker", {typed('m')},
        move_to_place(&TraceModel::markers, 1, "marker"));
    add("marker.previous", "Previous marker", {typed('M')},
        move_to_place(&TraceModel::markers, -1, "marker"));
}

void add_jumps(CommandRegistry& registry)
{
    Run const back = [](Session& session, std::string_view) {
        session.back();
        return std::string();
    };
    Run const forward = [](Session& session, std::string_view) {
        session.forward();
        return std::string();
    };
    registry.add({"focus.seq",
                  "Go to a sequence number",
                  "Move",
                  {with_ctrl(Key::g)},
                  "SEQ",
                  go_to_seq,
                  has_rows});
    registry.add({"history.back",
                  "Back to where the focus was",
                  "Move",
                  {with_alt(Key::left), pressed(Key::backspace)},
                  "",
                  back,
                  &Session::can_go_back});
    registry.add({"history.forward",
                  "Forward again",
                  "Move",
                  {with_alt(Key::right)},
                  "",
                  forward,
                  &Session::can_go_forward});
}

void add_filters(CommandRegistry& registry)
{
    Run const edit = [](Session& session, std::string_view) {
        session.view.edit_filter = true;
        return std::string();
    };
    Run const clear = [](Session& session, std::string_view) {
        session.set_filter("");
        return std::string();
    };
    auto const add = [&](std::string id, std::string title, char key, Run run, auto enabled) {
        registry.add(
            {std::move(id), std::move(title), "Filter", {typed(key)}, "", std::move(run), enabled});
    };
    auto const always = [](Session const&) { return true; };
    add("filter.edit", "Filter the list", '/', edit, always);
    add("filter.same-kind", "Show only this kind", '=', filter_same_kind, has_rows);
    add("filter.hide", "Hide rows like this one", '-', hide_such_rows, has_rows);
    add("filter.clear", "Show all rows again", '\\', clear, always);
    registry.add(
        {"filter.set", "Filter by an expression", "Filter", {}, "EXPRESSION", set_filter, always});
}

} // namespace

void add_navigation_commands(CommandRegistry& registry)
{
    add_moves(registry);
    add_jumps(registry);
    add_filters(registry);
}

} // namespace ringside::visualizer

// The exit list: one line for each exit and for each telling event between them. Only the rows that
// fit are looked at, so its cost does not depend on the length of the trace.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/row_text.hpp"
#include "visualizer/model/term_of.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

enum class Column : std::uint8_t { seq, time, kind, what, value, place, device, cost };

struct ColumnInfo {
    Column column;
    std::string_view title;
    float characters; ///< of room it wants
    bool right;       ///< aligned to the right
    int importance;   ///< the lowest goes first when room is short; 0: always shown
};

// From left to right.
constexpr std::array<ColumnInfo, 8> columns = {{
    {Column::seq, "seq", 6, true, 5},
    {Column::time, "time", 9, true, 3},
    {Column::kind, "kind", 10.5F, false, 0},
    {Column::what, "what", 20, false, 0},
    {Column::value, "value", 8.5F, false, 0},
    {Column::place, "at", 14, false, 4},
    {Column::device, "device", 12, false, 1},
    {Column::cost, "cost", 8.5F, true, 2},
}};

struct Placed {
    ColumnInfo info;
    float x = 0;
    float width = 0;
};

// Numbers of a long trace are longer.
float characters_of(ColumnInfo const& info, Moments const& moments)
{
    if (info.column != Column::seq || moments.empty())
        return info.characters;
    auto const digits = fmt::formatted_size("{}", moments[moments.size() - 1].seq);
    return std::max(info.characters, static_cast<float>(digits));
}

// Drops columns until the rest fits; what is left over goes to "what".
std::vector<Placed> place_columns(Frame& frame, Rect area, bool has_costs)
{
    float const letter = frame.mono_width();
    float const gap = frame.px(9);
    Moments const& moments = frame.session.trace().moments();
    int dropped = has_costs ? 0 : 2;
    float needed = 0;
    auto const is_shown = [&](ColumnInfo const& info) {
        bool const no_data = info.column == Column::cost && !has_costs;
        return !no_data && (info.importance == 0 || info.importance > dropped);
    };
    for (;; ++dropped) {
        needed = gap;
        for (ColumnInfo const& info : columns)
            needed += is_shown(info) ? characters_of(info, moments) * letter + gap : 0;
        if (needed <= area.width || dropped > 5)
            break;
    }
    std::vector<Placed> placed;
    float x = area.x + gap;
    for (ColumnInfo const& info : columns) {
        if (!is_shown(info))
            continue;
        float width = characters_of(info, moments) * letter;
        if (info.column == Column::what)
            width += std::max(0.0F, area.width - needed);
        placed.push_back({info, x, width});
        x += width + gap;
    }
    return placed;
}

std::string cell_text(Session const& session, Moment const& row, Column column)
{
    switch (column) {
    case Column::seq:
        return fmt::format("{}", row.seq);
    case Column::time:
        return duration(row.time);
    case Column::kind:
        return std::string(short_kind(row));
    case Column::what:
        return what_text(session.trace(), row);
    case Column::value:
        return value_text(row);
    case Column::place:
        return place_text(session.trace(), row);
    case Column::device:
        return device_text(session.trace(), row);
    case Column::cost:
        return row.cost != 0 ? duration(row.cost) : std::string();
    }
    return {};
}

Face face_of(Column column)
{
    bool const is_words =
        column == Column::what || column == Column::place || column == Column::device;
    return is_words ? Face::text : Face::mono;
}

Color color_of(Theme const& theme, Moment const& row, Column column)
{
    bool const first_rate =
        column == Column::kind || column == Column::what || column == Column::value;
    return row.is_exit() && first_rate ? theme.text : theme.dim;
}

void draw_row(Frame& frame, Rect area, std::vector<Placed> const& placed, std::uint32_t position)
{
    MomentIndex const moment = frame.session.row(position);
    Moment const& row = frame.session.trace().moments()[moment];
    bool const focused = moment == frame.session.moment();
    if (focused) {
        frame.canvas.shape(area, {.fill = frame.theme.focus_fill, .border = {}});
        frame.canvas.shape({area.x, area.y, frame.px(3), area.height},
                           {.fill = frame.theme.focus, .border = {}});
    } else if (frame.hovers(area)) {
        frame.canvas.shape(area, {.fill = frame.theme.raised, .border = {}});
    }
    float const y = area.y + (area.height - frame.text_height()) / 2;
    for (Placed const& cell : placed) {
        Column const column = cell.info.column;
        std::string const text = cell_text(frame.session, row, column);
        Color const color = color_of(frame.theme, row, column);
        float x = cell.x;
        if (column == Column::kind) {
            float const side = frame.px(16);
            frame.chip({x, area.y + (area.height - side) / 2, side, side}, row.exit_class,
                       row.is_exit());
            x += side + frame.px(7);
            frame.explain_term({x, area.y, cell.x + cell.width - x, area.height}, term_of_row(row));
        }
        if (cell.info.right)
            frame.write_right({x + cell.width, y}, face_of(column), color, text);
        else
            frame.write_cut({x, y}, cell.x + cell.width - x, face_of(column), color, text);
    }
    if (frame.clicked(fmt::format("Exits/Row {}", moment), area)) {
        frame.session.focus_moment(moment, FocusHistory::Move::jump);
        frame.session.view.panel = PanelId::exits;
        frame.session.view.list_shown = moment; // it is in sight already
    }
}

// The list follows the Focus when that moves, and the wheel when a person turns it.
void scroll(Frame& frame, Rect body)
{
    Session& session = frame.session;
    ViewState& view = session.view;
    std::uint32_t const count = session.row_count();
    view.list_rows =
        static_cast<std::uint32_t>(std::max(1.0F, std::floor(body.height / frame.row_height())));
    std::uint32_t const lowest = count > view.list_rows ? count - view.list_rows : 0;

    if (view.list_shown != session.moment() && session.moment() != no_moment) {
        std::uint32_t const wanted = session.position_of(session.moment());
        std::uint32_t const margin = std::min(3U, view.list_rows / 4);
        if (wanted < view.list_top + margin)
            view.list_top = wanted > margin ? wanted - margin : 0;
        if (wanted + margin >= view.list_top + view.list_rows)
            view.list_top = wanted + margin + 1 - view.list_rows;
        view.list_shown = session.moment();
    }
    if (frame.hovers(body) && frame.mouse.wheel != 0) {
        auto const by = static_cast<std::int64_t>(std::lround(-3 * frame.mouse.wheel));
        view.list_top = static_cast<std::uint32_t>(
            std::clamp(std::int64_t{view.list_top} + by, std::int64_t{0}, std::int64_t{lowest}));
    }
    view.list_top = std::min(view.list_top, lowest);
}

void draw_scrollbar(Frame& frame, Rect track)
{
    ViewState& view = frame.session.view;
    auto const count = static_cast<float>(frame.session.row_count());
    if (count <= static_cast<float>(view.list_rows))
        return;
    frame.items.add("Exits/Scrollbar", track);
    float const shown = static_cast<float>(view.list_rows) / count;
    float const height = std::max(frame.px(24), track.height * shown);
    float const range = count - static_cast<float>(view.list_rows);
    if (frame.mouse.down && frame.hovers(track)) {
        float const place = (frame.mouse.y - track.y - height / 2) / (track.height - height);
        view.list_top = static_cast<std::uint32_t>(std::clamp(place, 0.0F, 1.0F) * range);
    }
    float const place = static_cast<float>(view.list_top) / range;
    Rect const thumb{track.x + frame.px(2), track.y + place * (track.height - height),
                     track.width - frame.px(4), height};
    frame.canvas.shape(thumb, {.fill = frame.hovers(track) ? frame.theme.dim : frame.theme.faint,
                               .border = {},
                               .rounding = frame.px(3)});
}

void draw_headings(Frame& frame, Rect area, std::vector<Placed> const& placed)
{
    float const y = area.y + frame.px(3);
    for (Placed const& cell : placed) {
        if (cell.info.right)
            frame.write_right({cell.x + cell.width, y}, Face::small, frame.theme.faint,
                              cell.info.title);
        else
            frame.write({cell.x, y}, Face::small, frame.theme.faint, cell.info.title);
    }
}

std::string remark(Session const& session)
{
    std::uint64_t const read = session.trace().records().size();
    if (read < session.expected)
        return fmt::format("reading the file, {} %", 100 * read / session.expected);
    if (session.filtered() && session.filter_progress() < 1)
        return fmt::format("{} rows pass so far, {:.0f} % looked at", grouped(session.row_count()),
                           100 * session.filter_progress());
    if (session.filtered())
        return fmt::format("{} of {} pass the filter", grouped(session.row_count()),
                           grouped(session.trace().moments().size()));
    return fmt::format("{} exits, {} rows", grouped(session.trace().moments().exits()),
                       grouped(session.row_count()));
}

} // namespace

void draw_exit_list(Frame& frame, Rect area)
{
    Session& session = frame.session;
    Rect const inside = draw_title(frame, PanelId::exits, area, remark(session));
    float const headings = frame.px(19);
    float const bar = frame.px(12);
    Rect const body{inside.x, inside.y + headings, inside.width - bar, inside.height - headings};
    bool const has_costs = session.trace().costs().any();
    std::vector<Placed> const placed = place_columns(frame, body, has_costs);
    draw_headings(frame, {inside.x, inside.y, inside.width, headings}, placed);
    scroll(frame, body);

    std::uint32_t const end =
        std::min(session.row_count(), session.view.list_top + session.view.list_rows);
    for (std::uint32_t position = session.view.list_top; position < end; ++position) {
        float const y =
            body.y + static_cast<float>(position - session.view.list_top) * frame.row_height();
        draw_row(frame, {body.x, y, body.width, frame.row_height()}, placed, position);
    }
    if (session.row_count() == 0)
        frame.write_middle(body, Face::text, frame.theme.dim,
                           session.filtered() ? "No row passes the filter."
                                              : "Nothing has happened yet.");
    draw_scrollbar(frame, {body.right(), body.y, bar, body.height});
}

} // namespace ringside::visualizer

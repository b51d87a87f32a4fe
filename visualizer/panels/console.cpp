// The guest's console. Each character leads to the exit that wrote it; what was written after the
// Focus is faint. While the machine is live, what a person types here goes to the guest.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

struct Grid {
    Rect area;
    float letter = 0;
    float line = 0;
    std::size_t columns = 1;
};

// A stretch of one console line that fits the panel's width.
struct Piece {
    std::size_t line = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
};

std::size_t pieces_in(std::size_t length, std::size_t columns)
{
    return std::max<std::size_t>(1, (length + columns - 1) / columns);
}

// The pieces that end at `last_line`, as many as fit, top to bottom.
std::vector<Piece> visible_pieces(ConsoleText const& console, std::size_t last_line,
                                  std::size_t columns, std::size_t room)
{
    std::vector<Piece> pieces;
    for (std::size_t line = last_line + 1; line > 0 && pieces.size() < room; --line) {
        std::size_t const length = console.lines()[line - 1].size();
        for (std::size_t piece = pieces_in(length, columns); piece > 0 && pieces.size() < room;
             --piece)
            pieces.push_back({line - 1, (piece - 1) * columns, std::min(length, piece * columns)});
    }
    std::reverse(pieces.begin(), pieces.end());
    return pieces;
}

void draw_cell(Frame& frame, Rect area, ConsoleCell const& cell, RecordIndex now)
{
    if (cell.writer == no_record)
        return;
    Theme const& theme = frame.theme;
    Moment const& moment = frame.session.trace().moments()[frame.session.moment()];
    bool const of_this_exit = cell.writer >= moment.first && cell.writer <= moment.last;
    if (of_this_exit)
        frame.canvas.shape(area, {.fill = theme.focus, .border = {}});
    else if (frame.hovers(area))
        frame.canvas.shape(area, {.fill = theme.hovered, .border = {}});
    Color const color = of_this_exit        ? theme.background
                        : cell.writer > now ? theme.faint
                                            : theme.text;
    frame.canvas.text({area.x, area.y}, Face::mono, color, std::string_view(&cell.byte, 1));
    if (frame.mouse.clicked && frame.hovers(area)) {
        frame.session.focus_record(cell.writer);
        frame.session.view.panel = PanelId::console;
    }
}

void draw_piece(Frame& frame, Grid const& grid, Piece const& piece, float y, RecordIndex now)
{
    auto const& line = frame.session.trace().console().lines()[piece.line];
    for (std::size_t column = piece.begin; column < piece.end; ++column) {
        float const x = grid.area.x + static_cast<float>(column - piece.begin) * grid.letter;
        Rect const area{x, y, grid.letter, grid.line};
        if (piece.line < 4 && column < 64) // enough for tests to click by name
            frame.items.add(fmt::format("Console/{}:{}", piece.line, column), area);
        draw_cell(frame, area, line[column], now);
    }
}

std::string remark(Session const& session)
{
    if (session.view.keys_to_guest)
        return "KEYS GO TO THE GUEST, Esc takes them back";
    if (session.connection != Connection::replay)
        return "i: type to the guest";
    return "click a character: the exit that wrote it";
}

// The line shown at the bottom: the Focus's own, or as far back as the wheel was turned.
std::size_t bottom_line(Frame& frame, Rect body)
{
    Session& session = frame.session;
    ConsoleText const& console = session.trace().console();
    float& offset = session.view.scroll_of(PanelId::console); // lines up from the last
    auto const last = console.lines().size() - 1;
    auto const rows = static_cast<std::size_t>(body.height / frame.px(17));
    if (session.view.console_shown != session.as_of()) {
        session.view.console_shown = session.as_of();
        std::size_t const line = console.place_at(session.as_of()).line;
        std::size_t const wanted = std::min(last, std::max(line + 1, rows > 0 ? rows - 1 : 0));
        offset = static_cast<float>(last - wanted);
    }
    if (frame.hovers(body))
        offset += frame.mouse.wheel * 3;
    offset = std::clamp(offset, 0.0F, static_cast<float>(last));
    return last - static_cast<std::size_t>(std::lround(offset));
}

} // namespace

void draw_console(Frame& frame, Rect area)
{
    Session& session = frame.session;
    Rect const body = draw_title(frame, PanelId::console, area, remark(session)).inset(frame.px(8));
    if (session.view.keys_to_guest)
        frame.canvas.shape(
            area.inset(frame.px(1)),
            {.fill = {}, .border = frame.theme.changed, .rounding = 0, .thickness = frame.px(2)});
    if (frame.clicked("Console", area))
        session.view.panel = PanelId::console;
    if (session.moment() == no_moment)
        return;
    if (session.trace().console().characters() == 0) {
        frame.write({body.x, body.y}, Face::text, frame.theme.dim,
                    "The guest has printed nothing.");
        return;
    }
    Grid const grid{
        body, frame.mono_width(), frame.px(17),
        std::max<std::size_t>(8, static_cast<std::size_t>(body.width / frame.mono_width()))};
    auto const room = static_cast<std::size_t>(std::max(1.0F, body.height / grid.line));
    std::vector<Piece> const pieces =
        visible_pieces(session.trace().console(), bottom_line(frame, body), grid.columns, room);
    float y = body.y;
    for (Piece const& piece : pieces) {
        draw_piece(frame, grid, piece, y, session.as_of());
        y += grid.line;
    }
}

} // namespace ringside::visualizer

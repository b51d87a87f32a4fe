// The disassembly panel: instructions that exited, each with how often, the last exit marked, and
// arrows for branches and for the way from the exit before to this one.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "visualizer/model/code_view.hpp"
#include "visualizer/model/format.hpp"
#include "visualizer/model/kind_text.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

struct Placed {
    CodeLine const& line;
    Rect area;
};

struct Columns {
    float count;
    float chip;
    float address;
    float bytes;
    float text;
};

Columns columns_of(Frame const& frame, float letter, Rect area)
{
    float const x = area.x + frame.px(22); // room for the arrows
    return {x, x + 7 * letter, x + 10 * letter, x + 22 * letter, x + 37 * letter};
}

float line_height(Frame const& frame)
{
    return frame.px(18);
}

// Where each line stands: below its symbol's heading, behind a gap.
std::vector<Placed> place_lines(Frame& frame, CodeView const& view, Rect body)
{
    std::vector<Placed> placed;
    float y = body.y;
    for (CodeLine const& line : view.lines) {
        y += line.gap > 0 ? frame.px(9) : 0;
        y += line.symbol.empty() ? 0 : frame.px(20);
        placed.push_back({line, {body.x, y, body.width, line_height(frame)}});
        y += line_height(frame);
    }
    return placed;
}

// The Focus's line comes into view when the Focus moves; else the scrolling is the person's.
void keep_in_sight(Frame& frame, CodeView const& view, std::vector<Placed> const& placed, Rect body)
{
    Session& session = frame.session;
    if (placed.empty() || session.view.code_shown == session.moment())
        return;
    session.view.code_shown = session.moment();
    float& offset = session.view.scroll_of(PanelId::code);
    Rect const line = placed[std::min(view.focus, placed.size() - 1)].area;
    float const top = line.y - body.y;
    if (top < offset + frame.px(20) || top + line.height > offset + body.height - frame.px(20))
        offset = std::max(0.0F, top - body.height / 2);
}

std::string why_it_exits(CodeLine const& line)
{
    if (line.exits == 0)
        return "It was told with an exit, but no exit of it was recorded.";
    return fmt::format("It exits {}. {} of its {} exits are behind us.", text_of(line.kind).cause,
                       grouped(line.exits_until_now), grouped(line.exits));
}

void draw_line(Frame& frame, Placed const& placed, std::string const& operands)
{
    Theme const& theme = frame.theme;
    CodeLine const& line = placed.line;
    Rect const& area = placed.area;
    Columns const columns = columns_of(frame, frame.mono_width(), area);
    if (line.here)
        frame.canvas.shape(area, {.fill = theme.focus_fill, .border = {}});
    else if (frame.hovers(area))
        frame.canvas.shape(area, {.fill = theme.hovered, .border = {}});
    if (line.gap > 0)
        frame.hairline({columns.count, area.y - frame.px(5), area.right() - columns.count, 1});
    float const y = area.y + frame.px(1);
    bool const past = line.exits_until_now > 0;
    frame.write_right({columns.chip - frame.px(8), y}, Face::mono, past ? theme.text : theme.faint,
                      grouped(line.exits_until_now));
    float const side = frame.px(13);
    frame.chip({columns.chip, area.y + frame.px(2), side, side}, line.exit_class, past);
    frame.write_hex({columns.address, y}, line.address, 10, theme.dim, false);
    frame.write_cut({columns.bytes, y}, columns.text - columns.bytes, Face::mono, theme.faint,
                    line.bytes);
    float const width = frame.write({columns.text, y}, line.here ? Face::mono_bold : Face::mono,
                                    line.here || past ? theme.text : theme.dim, line.text);
    float const x = columns.text + width + frame.px(14);
    if (line.here)
        frame.write_cut({x, y}, area.right() - x, Face::mono, theme.changed, operands);
    else if (line.next)
        frame.write_cut({x, y}, area.right() - x, Face::small, theme.good, "goes on here");
    frame.explain(area, line.text, why_it_exits(line));
    bool const leads = line.last != no_record;
    if (frame.clicked("Code/" + hex(line.address), area) && leads)
        frame.session.focus_record(line.last);
}

void draw_heading(Frame& frame, Placed const& placed)
{
    if (placed.line.symbol.empty())
        return;
    frame.write({placed.area.x + frame.px(22), placed.area.y - frame.px(17)}, Face::bold,
                frame.theme.dim, placed.line.symbol);
}

// Along the left edge, from the middle of one line to the middle of another.
void draw_arrow(Frame& frame, Rect from, Rect to, float depth, Color color)
{
    float const right = from.x + frame.px(18);
    float const left = right - depth;
    float const start = from.y + from.height / 2;
    float const end = to.y + to.height / 2;
    frame.canvas.line({right, start}, {left, start}, color, frame.px(1));
    frame.canvas.line({left, start}, {left, end}, color, frame.px(1));
    frame.canvas.line({left, end}, {right, end}, color, frame.px(1));
    std::array<Point, 3> const head = {Point{right + frame.px(3), end},
                                       {right - frame.px(2), end - frame.px(3)},
                                       {right - frame.px(2), end + frame.px(3)}};
    frame.canvas.polygon(head, color);
}

Rect const* area_at(std::vector<Placed> const& placed, std::uint64_t address)
{
    for (Placed const& each : placed)
        if (each.line.address == address)
            return &each.area;
    return nullptr;
}

void draw_arrows(Frame& frame, std::vector<Placed> const& placed)
{
    Session const& session = frame.session;
    for (Placed const& each : placed)
        if (Rect const* to = each.line.target ? area_at(placed, *each.line.target) : nullptr)
            draw_arrow(frame, each.area, *to, frame.px(6), frame.theme.faint);
    Moments const& moments = session.trace().moments();
    Moment const& now = moments[session.moment()];
    MomentIndex before = moments.before(session.moment());
    while (before != no_moment && moments[before].rip == 0)
        before = moments.before(before);
    if (before == no_moment || now.rip == 0 || moments[before].rip == now.rip)
        return;
    Rect const* const from = area_at(placed, moments[before].rip);
    Rect const* const to = area_at(placed, now.rip);
    if (from != nullptr && to != nullptr)
        draw_arrow(frame, *from, *to, frame.px(13), frame.theme.focus);
}

} // namespace

void draw_code(Frame& frame, Rect area)
{
    Session& session = frame.session;
    Rect const body =
        draw_title(frame, PanelId::code, area, "instructions that exited, and how often until now")
            .inset(frame.px(8));
    if (session.moment() == no_moment)
        return;
    CodeView const view =
        code_view(session.trace(), session.moment(), session.as_of(), session.registers_now());
    if (view.lines.empty()) {
        frame.write_wrapped({body.x, body.y}, body.width, Face::text, frame.theme.dim,
                            "No instruction has exited up to here. Only instructions that exit are "
                            "recorded.");
        return;
    }
    std::vector<Placed> placed = place_lines(frame, view, body);
    keep_in_sight(frame, view, placed, body);
    float const offset = frame.scrolled(PanelId::code, body, placed.back().area.bottom() - body.y);
    for (Placed& each : placed)
        each.area.y -= offset;
    frame.canvas.clip(body);
    draw_arrows(frame, placed);
    for (Placed const& each : placed)
        if (each.area.bottom() + frame.px(20) > body.y && each.area.y < body.bottom()) {
            draw_line(frame, each, view.operands);
            draw_heading(frame, each);
        }
    frame.canvas.clip(std::nullopt);
}

} // namespace ringside::visualizer

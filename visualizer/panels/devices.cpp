// The device panel: the register table the device itself described, with the last access of each
// register, its bits by name, and how busy the device was.
#include <algorithm>

#include <fmt/format.h>

#include "visualizer/model/device_view.hpp"
#include "visualizer/model/format.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

// A tab leads to the device's last access before the Focus, or its first.
float draw_tabs(Frame& frame, Rect area, std::uint8_t shown, RecordIndex now)
{
    Session& session = frame.session;
    float x = area.x;
    float y = area.y;
    float const height = frame.px(21);
    for (auto const& [device, name] : session.trace().catalogue().devices()) {
        RecordList const& accesses = session.trace().occurrences().accesses_of(device);
        float const width = frame.canvas.measure(Face::text, name).width + frame.px(16);
        if (x + width > area.right() && x > area.x) {
            x = area.x;
            y += height + frame.px(4);
        }
        Rect const tab{x, y, width, height};
        bool const used = accesses.size() > 0;
        if (frame.button("Devices/" + name, tab, name, used, device == shown)) {
            RecordIndex const last = accesses.last_until(now);
            session.focus_record(last != no_record ? last : accesses.next_after(now));
        }
        x += width + frame.px(4);
    }
    return y + height + frame.px(8) - area.y;
}

// Bars of accesses over the whole trace, and where we are in it.
void draw_rate(Frame& frame, Rect area, DeviceBoard const& board)
{
    std::uint32_t const most =
        std::max(1U, *std::max_element(board.rate.begin(), board.rate.end()));
    float const step = area.width / static_cast<float>(DeviceBoard::columns);
    for (std::size_t column = 0; column < DeviceBoard::columns; ++column) {
        if (board.rate[column] == 0)
            continue;
        float const height = std::max(1.0F, area.height * static_cast<float>(board.rate[column]) /
                                                static_cast<float>(most));
        frame.canvas.shape({area.x + static_cast<float>(column) * step, area.bottom() - height,
                            std::max(1.0F, step - 1), height},
                           {.fill = frame.theme.of(ExitClass::port), .border = {}});
    }
    RecordIndex const all = std::max<RecordIndex>(1, frame.session.trace().records().size());
    float const x =
        area.x + area.width * static_cast<float>(frame.session.as_of()) / static_cast<float>(all);
    frame.canvas.line({x, area.y}, {x, area.bottom()}, frame.theme.focus, frame.px(1.5F));
    frame.explain(area, "Accesses over the trace",
                  fmt::format("{} until now; at most {} in a column.", grouped(board.accesses),
                              grouped(most)));
}

std::string ways(trace::Access access)
{
    return access == trace::Access::read_only    ? "R"
           : access == trace::Access::write_only ? "W"
                                                 : "RW";
}

void draw_bits(Frame& frame, Point at, float width, std::vector<DeviceBit> const& bits)
{
    float x = at.x;
    for (auto bit = bits.rbegin(); bit != bits.rend(); ++bit) { // highest bit first
        float const wide = frame.canvas.measure(Face::small, bit->name).width + frame.px(6);
        if (x + wide > at.x + width)
            return;
        Rect const cell{x, at.y, wide, frame.px(15)};
        frame.canvas.shape(cell, {.fill = bit->set ? frame.theme.focus_fill : Color{},
                                  .border = bit->set ? frame.theme.focus : frame.theme.line,
                                  .rounding = frame.px(2)});
        frame.write_middle(cell, Face::small, bit->set ? frame.theme.text : frame.theme.faint,
                           bit->name);
        frame.explain(cell, fmt::format("{} = {}", bit->name, bit->set ? 1 : 0), bit->meaning);
        x += wide + frame.px(3);
    }
}

float draw_row(Frame& frame, Rect line, DeviceRow const& row)
{
    Theme const& theme = frame.theme;
    bool const has_bits = !row.bits.empty() && row.last != no_record;
    line.height = has_bits ? frame.px(38) : frame.px(20);
    if (row.now)
        frame.canvas.shape(line, {.fill = theme.focus_fill, .border = {}});
    else if (frame.hovers(line))
        frame.canvas.shape(line, {.fill = theme.hovered, .border = {}});
    float const letter = frame.mono_width();
    float const y = line.y + frame.px(2);
    bool const used = row.last != no_record;
    Color const ink = used ? theme.text : theme.faint;
    frame.write({line.x + frame.px(4), y}, Face::mono, theme.dim,
                fmt::format("+{:<3x} {:<2}", row.offset, ways(row.access)));
    frame.write_cut({line.x + 9 * letter, y}, 11 * letter, Face::bold, ink, row.name);
    frame.write_cut({line.x + 21 * letter, y}, 15 * letter, Face::mono, ink,
                    used
                        ? fmt::format("{} {}", row.last_was_write ? "\xe2\x86\x90" : "\xe2\x86\x92",
                                      hex(row.value))
                        : "never");
    float const x = line.x + 34 * letter;
    frame.write_cut(
        {x, y}, 17 * letter, Face::small, theme.dim,
        used ? fmt::format("{} reads, {} writes", grouped(row.reads), grouped(row.writes)) : "");
    float const rest = line.x + 52 * letter;
    frame.write_cut({rest, y}, line.right() - rest, Face::small, theme.faint, row.long_name);
    if (has_bits)
        draw_bits(frame, {line.x + 9 * letter, line.y + frame.px(20)}, line.width - 9 * letter,
                  row.bits);
    frame.explain_term({line.x, line.y, line.width, frame.px(20)}, "register." + row.name,
                       row.long_name + ".");
    if (frame.clicked(fmt::format("Devices/{} {}", row.offset, row.name),
                      {line.x, line.y, line.width, frame.px(20)}) &&
        used)
        frame.session.focus_record(row.last);
    return line.height;
}

} // namespace

void draw_devices(Frame& frame, Rect area)
{
    Session& session = frame.session;
    Rect const body =
        draw_title(frame, PanelId::devices, area, "the device's own register table; last access")
            .inset(frame.px(10));
    if (session.moment() == no_moment)
        return;
    if (session.trace().catalogue().devices().empty()) {
        frame.write({body.x, body.y}, Face::text, frame.theme.dim, "This trace names no device.");
        return;
    }
    std::uint8_t const shown = shown_device(session.trace(), session.moment(), session.as_of());
    DeviceBoard const board =
        device_board(session.trace(), shown, session.moment(), session.as_of());
    float y = body.y + draw_tabs(frame, body, shown, session.as_of());
    frame.write_cut({body.x, y}, body.width * 0.5F, Face::text, frame.theme.dim, board.place);
    draw_rate(frame, {body.x + body.width * 0.52F, y, body.width * 0.48F, frame.px(18)}, board);
    y += frame.px(20);
    if (!board.note.empty()) {
        frame.write_cut({body.x, y}, body.width, Face::text, frame.theme.text,
                        "Latest note: " + board.note);
        y += frame.px(18);
    }
    Rect const window{body.x, y + frame.px(4), body.width, body.bottom() - y - frame.px(4)};
    float const offset = session.view.scroll_of(PanelId::devices);
    frame.canvas.clip(window);
    float line = window.y - offset;
    for (DeviceRow const& row : board.rows)
        line += draw_row(frame, {window.x, line, window.width - frame.px(6), 0}, row);
    frame.scrolled(PanelId::devices, window, line + offset - window.y);
    frame.canvas.clip(std::nullopt);
}

} // namespace ringside::visualizer

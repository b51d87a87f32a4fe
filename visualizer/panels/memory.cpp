// The memory panel: the bytes the trace holds, at the address a person chose or all of them, with
// who told each last and what changed.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/memory_view.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

void draw_byte(Frame& frame, Rect cell, std::uint64_t address, MemoryByte const& byte)
{
    Theme const& theme = frame.theme;
    if (!byte.known) {
        frame.write({cell.x, cell.y}, Face::mono, theme.faint, " x");
        return;
    }
    Moment const& moment = frame.session.trace().moments()[frame.session.moment()];
    bool const now = byte.teller >= moment.preface && byte.teller <= moment.last;
    if (frame.hovers(cell) || now)
        frame.canvas.shape(cell, {.fill = now ? theme.focus_fill : theme.hovered, .border = {}});
    frame.write({cell.x, cell.y}, byte.changed ? Face::mono_bold : Face::mono,
                byte.changed ? theme.changed : theme.text, hex_padded(byte.value, 2));
    std::uint64_t const seq = frame.session.trace().records().head(byte.teller).seq;
    frame.explain(cell, fmt::format("{}: {}", hex(address), hex(byte.value)),
                  fmt::format("Told by record {}{}. A click leads there.", seq,
                              byte.changed ? ", with another value than before" : ""));
    if (frame.clicked("Memory/" + hex(address), cell))
        frame.session.focus_record(byte.teller);
}

void draw_row(Frame& frame, Rect line, MemoryRow const& row)
{
    float const letter = frame.mono_width();
    if (row.gap > 0)
        frame.hairline({line.x, line.y - frame.px(3), line.width, 1});
    frame.write_hex({line.x, line.y}, row.address, 12, frame.theme.dim, false);
    float x = line.x + 14 * letter;
    for (std::size_t place = 0; place < MemoryRow::width; ++place) {
        draw_byte(frame, {x, line.y, 2 * letter, line.height}, row.address + place,
                  row.bytes[place]);
        x += (place % 8 == 7 ? 4.0F : 3.0F) * letter;
    }
    frame.write_cut({x, line.y}, line.right() - x, Face::small, frame.theme.dim, row.place);
}

// A second click on the chosen one shows everything again.
void draw_spaces(Frame& frame, Rect bar)
{
    ViewState& view = frame.session.view;
    float const width = frame.px(120);
    struct Choice {
        MemorySpace space;
        std::string_view label;
    };
    float x = bar.x;
    for (Choice const& choice :
         {Choice{MemorySpace::physical, "guest-physical"}, Choice{MemorySpace::linear, "linear"}}) {
        bool const lit = view.memory_at.space == choice.space;
        if (frame.button(fmt::format("Memory/{}", choice.label), {x, bar.y, width, bar.height},
                         choice.label, true, lit))
            view.memory_at = {choice.space, 0};
        x += width + frame.px(6);
    }
    frame.write_cut({x + frame.px(6), bar.y + frame.px(3)}, bar.right() - x, Face::small,
                    frame.theme.dim, "memory.go rsp+8, gpa:0x3000, a symbol");
}

} // namespace

void draw_memory(Frame& frame, Rect area)
{
    Session& session = frame.session;
    Rect const inside =
        draw_title(frame, PanelId::memory, area, "what the trace holds; x was not recorded")
            .inset(frame.px(8));
    if (session.moment() == no_moment)
        return;
    draw_spaces(frame, {inside.x, inside.y, inside.width, frame.px(22)});
    Rect const body{inside.x, inside.y + frame.px(30), inside.width, inside.height - frame.px(30)};
    std::vector<MemoryRow> const rows =
        memory_rows(session.trace(), session.view.memory_at.space, session.as_of(),
                    session.view.memory_at.address);
    if (rows.empty()) {
        frame.write_wrapped({body.x, body.y}, body.width, Face::text, frame.theme.dim,
                            session.view.memory_at.space == MemorySpace::physical
                                ? "No page walk has read a table up to here, and nothing else "
                                  "tells what physical memory holds."
                                : "No instruction has exited up to here.");
        return;
    }
    auto const wanted = std::lower_bound(rows.begin(), rows.end(), session.view.memory_at.address,
                                         [](MemoryRow const& row, std::uint64_t address) {
                                             return row.address + MemoryRow::width <= address;
                                         });
    float const height = frame.px(18);
    if (std::exchange(session.view.memory_sought, false))
        session.view.scroll_of(PanelId::memory) =
            static_cast<float>(wanted - rows.begin()) * height;
    float const offset =
        frame.scrolled(PanelId::memory, body, static_cast<float>(rows.size()) * height);
    frame.canvas.clip(body);
    for (std::size_t number = 0; number < rows.size(); ++number) {
        float const y = body.y + static_cast<float>(number) * height - offset;
        if (y + height > body.y && y < body.bottom())
            draw_row(frame, {body.x, y, body.width, height}, rows[number]);
    }
    frame.canvas.clip(std::nullopt);
}

} // namespace ringside::visualizer

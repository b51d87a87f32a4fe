// The interrupt panel: the sixteen lines of the PIC pair as a row of lamps, why the one that
// matters now is not delivered, and all 256 vectors as a grid of counts.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/glossary.hpp"
#include "visualizer/model/interrupt_board.hpp"
#include "visualizer/model/kind_text.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

struct Station {
    std::string_view name;
    std::string_view meaning;
    bool lit;
    RecordIndex record;
};

std::array<Station, 4> stations_of(LineLamp const& lamp)
{
    return {{{"line", "the device holds its line up", lamp.level, lamp.raised},
             {"IRR", "requested, not yet taken", lamp.requested, lamp.raised},
             {"IMR", "masked: the PIC keeps it to itself", lamp.masked, no_record},
             {"ISR", "in service: taken, not yet ended", lamp.in_service, lamp.injected}}};
}

// One column for each line: lamps from the device's pin down to the service.
void draw_lamp(Frame& frame, Rect column, LineLamp const& lamp)
{
    Theme const& theme = frame.theme;
    bool const used = lamp.taken > 0 || lamp.raised != no_record;
    float const step = frame.px(19);
    frame.write_middle({column.x, column.y, column.width, step}, Face::mono,
                       used ? theme.text : theme.faint, fmt::format("{}", lamp.irq));
    float y = column.y + step;
    for (Station const& station : stations_of(lamp)) {
        Color const color = station.name == "IMR" ? theme.bad : theme.of(ExitClass::interrupt);
        float const side = frame.px(12);
        Rect const dot{column.x + (column.width - side) / 2, y + (step - side) / 2, side, side};
        frame.canvas.shape(dot, {.fill = station.lit ? color : Color{},
                                 .border = station.lit ? color : theme.line,
                                 .rounding = side / 2});
        frame.explain(
            {column.x, y, column.width, step},
            fmt::format("IRQ {}: {} {}", lamp.irq, station.name, station.lit ? "yes" : "no"),
            fmt::format("{}: {}.", station.name, station.meaning));
        if (frame.clicked(fmt::format("Interrupts/IRQ {} {}", lamp.irq, station.name),
                          {column.x, y, column.width, step}) &&
            station.record != no_record)
            frame.session.focus_record(station.record);
        y += step;
    }
    frame.write_middle({column.x, y, column.width, step}, Face::small,
                       lamp.taken > 0 ? theme.dim : theme.faint,
                       lamp.taken > 0 ? grouped(lamp.taken) : "\xc2\xb7");
}

// The line to speak of: one that asks and waits, else one in service, else the latest taken.
LineLamp const& most_telling(std::array<LineLamp, Occurrences::lines> const& lamps)
{
    LineLamp const* best = lamps.data();
    auto const weight = [](LineLamp const& lamp) {
        return (lamp.requested ? 4 : 0) + (lamp.in_service ? 2 : 0) + (lamp.taken > 0 ? 1 : 0);
    };
    for (LineLamp const& lamp : lamps)
        if (weight(lamp) > weight(*best))
            best = &lamp;
    return *best;
}

float draw_lines(Frame& frame, Rect area, RecordIndex now)
{
    auto const lamps = line_lamps(frame.session.trace(), now);
    float const names = frame.px(38);
    float const step = frame.px(19);
    float y = area.y;
    for (std::string_view const name : {"IRQ", "line", "IRR", "IMR", "ISR", "taken"}) {
        frame.write({area.x, y + frame.px(3)}, Face::small, frame.theme.dim, name);
        y += step;
    }
    float const width = std::min(frame.px(34), (area.width - names) / 16);
    for (LineLamp const& lamp : lamps)
        draw_lamp(frame,
                  {area.x + names + static_cast<float>(lamp.irq) * width, area.y, width, step},
                  lamp);
    LineLamp const& told = most_telling(lamps);
    y += frame.px(4);
    y += frame.write_wrapped({area.x, y}, area.width, Face::text, frame.theme.text,
                             fmt::format("IRQ {}: {}", told.irq, told.why));
    return y + frame.px(8) - area.y;
}

bool belongs_to(Moment const& moment, RecordIndex record)
{
    return record != no_record && record >= moment.preface && record <= moment.last;
}

void draw_vector(Frame& frame, Rect cell, std::uint8_t vector, RecordIndex now)
{
    Session& session = frame.session;
    VectorCell const counts = vector_cell(session.trace(), vector, now);
    Theme const& theme = frame.theme;
    Color const color = theme.of(vector < 32 ? ExitClass::exception : ExitClass::interrupt);
    bool const here = belongs_to(session.trace().moments()[session.moment()], counts.last);
    float const strength =
        counts.until_now == 0
            ? 0.0F
            : std::min(1.0F, 0.25F + 0.12F * std::log2(static_cast<float>(counts.until_now)));
    frame.canvas.shape(cell, {.fill = counts.until_now > 0 ? color.faded(strength) : Color{},
                              .border = here               ? theme.focus
                                        : counts.total > 0 ? color
                                                           : theme.line,
                              .rounding = frame.px(1),
                              .thickness = here ? frame.px(2) : frame.px(1)});
    bool const room = cell.width >= frame.px(22);
    if (counts.total > 0 && room)
        frame.write_middle(cell, Face::small, theme.text,
                           counts.until_now < 1000 ? fmt::format("{}", counts.until_now) : "1k+");
    std::string const taken =
        fmt::format("Vector {}: taken {} times until now, {} in all.", hex(vector),
                    grouped(counts.until_now), grouped(counts.total));
    std::string const term = fmt::format("vector.{}", vector);
    if (find_term(term) != nullptr)
        frame.explain_term(cell, term, taken);
    else
        frame.explain(cell, vector_text(vector), taken);
    RecordIndex const leads = counts.last != no_record ? counts.last : counts.next;
    if (frame.clicked(fmt::format("Interrupts/Vector {}", vector), cell) && leads != no_record)
        session.focus_record(leads);
}

float draw_grid(Frame& frame, Rect area, RecordIndex now)
{
    float const names = frame.px(38);
    float const side = std::clamp((area.width - names) / 16, frame.px(10), frame.px(34));
    float const height = std::min(side, frame.px(17));
    frame.write({area.x, area.y}, Face::small, frame.theme.dim,
                "vectors of the IDT, how often each was taken until now");
    float const top = area.y + frame.px(18);
    for (unsigned row = 0; row < 16; ++row) {
        float const y = top + static_cast<float>(row) * height;
        frame.write({area.x, y + frame.px(1)}, Face::small, frame.theme.faint,
                    fmt::format("{:x}0", row));
        for (unsigned column = 0; column < 16; ++column)
            draw_vector(frame,
                        {area.x + names + static_cast<float>(column) * side, y, side - frame.px(2),
                         height - frame.px(2)},
                        static_cast<std::uint8_t>(row * 16 + column), now);
    }
    return frame.px(18) + 16 * height + frame.px(8);
}

// What lies on the handler's stack, and what IRET will take from it.
float draw_frame_words(Frame& frame, Rect area)
{
    Session const& session = frame.session;
    Moment const& moment = session.trace().moments()[session.moment()];
    std::vector<FrameWord> const words = pushed_frame(session.trace(), moment.first);
    if (words.empty())
        return 0;
    frame.write({area.x, area.y}, Face::small, frame.theme.dim,
                "pushed by the CPU, top of the stack last; IRET takes it back");
    float y = area.y + frame.px(18);
    for (FrameWord const& word : words) {
        Rect const box{area.x, y, std::min(area.width, frame.px(330)), frame.px(19)};
        frame.canvas.shape(box, {.fill = {}, .border = frame.theme.line});
        frame.write({box.x + frame.px(6), y + frame.px(2)}, Face::mono, frame.theme.text,
                    word.name);
        frame.write_cut({box.x + frame.px(110), y + frame.px(2)}, box.width - frame.px(114),
                        Face::text, frame.theme.dim, word.value);
        y += frame.px(19);
    }
    return y + frame.px(8) - area.y;
}

} // namespace

void draw_interrupts(Frame& frame, Rect area)
{
    Session& session = frame.session;
    Rect const body = draw_title(frame, PanelId::interrupts, area,
                                 "device line, IRR, mask, service; then the vector")
                          .inset(frame.px(10));
    if (session.moment() == no_moment)
        return;
    Rect const window{area.x, body.y, area.width, area.bottom() - body.y};
    frame.canvas.clip(window);
    float const offset = session.view.scroll_of(PanelId::interrupts);
    Rect place{body.x, body.y - offset, body.width, body.height};
    place.y += draw_lines(frame, place, session.as_of());
    place.y += draw_frame_words(frame, place);
    place.y += draw_grid(frame, place, session.as_of());
    frame.scrolled(PanelId::interrupts, window, place.y + offset - body.y);
    frame.canvas.clip(std::nullopt);
}

} // namespace ringside::visualizer

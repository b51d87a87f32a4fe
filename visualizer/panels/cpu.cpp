// The CPU panel: first what this row changed, then everything, grouped.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "visualizer/model/cpu_view.hpp"
#include "visualizer/model/format.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

using trace::Register;

// Draws downwards; y is where the next line goes.
struct Pen {
    Frame& frame;
    RegisterState const& before;
    RegisterState const& now;
    Rect area;
    float y = 0;

    float line_height() const { return frame.px(18); }
    bool changed(Register which) const
    {
        return before.knows(which) && now.knows(which) && before[which] != now[which];
    }
    void heading(std::string_view title)
    {
        y += frame.px(7);
        frame.write({area.x, y}, Face::small, frame.theme.faint, title);
        y += frame.px(16);
    }
};

void draw_value(Pen& pen, Point at, Register which, unsigned digits)
{
    Frame& frame = pen.frame;
    bool const changed = pen.changed(which);
    float const name_width = frame.mono_width() * 6.5F;
    frame.write(at, Face::mono, changed ? frame.theme.changed : frame.theme.dim,
                trace::name_of(which));
    Point const value{at.x + name_width, at.y};
    if (!pen.now.knows(which)) {
        frame.write(value, Face::mono, frame.theme.faint, "not told");
        return;
    }
    frame.write_hex(value, pen.now[which], digits, changed ? frame.theme.changed : frame.theme.text,
                    changed);
    Rect const area{at.x, at.y, name_width + frame.mono_width() * static_cast<float>(digits),
                    pen.line_height()};
    frame.items.add(fmt::format("CPU/{}", trace::name_of(which)), area);
    if (changed)
        frame.explain(area, trace::name_of(which),
                      fmt::format("{} before this row, {} now.", hex(pen.before[which]),
                                  hex(pen.now[which])));
}

// "rax 0x60 -> 0x48" for everything that changed: the panel's news come first.
void draw_news(Pen& pen)
{
    Frame& frame = pen.frame;
    std::vector<RegisterChange> const news = changes(pen.before, pen.now);
    bool const first_state = pen.before.known == 0;
    if (news.empty() || first_state) {
        frame.write({pen.area.x, pen.y}, Face::text, frame.theme.dim,
                    first_state ? "The first state that is known." : "Nothing changed.");
        pen.y += pen.line_height();
        return;
    }
    static constexpr std::size_t enough = 5;
    for (std::size_t number = 0; number < std::min(news.size(), enough); ++number) {
        RegisterChange const& change = news[number];
        float x = pen.area.x;
        x += frame.write({x, pen.y}, Face::mono_bold, frame.theme.changed,
                         fmt::format("{:<7}", trace::name_of(change.which)));
        x += frame.write({x, pen.y}, Face::mono, frame.theme.dim,
                         change.had_value ? hex(change.before) : "?");
        x += frame.write({x, pen.y}, Face::text, frame.theme.faint, " \xe2\x86\x92 ");
        frame.write_cut({x, pen.y}, pen.area.right() - x, Face::mono_bold, frame.theme.changed,
                        hex(change.now));
        pen.y += pen.line_height();
    }
    if (news.size() > enough) {
        frame.write({pen.area.x, pen.y}, Face::text, frame.theme.dim,
                    fmt::format("and {} more, marked below", news.size() - enough));
        pen.y += pen.line_height();
    }
}

// In two columns where they fit, going down first: rax rcx rdx ... beside r8 r9 r10 ...
void draw_group(Pen& pen, std::vector<Register> const& registers, unsigned digits)
{
    float const wanted = pen.frame.mono_width() * (6.5F + static_cast<float>(digits) + 2);
    std::size_t const columns = pen.area.width >= 2 * wanted - pen.frame.mono_width() * 2 ? 2 : 1;
    std::size_t const rows = (registers.size() + columns - 1) / columns;
    for (std::size_t number = 0; number < registers.size(); ++number) {
        auto const column = static_cast<float>(number / rows);
        auto const row = static_cast<float>(number % rows);
        draw_value(pen, {pen.area.x + column * wanted, pen.y + row * pen.line_height()},
                   registers[number], digits);
    }
    pen.y += static_cast<float>(rows) * pen.line_height();
}

// "Bit 31 is set, by this row."
std::string remark_of(NamedBit const& bit)
{
    return fmt::format("Bit {} is {}{}.", bit.position, bit.set ? "set" : "clear",
                       bit.changed ? ", by this row" : "");
}

void draw_flags(Pen& pen)
{
    Frame& frame = pen.frame;
    float const name = frame.mono_width() * 6.5F;
    frame.write({pen.area.x, pen.y}, Face::mono, frame.theme.dim, "flags");
    float x = pen.area.x + name;
    for (NamedBit const& flag : flag_bits(pen.before, pen.now)) {
        char const letter = flag.set ? static_cast<char>(flag.name[0] - 'a' + 'A') : flag.name[0];
        Color const color = flag.changed ? frame.theme.changed
                            : flag.set   ? frame.theme.text
                                         : frame.theme.faint;
        frame.write({x, pen.y}, flag.set ? Face::mono_bold : Face::mono, color,
                    std::string_view(&letter, 1));
        frame.explain_term({x, pen.y, frame.mono_width() * 1.5F, pen.line_height()},
                           fmt::format("rflags.{}", flag.meaning.substr(0, 2)), remark_of(flag));
        x += frame.mono_width() * 1.6F;
    }
    pen.y += pen.line_height();
}

void draw_bits(Pen& pen, Register which, std::vector<NamedBit> const& bits)
{
    Frame& frame = pen.frame;
    float const name = frame.mono_width() * 6.5F;
    frame.write({pen.area.x, pen.y}, Face::mono,
                pen.changed(which) ? frame.theme.changed : frame.theme.dim, trace::name_of(which));
    float x = pen.area.x + name;
    for (NamedBit const& bit : bits) {
        if (!bit.set && !bit.changed)
            continue;
        Color const color = bit.changed ? frame.theme.changed : frame.theme.text;
        std::string const text = bit.set ? std::string(bit.name) : "-" + std::string(bit.name);
        float const width = frame.canvas.measure(Face::text, text).width;
        frame.explain_term({x, pen.y, width, pen.line_height()},
                           fmt::format("{}.{}", trace::name_of(which), bit.name), remark_of(bit));
        frame.write({x, pen.y}, bit.changed ? Face::bold : Face::text, color, text);
        x += width + frame.px(8);
    }
    pen.y += pen.line_height();
}

void draw_segments(Pen& pen)
{
    Frame& frame = pen.frame;
    for (SegmentRow const& row : segments(pen.before, pen.now)) {
        Color const color = row.changed ? frame.theme.changed : frame.theme.text;
        float const letter = frame.mono_width();
        float x = pen.area.x;
        frame.write({x, pen.y}, Face::mono, row.changed ? frame.theme.changed : frame.theme.dim,
                    row.name);
        x += 5 * letter;
        frame.write_hex({x, pen.y}, row.selector, 4, color, row.changed);
        x += 5.5F * letter;
        frame.write_cut(
            {x, pen.y}, pen.area.right() - x, Face::text, color,
            fmt::format("{}, base {}, limit {}", row.attributes, hex(row.base), hex(row.limit)));
        pen.y += pen.line_height();
    }
}

void draw_tables(Pen& pen)
{
    for (auto const& [base, limit] : {std::pair{Register::gdtr_base, Register::gdtr_limit},
                                      std::pair{Register::idtr_base, Register::idtr_limit}}) {
        bool const changed = pen.changed(base) || pen.changed(limit);
        std::string_view const name = trace::name_of(base).substr(0, 4);
        Frame& frame = pen.frame;
        frame.write({pen.area.x, pen.y}, Face::mono,
                    changed ? frame.theme.changed : frame.theme.dim, name);
        frame.write({pen.area.x + 6.5F * frame.mono_width(), pen.y}, Face::text,
                    changed ? frame.theme.changed : frame.theme.text,
                    fmt::format("base {}, limit {}", hex(pen.now[base]), hex(pen.now[limit])));
        pen.y += pen.line_height();
    }
}

void draw_everything(Pen& pen)
{
    bool const is_long = mode_of(pen.now) == trace::CpuMode::long64 ||
                         mode_of(pen.now) == trace::CpuMode::compatibility;
    unsigned const digits = is_long ? 16 : 8;
    draw_news(pen);
    pen.heading("where");
    draw_group(pen, {Register::rip, Register::rsp}, digits);
    draw_flags(pen);
    pen.heading("general purpose");
    std::vector<Register> general = {Register::rax, Register::rbx, Register::rcx, Register::rdx,
                                     Register::rsi, Register::rdi, Register::rbp};
    if (is_long)
        for (auto which = static_cast<unsigned>(Register::r8);
             which <= static_cast<unsigned>(Register::r15); ++which)
            general.push_back(static_cast<Register>(which));
    draw_group(pen, general, digits);
    pen.heading("control");
    draw_bits(pen, Register::cr0, cr0_bits(pen.before, pen.now));
    draw_bits(pen, Register::cr4, cr4_bits(pen.before, pen.now));
    draw_bits(pen, Register::efer, efer_bits(pen.before, pen.now));
    draw_group(pen, {Register::cr2, Register::cr3}, digits);
    draw_tables(pen);
    pen.heading("segments: selector, then the hidden part");
    draw_segments(pen);
}

// The mode as a badge in the title: what everything below is to be read in.
std::string badge(RegisterState const& now)
{
    if (now.known == 0)
        return "not told yet";
    trace::PagingMode const paging = paging_of(now);
    return fmt::format("{}, ring {}, paging {}{}", trace::name_of(mode_of(now)), ring_of(now),
                       trace::name_of(paging),
                       now.stale ? ", perhaps old: records are missing" : "");
}

} // namespace

void draw_cpu(Frame& frame, Rect area)
{
    RegisterState const now = frame.session.registers_now();
    auto const& pinned = frame.session.view.pinned;
    TraceModel const& trace = frame.session.trace();
    RegisterState const before = pinned ? trace.registers_at(frame.session.focus().vcpu, *pinned)
                                        : frame.session.registers_before();
    std::string const compared = pinned ? fmt::format(", against the moment pinned at {} (x)",
                                                      duration(trace.records().head(*pinned).time))
                                        : std::string();
    Rect const body =
        draw_title(frame, PanelId::cpu, area, badge(now) + compared).inset(frame.px(10));
    if (now.known == 0) {
        frame.write_wrapped({body.x, body.y}, body.width, Face::text, frame.theme.dim,
                            "No registers have been told up to here.");
        return;
    }
    Rect const window{area.x, body.y, area.width, area.bottom() - body.y};
    frame.canvas.clip(window);
    float const offset = frame.session.view.scroll_of(PanelId::cpu);
    Pen pen{frame, before, now, body, body.y - offset};
    pen.y += draw_mode_strip(frame, {body.x, pen.y, body.width, 0}, mode_of(now));
    draw_everything(pen);
    frame.scrolled(PanelId::cpu, window, pen.y + offset + frame.px(8) - body.y);
    frame.canvas.clip(std::nullopt);
}

} // namespace ringside::visualizer

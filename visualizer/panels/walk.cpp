// The page-walk panel: the address as a bit ruler, one rung for each table entry, what the entries
// allow together, and where the result lies in the machine's memory.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/table_view.hpp"
#include "visualizer/model/walk_ladder.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

struct Pen {
    Frame& frame;
    Rect area;
    float y = 0;

    float line_height() const { return frame.px(18); }
    void sentence(Color color, std::string_view text)
    {
        y += frame.write_wrapped({area.x, y}, area.width, Face::text, color, text);
    }
};

// Fields as wide as they need to be for their text, growing with their number of bits.
std::vector<float> field_widths(Frame& frame, std::vector<AddressField> const& fields, float width)
{
    std::vector<float> widths;
    float needed = 0;
    unsigned bits = 0;
    for (AddressField const& field : fields) {
        float const digits = frame.canvas.measure(Face::mono, hex(field.value)).width;
        float const name = frame.canvas.measure(Face::small, field.name).width;
        widths.push_back(std::max(digits, name) + frame.px(8));
        needed += widths.back();
        bits += field.count;
    }
    float const spare = std::max(0.0F, width - needed);
    for (std::size_t number = 0; number < fields.size(); ++number)
        widths[number] += spare * static_cast<float>(fields[number].count) /
                          static_cast<float>(std::max(1U, bits));
    return widths;
}

void draw_ruler(Pen& pen, Ladder const& ladder)
{
    Frame& frame = pen.frame;
    float const height = frame.px(22);
    float x = pen.area.x;
    std::vector<float> const widths = field_widths(frame, ladder.fields, pen.area.width);
    for (std::size_t number = 0; number < ladder.fields.size(); ++number) {
        AddressField const& field = ladder.fields[number];
        bool const index = field.name != "sign" && field.name != "offset";
        Rect const cell{x, pen.y + frame.px(15), widths[number] - frame.px(2), height};
        frame.write_middle({x, pen.y, cell.width, frame.px(14)}, Face::small, frame.theme.dim,
                           field.name);
        frame.canvas.shape(cell, {.fill = index ? frame.theme.raised : Color{},
                                  .border = frame.theme.line,
                                  .rounding = frame.px(2)});
        frame.write_middle(cell, Face::mono, index ? frame.theme.text : frame.theme.dim,
                           hex(field.value));
        frame.explain({x, pen.y, cell.width, frame.px(36)}, field.name,
                      fmt::format("Bits {} to {}: {} bits, value {}.", field.low + field.count - 1,
                                  field.low, field.count, hex(field.value)));
        x += widths[number];
    }
    pen.y += height + frame.px(15) + frame.px(9);
}

// `theme` of the glossary explains them: "entry", or "pf" for an error code.
void draw_letters(Frame& frame, Point at, std::vector<EntryBit> const& bits, Color lit,
                  std::string_view theme)
{
    float x = at.x;
    float const step = frame.mono_width() * 1.25F;
    for (EntryBit const& bit : bits) {
        Color const ink = bit.changed ? frame.theme.changed : bit.set ? lit : frame.theme.faint;
        char const letter = bit.set ? bit.letter : '\xb7';
        std::string_view const dot = "\xc2\xb7";
        frame.write({x, at.y}, bit.set ? Face::mono_bold : Face::mono, ink,
                    bit.set ? std::string_view(&letter, 1) : dot);
        frame.explain_term({x, at.y, step, frame.px(18)}, fmt::format("{}.{}", theme, bit.letter),
                           fmt::format("Here it is {}.", bit.set ? 1 : 0));
        x += step;
    }
}

// "RWX U": what entries so far leave possible. A right that is gone is struck out.
void draw_permissions(Frame& frame, Point right_top, Permissions allowed)
{
    struct Right {
        char letter;
        bool there;
        std::string_view meaning;
    };
    std::array<Right, 4> const rights = {{{'r', allowed.read, "may be read"},
                                          {'w', allowed.write, "may be written to"},
                                          {'x', allowed.execute, "may be executed"},
                                          {'u', allowed.user, "user mode may use it"}}};
    float const step = frame.mono_width() * 1.15F;
    float x = right_top.x - step * static_cast<float>(rights.size());
    for (Right const& right : rights) {
        frame.write({x, right_top.y}, Face::mono,
                    right.there ? frame.theme.good : frame.theme.faint,
                    right.there ? std::string_view(&right.letter, 1) : "-");
        frame.explain({x, right_top.y, step, frame.px(18)},
                      right.there ? "still allowed" : "taken away",
                      fmt::format("By all entries down to this one: {}{}.",
                                  right.there ? "" : "not ", right.meaning));
        x += step;
    }
}

// The columns of the ladder, the same for its heading and its rungs.
struct Columns {
    float name;
    float value;
    float letters;
    float rights; ///< right edge
};

Columns columns_of(Frame& frame, Rect area)
{
    float const letter = frame.mono_width();
    float const first = area.x + frame.px(16);
    return {first, first + 11 * letter, first + 28.5F * letter, area.right()};
}

void draw_rung(Pen& pen, Rung const& rung, std::size_t number)
{
    Frame& frame = pen.frame;
    Theme const& theme = frame.theme;
    Columns const columns = columns_of(frame, pen.area);
    float const height = frame.px(22);
    Rect const row{pen.area.x, pen.y, pen.area.width, height};
    if (rung.breaks)
        frame.canvas.shape(
            row, {.fill = theme.bad.faded(0.16F), .border = theme.bad, .rounding = frame.px(2)});
    frame.items.add(fmt::format("Walk/Rung {}", number), row);
    float const y = pen.y + frame.px(4);
    Color const color = rung.breaks ? theme.bad : theme.text;
    // The rail that joins the rungs: a dot for each, and a line down to the next.
    float const dot = frame.px(6);
    float const middle = pen.area.x + frame.px(7);
    frame.canvas.shape({middle - dot / 2, pen.y + height / 2 - dot / 2, dot, dot},
                       {.fill = color, .border = {}, .rounding = dot / 2});
    if (!rung.breaks)
        frame.canvas.line({middle, pen.y + height / 2 + dot / 2}, {middle, pen.y + height + dot},
                          theme.faint, frame.px(1));
    frame.write({columns.name, y}, Face::mono, color,
                fmt::format("{:<5} {:>4}", rung.table, fmt::format("{:x}", rung.index)));
    frame.write_hex({columns.value, y}, rung.entry, 16, color, false);
    draw_letters(frame, {columns.letters, y}, rung.bits, color, "entry");
    draw_permissions(frame, {columns.rights - frame.px(4), y}, rung.allowed);
    frame.explain(row, fmt::format("{} {}", rung.table, hex(rung.index)),
                  fmt::format("Read from guest-physical {}: it points to {}{}.",
                              hex(rung.entry_gpa), hex(rung.target),
                              rung.leaf ? ", the page itself" : ", the next table") +
                      (rung.before ? " Read before as " + hex(*rung.before) + "." : ""));
    if (frame.mouse.clicked && frame.hovers(row))
        frame.session.view.walk_rung = number;
    pen.y += height;
}

void draw_root(Pen& pen, trace::PageWalk const& walk)
{
    Frame& frame = pen.frame;
    Columns const columns = columns_of(frame, pen.area);
    float const middle = pen.area.x + frame.px(7);
    float const dot = frame.px(6);
    float const height = frame.px(22);
    frame.canvas.shape({middle - dot / 2, pen.y + height / 2 - dot / 2, dot, dot},
                       {.fill = {}, .border = frame.theme.text, .rounding = dot / 2});
    frame.canvas.line({middle, pen.y + height / 2 + dot / 2}, {middle, pen.y + height + dot},
                      frame.theme.faint, frame.px(1));
    float const y = pen.y + frame.px(4);
    frame.write({columns.name, y}, Face::mono, frame.theme.text, "CR3");
    frame.write_hex({columns.value, y}, walk.cr3, 16, frame.theme.text, false);
    float x = columns.letters;
    for (char const letter : std::string_view("PWUADSGX")) {
        frame.write({x, y}, Face::mono, frame.theme.faint, std::string_view(&letter, 1));
        x += frame.mono_width() * 1.25F;
    }
    frame.write_right({columns.rights - frame.px(4), y}, Face::small, frame.theme.faint, "allowed");
    pen.y += height;
}

void draw_result(Pen& pen, Ladder const& ladder)
{
    Frame& frame = pen.frame;
    pen.y += frame.px(3);
    float const x = pen.area.x + frame.px(2);
    std::string_view const sign = ladder.ok ? "\xe2\x9c\x93" : "\xe2\x9c\x97";
    Color const color = ladder.ok ? frame.theme.good : frame.theme.bad;
    frame.write({x, pen.y}, Face::bold, color, sign);
    Rect const rest{pen.area.x + frame.px(16), pen.y, pen.area.width - frame.px(16), 0};
    pen.y += frame.write_wrapped(
        {rest.x, pen.y}, rest.width, Face::bold, color,
        ladder.ok ? fmt::format("{}, a {}", ladder.verdict, ladder.page_size) : ladder.verdict);
    if (ladder.ok)
        pen.y += frame.write_wrapped({rest.x, pen.y}, rest.width, Face::text, frame.theme.text,
                                     ladder.slot);
    if (ladder.error_bits.empty())
        return;
    frame.write({rest.x, pen.y}, Face::text, frame.theme.dim, "error code");
    draw_letters(frame, {rest.x + frame.px(80), pen.y}, ladder.error_bits, frame.theme.bad, "pf");
    pen.y += pen.line_height();
    for (EntryBit const& bit : ladder.error_bits) {
        if (!bit.set)
            continue;
        frame.write_cut({rest.x, pen.y}, rest.width, Face::text, frame.theme.dim,
                        fmt::format("{}: {}", bit.letter, bit.name));
        pen.y += pen.line_height();
    }
}

void draw_honesty(Pen& pen, Ladder const& ladder)
{
    Frame& frame = pen.frame;
    pen.y += frame.px(8);
    frame.hairline({pen.area.x, pen.y, pen.area.width, std::max(1.0F, frame.px(1))});
    pen.y += frame.px(7);
    float const side = frame.px(16);
    Rect const tag{pen.area.x, pen.y, side, side};
    frame.tag(tag, ladder.evidence == "E" ? Evidence::emulated : Evidence::derived);
    float const x = tag.right() + frame.px(7);
    pen.y += frame.write_wrapped({x, pen.y + frame.px(1)}, pen.area.right() - x, Face::text,
                                 frame.theme.dim, ladder.origin);
    std::size_t const reads = ladder.rungs.size();
    pen.y += frame.px(3);
    frame.tag({pen.area.x, pen.y, side, side}, Evidence::not_visible);
    pen.y += frame.write_wrapped(
        {x, pen.y + frame.px(1)}, pen.area.right() - x, Face::text, frame.theme.dim,
        fmt::format(
            "Second dimension: ours is the slot table, {} read{} of guest memory here. With "
            "EPT the hardware walks tables of the host at each step, too: up to {} reads, "
            "out of sight of user space.",
            reads, reads == 1 ? "" : "s", (reads + 1) * 5 - 1));
}

std::string remark(Session const& session, std::size_t number, trace::PageWalk const& walk)
{
    return fmt::format("{} of {}, {} by {}, {}", number + 1, session.trace().walks().size(),
                       trace::name_of(walk.access), walk.user ? "user" : "supervisor",
                       trace::name_of(walk.origin));
}

void draw_nothing(Frame& frame, Rect area, Session const& session)
{
    Rect const body = draw_title(frame, PanelId::walk, area, "").inset(frame.px(10));
    frame.write_wrapped({body.x, body.y}, body.width, Face::text, frame.theme.dim,
                        session.trace().walks().empty()
                            ? "This trace has no page walks: the guest runs without paging, or it "
                              "was recorded without --walks."
                            : "No page walk up to here. Press p for the next one.");
}

} // namespace

void draw_walk(Frame& frame, Rect area)
{
    Session& session = frame.session;
    auto const number = session.shown_walk();
    if (!number)
        return draw_nothing(frame, area, session);
    RecordIndex const record = session.trace().walks()[*number];
    auto const walk = session.trace().records().get<trace::PageWalk>(record);
    Ladder drawn = ladder(*walk, session.trace().catalogue());
    mark_changes(drawn, session.trace(), record);
    Rect const body =
        draw_title(frame, PanelId::walk, area, remark(session, *number, *walk)).inset(frame.px(10));

    Rect const window{area.x, body.y, area.width, area.bottom() - body.y};
    frame.canvas.clip(window);
    float const offset = session.view.scroll_of(PanelId::walk);
    Pen pen{frame, body, body.y - offset};
    std::string const symbol = session.trace().catalogue().symbol_at(walk->gva);
    float const x = pen.area.x + frame.write({pen.area.x, pen.y}, Face::mono_bold, frame.theme.text,
                                             hex_padded(walk->gva, 16));
    if (!symbol.empty())
        frame.write({x + frame.px(8), pen.y}, Face::text, frame.theme.dim, symbol);
    pen.y += frame.px(22);
    draw_ruler(pen, drawn);
    draw_root(pen, *walk);
    for (std::size_t rung = 0; rung < drawn.rungs.size(); ++rung)
        draw_rung(pen, drawn.rungs[rung], rung);
    draw_result(pen, drawn);
    pen.y += frame.px(8);
    pen.y += draw_page_table(frame, {body.x, pen.y, body.width, 0}, drawn, *walk, record);
    draw_honesty(pen, drawn);
    frame.scrolled(PanelId::walk, window, pen.y + offset + frame.px(8) - body.y);
    frame.canvas.clip(std::nullopt);
}

} // namespace ringside::visualizer

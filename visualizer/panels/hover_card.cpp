// The hover card, and the same as a page: what a word means, how anybody knows, where to read on,
// and a link to the next example in this trace.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "visualizer/model/glossary.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

constexpr float pad = 10;

struct Lines {
    std::vector<std::string> remark;
    std::vector<std::string> sentence;
    std::string source;
    float line = 0; ///< height of one
};

Lines lines_of(Frame& frame, Term const& term, std::string_view remark, float width)
{
    Lines lines;
    lines.line = frame.canvas.measure(Face::text, "X").height * 1.25F;
    lines.remark = frame.wrapped(Face::text, remark, width);
    lines.sentence = frame.wrapped(Face::text, term.sentence, width);
    lines.source = fmt::format("Read on: {}", term.manual);
    return lines;
}

float height_of(Frame& frame, Lines const& lines, float width)
{
    auto const source = frame.wrapped(Face::detail, lines.source, width).size();
    auto const texts = static_cast<float>(lines.remark.size() + lines.sentence.size());
    return frame.px(24) + lines.line * texts + frame.px(28) +
           frame.canvas.measure(Face::detail, "X").height * 1.25F * static_cast<float>(source) +
           frame.px(26);
}

// The evidence, as its letter and its word.
void draw_evidence(Frame& frame, Point at, Evidence evidence)
{
    float const side = frame.px(16);
    Rect const box{at.x, at.y, side, side};
    frame.canvas.shape(box, {.fill = {}, .border = frame.theme.faint, .rounding = frame.px(2)});
    char const letter = letter_of(evidence);
    frame.write_middle(box, Face::letter, frame.theme.dim, std::string_view(&letter, 1));
    frame.write({box.right() + frame.px(7), at.y + frame.px(1)}, Face::text, frame.theme.dim,
                name_of(evidence));
}

void draw_link(Frame& frame, Rect area, Term const& term)
{
    if (term.example == "-") {
        frame.write({area.x, area.y}, Face::text, frame.theme.faint, "No single row shows it.");
        return;
    }
    std::string_view const label = "Next example in this trace \xe2\x96\xb6";
    float const width = frame.canvas.measure(Face::bold, label).width;
    Rect const link{area.x - frame.px(4), area.y - frame.px(3), width + frame.px(8),
                    area.height + frame.px(4)};
    if (frame.hovers(link))
        frame.canvas.shape(link,
                           {.fill = frame.theme.hovered, .border = {}, .rounding = frame.px(3)});
    frame.write({area.x, area.y}, Face::bold, frame.theme.changed, label);
    frame.write_right({area.right(), area.y}, Face::mono, frame.theme.faint, "e");
    if (frame.clicked("Card/Example", link))
        frame.run("example.of " + std::string(term.id));
}

void draw_term(Frame& frame, Rect sheet, Term const& term, std::string_view remark)
{
    draw_sheet(frame, sheet);
    float const width = sheet.width - 2 * frame.px(pad);
    Lines const lines = lines_of(frame, term, remark, width);
    float const x = sheet.x + frame.px(pad);
    float y = sheet.y + frame.px(8);
    frame.write_cut({x, y}, width, Face::bold, frame.theme.text, term.title);
    y += frame.px(20);
    y += frame.write_wrapped({x, y}, width, Face::text, frame.theme.changed, remark);
    y += frame.write_wrapped({x, y}, width, Face::text, frame.theme.text, term.sentence);
    y += frame.px(6);
    draw_evidence(frame, {x, y}, term.evidence);
    y += frame.px(20);
    y += frame.write_wrapped({x, y}, width, Face::detail, frame.theme.dim, lines.source);
    y += frame.px(5);
    draw_link(frame, {x, y, width, lines.line}, term);
}

// A plain card follows the mouse and is gone with it.
void draw_plain_card(Frame& frame, Rect window)
{
    float const width = frame.px(300);
    auto const lines = frame.wrapped(Face::text, frame.card.body, width - frame.px(20));
    float const height = frame.px(36) + frame.px(17) * static_cast<float>(lines.size());
    float const x = std::min(frame.mouse.x + frame.px(14), window.right() - width - frame.px(4));
    float const below = frame.mouse.y + frame.px(18);
    float const y = below + height > window.bottom() ? frame.mouse.y - height - frame.px(8) : below;
    Rect const sheet{x, y, width, height};
    draw_sheet(frame, sheet);
    frame.items.add("HoverCard", sheet);
    frame.write_cut({x + frame.px(10), y + frame.px(8)}, width - frame.px(20), Face::bold,
                    frame.theme.text, frame.card.title);
    frame.write_wrapped({x + frame.px(10), y + frame.px(27)}, width - frame.px(20), Face::text,
                        frame.theme.dim, frame.card.body);
}

bool same_place(Rect const& a, Rect const& b)
{
    return std::abs(a.x - b.x) < 1 && std::abs(a.y - b.y) < 1;
}

// Which term's card is to be seen: a new one under the mouse, or the one that stands already while
// the mouse is on it.
void choose_card(Frame& frame)
{
    ShownCard& shown = frame.session.view.card;
    HoverCard const& wanted = frame.card;
    if (!wanted.term.empty()) {
        bool const same = shown.term == wanted.term && same_place(shown.source, wanted.source);
        if (!same)
            shown = {wanted.term, wanted.body, wanted.source, frame.mouse.x, frame.mouse.y, {}};
        shown.remark = wanted.body;
    } else if (shown.term.empty() || !frame.hovers(shown.area) || !wanted.title.empty()) {
        shown = {};
    }
}

// Right below what it explains, so that the mouse reaches it on the way down; a large thing is
// explained beside the mouse.
Rect place_card(Frame& frame, ShownCard const& shown, float width, float height, Rect window)
{
    bool const small = shown.source.height < frame.px(40);
    float const below = small ? shown.source.bottom() : shown.y + frame.px(18);
    float const above = small ? shown.source.y - height : shown.y - height - frame.px(8);
    float const left = small ? shown.source.x : shown.x + frame.px(14);
    float const x = std::clamp(left, 0.0F, std::max(0.0F, window.right() - width - frame.px(4)));
    float const y = below + height > window.bottom() ? std::max(0.0F, above) : below;
    return {x, y, width, height};
}

} // namespace

void draw_hover_card(Frame& frame, Rect window)
{
    choose_card(frame);
    ShownCard& shown = frame.session.view.card;
    Term const* term = shown.term.empty() ? nullptr : find_term(shown.term);
    if (term == nullptr) {
        if (!frame.card.title.empty() || !frame.card.body.empty())
            draw_plain_card(frame, window);
        return;
    }
    float const width = std::min(frame.px(340), window.width - frame.px(8));
    float const inner = width - 2 * frame.px(pad);
    float const height = height_of(frame, lines_of(frame, *term, shown.remark, inner), inner);
    Rect const sheet = place_card(frame, shown, width, height, window);
    shown.area = sheet;
    frame.items.add("HoverCard", sheet);
    draw_term(frame, sheet, *term, shown.remark);
}

void draw_explanation(Frame& frame, Rect window)
{
    Term const* term = find_term(frame.session.view.explained);
    if (term == nullptr) {
        frame.session.view.overlay = Overlay::none;
        return;
    }
    float const width = std::min(frame.px(460), window.width - frame.px(40));
    float const inner = width - 2 * frame.px(pad);
    float const height = height_of(frame, lines_of(frame, *term, {}, inner), inner);
    Rect const sheet{window.x + (window.width - width) / 2, window.y + window.height * 0.25F, width,
                     height};
    frame.items.add("Explanation", sheet);
    draw_term(frame, sheet, *term, {});
    if (frame.mouse.clicked && !frame.hovers(sheet))
        frame.run("overlay.close");
}

} // namespace ringside::visualizer

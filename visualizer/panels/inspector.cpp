// The exit inspector: one exit as a path through the columns of those who took part, numbered from
// top to bottom; each card says what was done and on what evidence.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/term_of.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

struct Card {
    Rect area;
    std::size_t column = 0;
    std::vector<std::string> title;
    std::vector<std::string> detail;
};

struct Metrics {
    float pad;
    float title_line;
    float detail_line;
    float badge; ///< side of the step's number and of the evidence tag
};

Metrics metrics_of(Frame& frame)
{
    return {frame.px(5), frame.canvas.measure(Face::bold, "X").height * 1.2F,
            frame.canvas.measure(Face::detail, "X").height * 1.22F, frame.px(16)};
}

std::size_t column_of(Inspection const& inspection, Actor actor)
{
    auto const found = std::find(inspection.actors.begin(), inspection.actors.end(), actor);
    return found == inspection.actors.end()
               ? 0
               : static_cast<std::size_t>(found - inspection.actors.begin());
}

// Cards go down in time. A card starts a little below the one before it, or below the last card of
// its own column: the path reads as a staircase and wastes little room.
std::vector<Card> place_cards(Frame& frame, Inspection const& inspection, Rect area,
                              float column_width)
{
    Metrics const size = metrics_of(frame);
    float const gap = frame.px(9);
    float const stair = frame.px(15);
    std::array<float, actor_count> bottoms{};
    bottoms.fill(area.y);
    std::vector<Card> cards;
    float top = area.y;
    for (Step const& step : inspection.steps) {
        Card card;
        card.column = column_of(inspection, step.actor);
        float const text_width = column_width - 2 * size.pad;
        card.title =
            frame.wrapped(Face::bold, step.title, text_width - 2 * (size.badge + size.pad));
        card.detail = frame.wrapped(Face::detail, step.detail, text_width);
        float const height = 2 * size.pad +
                             size.title_line * static_cast<float>(card.title.size()) +
                             size.detail_line * static_cast<float>(card.detail.size());
        float const y = cards.empty() ? area.y : std::max(top + stair, bottoms[card.column]);
        float const x = area.x + static_cast<float>(card.column) * (column_width + gap);
        card.area = {x, y, column_width, height};
        bottoms[card.column] = y + height + frame.px(6);
        top = y;
        cards.push_back(std::move(card));
    }
    return cards;
}

void draw_card(Frame& frame, Card const& card, Step const& step, std::size_t number, bool lit)
{
    Metrics const size = metrics_of(frame);
    Theme const& theme = frame.theme;
    Rect const area = card.area;
    frame.canvas.shape(area, {.fill = lit                  ? theme.focus_fill
                                      : frame.hovers(area) ? theme.hovered
                                                           : theme.raised,
                              .border = lit ? theme.focus : Color{},
                              .rounding = frame.px(4)});
    float const text_height = frame.canvas.measure(Face::bold, "X").height;
    float const badge_y = area.y + size.pad + (text_height - size.badge) / 2;
    Rect const badge{area.x + size.pad, badge_y, size.badge, size.badge};
    frame.canvas.shape(
        badge, {.fill = lit ? theme.focus : theme.line, .border = {}, .rounding = size.badge / 2});
    frame.write_middle(badge, Face::small, lit ? theme.background : theme.text,
                       std::to_string(number));
    Rect const tag{area.right() - size.pad - size.badge, badge_y, size.badge, size.badge};

    float y = area.y + size.pad;
    for (std::string const& line : card.title) {
        frame.write_cut({badge.right() + size.pad, y}, tag.x - badge.right() - 2 * size.pad,
                        Face::bold, theme.text, line);
        y += size.title_line;
    }
    for (std::string const& line : card.detail) {
        frame.write_cut({area.x + size.pad, y}, area.width - 2 * size.pad, Face::detail, theme.dim,
                        line);
        y += size.detail_line;
    }
    Moment const& row = frame.session.trace().moments()[frame.session.moment()];
    frame.explain_term(area, term_of_step(frame.session.trace(), row, step), step.note);
    frame.tag(tag, step.evidence);
    if (frame.clicked(fmt::format("Inspector/Step {}", number), area)) {
        frame.session.focus_step(lit ? 0 : number);
        frame.session.view.panel = PanelId::inspector;
    }
}

// From one card to the next: out of its side, down, into the other's side at the height of its
// title.
void draw_arrow(Frame& frame, Card const& from, Card const& to, Color color)
{
    if (from.column == to.column)
        return;
    bool const rightwards = to.column > from.column;
    float const half = frame.px(8);
    float const end_y = to.area.y + metrics_of(frame).pad + half;
    float const end_x = rightwards ? to.area.x : to.area.right();
    float const start_x = rightwards ? from.area.right() : from.area.x;
    float const start_y =
        std::min(from.area.y + metrics_of(frame).pad + half, from.area.bottom() - frame.px(4));
    float const turn = rightwards ? start_x + frame.px(4.5F) : start_x - frame.px(4.5F);
    float const width = frame.px(1.5F);
    frame.canvas.line({start_x, start_y}, {turn, start_y}, color, width);
    frame.canvas.line({turn, start_y}, {turn, end_y}, color, width);
    frame.canvas.line({turn, end_y}, {end_x, end_y}, color, width);
    float const tip = frame.px(4) * (rightwards ? 1.0F : -1.0F);
    std::array<Point, 3> const head = {Point{end_x, end_y},
                                       {end_x - tip, end_y - frame.px(4)},
                                       {end_x - tip, end_y + frame.px(4)}};
    frame.canvas.polygon(head, color);
}

void draw_headings(Frame& frame, Inspection const& inspection, Rect area, float column_width)
{
    bool const on_kvm = frame.session.trace().catalogue().on_kvm();
    float x = area.x;
    for (Actor const actor : inspection.actors) {
        frame.write({x + frame.px(2), area.y}, Face::bold, frame.theme.dim,
                    actor_title(actor, on_kvm));
        frame.hairline({x, area.bottom() - frame.px(5), column_width, std::max(1.0F, frame.px(1))});
        x += column_width + frame.px(9);
    }
}

// This exit's cost among its kind: one in twenty is outside the bar, the tick is the median.
void draw_cost(Frame& frame, Rect area)
{
    Moment const& moment = frame.session.trace().moments()[frame.session.moment()];
    Costs::Spread const spread = frame.session.trace().costs().spread(moment.kind);
    Theme const& theme = frame.theme;
    std::string const text =
        fmt::format("cost {}   median of {} \"{}\" exits {}", duration(moment.cost),
                    grouped(spread.count), trace::name_of(moment.kind), duration(spread.median));
    float const y = area.y + (area.height - frame.text_height()) / 2;
    float const x = area.x + frame.write({area.x, y}, Face::text, theme.dim, text) + frame.px(14);
    Rect const bar{x, area.y + area.height / 2 - frame.px(3), area.right() - x - frame.px(8),
                   frame.px(6)};
    if (spread.count < 3 || bar.width < frame.px(60))
        return;
    double const low =
        std::min<double>(static_cast<double>(spread.low), static_cast<double>(moment.cost)) * 0.9;
    double const high =
        std::max<double>(static_cast<double>(spread.high), static_cast<double>(moment.cost)) * 1.1;
    auto const place = [&](std::uint64_t cost) {
        double const share = (static_cast<double>(cost) - low) / std::max(1.0, high - low);
        return bar.x + static_cast<float>(share) * bar.width;
    };
    frame.canvas.shape(
        {place(spread.low), bar.y, place(spread.high) - place(spread.low), bar.height},
        {.fill = theme.line, .border = {}, .rounding = frame.px(3)});
    frame.canvas.shape(
        {place(spread.median), bar.y - frame.px(3), frame.px(1.5F), bar.height + frame.px(6)},
        {.fill = theme.dim, .border = {}});
    float const dot = frame.px(8);
    frame.canvas.shape({place(moment.cost) - dot / 2, bar.y + bar.height / 2 - dot / 2, dot, dot},
                       {.fill = theme.of(moment.exit_class), .border = {}, .rounding = dot / 2});
    frame.explain(bar, "Cost on the host",
                  "The dot is this exit, the tick the median of its kind; one exit in twenty lies "
                  "left of the bar, one right of it. The host also does other things.");
}

// A sub-step that is chosen by key must be in sight.
void show_step(Frame& frame, std::vector<Card> const& cards, Rect body)
{
    std::size_t const step = frame.session.focus().step;
    float& offset = frame.session.view.scroll_of(PanelId::inspector);
    if (step == 0 || step > cards.size() || frame.mouse.wheel != 0)
        return;
    Rect const card = cards[step - 1].area;
    offset = std::max(offset, card.bottom() - body.bottom());
    offset = std::min(offset, card.y - body.y);
}

void draw_path(Frame& frame, Rect body, float column_width)
{
    Inspection const& inspection = frame.session.inspection();
    std::vector<Card> cards = place_cards(frame, inspection, body, column_width);
    float lowest = body.y;
    for (Card const& card : cards)
        lowest = std::max(lowest, card.area.bottom());
    show_step(frame, cards, body);
    Rect const margin{body.x, body.y, body.width + frame.px(8), body.height};
    float const offset = frame.scrolled(PanelId::inspector, margin, lowest - body.y);
    for (Card& card : cards)
        card.area.y -= offset;

    frame.canvas.clip(body);
    std::size_t const step = frame.session.focus().step;
    for (std::size_t number = 1; number < cards.size(); ++number) // behind the cards
        draw_arrow(frame, cards[number - 1], cards[number],
                   number + 1 == step ? frame.theme.focus : frame.theme.faint);
    for (std::size_t number = 0; number < cards.size(); ++number)
        draw_card(frame, cards[number], inspection.steps[number], number + 1, number + 1 == step);
    frame.canvas.clip(std::nullopt);
}

std::string remark(Session const& session)
{
    if (session.moment() == no_moment)
        return {};
    std::size_t const steps = session.inspection().steps.size();
    if (steps == 1)
        return "one step";
    return session.focus().step == 0
               ? fmt::format("{} sub-steps, [ and ] walk them", steps)
               : fmt::format("sub-step {} of {}", session.focus().step, steps);
}

} // namespace

void draw_inspector(Frame& frame, Rect area)
{
    Session& session = frame.session;
    Rect const inside = draw_title(frame, PanelId::inspector, area, remark(session));
    if (session.moment() == no_moment)
        return;
    Moment const& moment = session.trace().moments()[session.moment()];
    Inspection const& inspection = session.inspection();
    float const pad = frame.px(10);
    Rect body = inside.inset(pad);

    float const side = frame.px(20);
    frame.chip({body.x, body.y, side, side}, moment.exit_class, moment.is_exit());
    float const height =
        frame.write_wrapped({body.x + side + pad, body.y + frame.px(1)}, body.width - side - pad,
                            Face::heading, frame.theme.text, inspection.sentence);
    float const used = std::max(height, side) + frame.px(6);
    bool const has_cost = moment.cost != 0;
    float const foot = has_cost ? frame.px(24) : 0;
    float top = body.y + used;
    if (moment.exit_class == ExitClass::interrupt)
        top += draw_interrupt_path(
            frame, {body.x, top + frame.px(4), body.width, body.bottom() - top - foot});
    float const headings = frame.px(21);
    auto const count = static_cast<float>(inspection.actors.size());
    float const column_width = (body.width - frame.px(9) * (count - 1)) / count;
    draw_headings(frame, inspection, {body.x, top, body.width, headings}, column_width);
    top += headings;
    draw_path(frame, {body.x, top, body.width, body.bottom() - top - foot}, column_width);
    if (has_cost)
        draw_cost(frame, {body.x, body.bottom() - foot + frame.px(4), body.width, foot});
}

} // namespace ringside::visualizer

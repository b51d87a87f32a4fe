// The layers panel: who stands on whom here and on bare metal, with whoever acts in the Focus's
// sub-step filled, and the life of the machine.
#include <algorithm>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/layers.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

void draw_layer(Frame& frame, Rect box, Layer const& layer)
{
    Theme const& theme = frame.theme;
    frame.canvas.shape(box, {.fill = layer.active       ? theme.focus_fill
                                     : layer.takes_part ? theme.raised
                                                        : Color{},
                             .border = layer.active ? theme.focus : theme.line,
                             .rounding = frame.px(3),
                             .thickness = layer.active ? frame.px(2) : frame.px(1)});
    float const width = box.width - frame.px(16);
    Color const ink = layer.active || layer.takes_part ? theme.text : theme.faint;
    frame.write_cut({box.x + frame.px(8), box.y + frame.px(4)}, width, Face::bold, ink, layer.name);
    frame.write_cut({box.x + frame.px(8), box.y + frame.px(20)}, width, Face::detail,
                    layer.active ? theme.text : theme.dim, layer.role);
    frame.explain(box, layer.name, layer.role);
}

float draw_stack(Frame& frame, Rect area, LayerStack const& stack)
{
    frame.write({area.x, area.y}, Face::bold, frame.theme.dim, stack.title);
    float y = area.y + frame.px(22);
    for (Layer const& layer : stack.layers) {
        draw_layer(frame, {area.x, y, area.width, frame.px(38)}, layer);
        y += frame.px(42);
    }
    return y - area.y;
}

void draw_life_state(Frame& frame, Rect box, LifeState const& state)
{
    Theme const& theme = frame.theme;
    bool const reached = state.record != no_record;
    frame.canvas.shape(box, {.fill = state.current ? theme.focus_fill : Color{},
                             .border = state.current ? theme.focus
                                       : reached     ? theme.dim
                                                     : theme.line,
                             .rounding = box.height / 2});
    frame.write_middle(box, Face::text, reached || state.current ? theme.text : theme.faint,
                       state.name);
    frame.explain(box, state.name,
                  fmt::format("{}.{}", state.cause,
                              reached ? " A click leads there." : " Not seen in this trace."));
    if (frame.clicked(fmt::format("Layers/{}", state.name), box) && reached)
        frame.session.focus_record(state.record);
}

float draw_life(Frame& frame, Rect area, std::vector<LifeState> const& life)
{
    frame.write({area.x, area.y}, Face::bold, frame.theme.dim, "Life of the machine");
    float const gap = frame.px(12);
    auto const count = static_cast<float>(life.size());
    float const width = std::max(frame.px(62), (area.width - gap * (count - 1)) / count);
    float x = area.x;
    float y = area.y + frame.px(22);
    for (std::size_t number = 0; number < life.size(); ++number) {
        if (x + width > area.right() + 1) {
            x = area.x;
            y += frame.px(30);
        }
        Rect const box{x, y, width, frame.px(24)};
        draw_life_state(frame, box, life[number]);
        x += width + gap;
        if (number + 1 < life.size() && x + width <= area.right() + 1)
            frame.canvas.line({box.right(), y + frame.px(12)}, {x, y + frame.px(12)},
                              frame.theme.line, frame.px(1));
    }
    return y + frame.px(34) - area.y;
}

std::string remark(LayerBoard const& board)
{
    std::string text = fmt::format("{} crossings in this row", board.crossings);
    if (board.cost != 0)
        text += ", " + duration(board.cost) + " of the host in all";
    return text;
}

} // namespace

void draw_layers(Frame& frame, Rect area)
{
    Session& session = frame.session;
    if (session.moment() == no_moment) {
        draw_title(frame, PanelId::layers, area, "");
        return;
    }
    LayerBoard const board = layer_board(session);
    Rect const body = draw_title(frame, PanelId::layers, area, remark(board)).inset(frame.px(10));
    Rect const window{area.x, body.y, area.width, area.bottom() - body.y};
    float const offset = session.view.scroll_of(PanelId::layers);
    frame.canvas.clip(window);
    float const gap = frame.px(14);
    float const width = (body.width - gap) / 2;
    float y = body.y - offset;
    float lowest = 0;
    for (std::size_t number = 0; number < board.stacks.size(); ++number)
        lowest = std::max(
            lowest,
            draw_stack(frame, {body.x + static_cast<float>(number) * (width + gap), y, width, 0},
                       board.stacks[number]));
    y += lowest + frame.px(8);
    y += draw_life(frame, {body.x, y, body.width, 0}, board.life);
    if (session.focus().step == 0)
        y += frame.write_wrapped({body.x, y}, body.width, Face::text, frame.theme.dim,
                                 "] walks the sub-steps: the layer that acts is filled.");
    frame.scrolled(PanelId::layers, window, y + offset - body.y);
    frame.canvas.clip(std::nullopt);
}

} // namespace ringside::visualizer

#include "visualizer/panels/frame.hpp"

#include <algorithm>
#include <cmath>

#include "visualizer/model/format.hpp"

namespace ringside::visualizer {

bool Frame::clicked(std::string_view path, Rect area)
{
    items.add(path, area);
    return mouse.clicked && hovers(area);
}

void Frame::explain(Rect area, std::string_view title, std::string_view body)
{
    if (hovers(area))
        card = {std::string(title), std::string(body), {}, {}};
}

void Frame::explain_term(Rect area, std::string_view term, std::string_view remark)
{
    if (hovers(area))
        card = {{}, std::string(remark), std::string(term), area};
}

// ---------------------------------------------------------------- text

float Frame::write(Point at, Face face, Color color, std::string_view text)
{
    canvas.text(at, face, color, text);
    return canvas.measure(face, text).width;
}

void Frame::write_right(Point right_top, Face face, Color color, std::string_view text)
{
    canvas.text({right_top.x - canvas.measure(face, text).width, right_top.y}, face, color, text);
}

void Frame::write_middle(Rect area, Face face, Color color, std::string_view text)
{
    Size const size = canvas.measure(face, text);
    canvas.text({area.x + (area.width - size.width) / 2, area.y + (area.height - size.height) / 2},
                face, color, text);
}

std::string Frame::cut(Face face, std::string_view text, float width)
{
    if (canvas.measure(face, text).width <= width)
        return std::string(text);
    static constexpr std::string_view ellipsis = "\xe2\x80\xa6";
    float const room = width - canvas.measure(face, ellipsis).width;
    std::size_t fits = text.size();
    while (fits > 0 && canvas.measure(face, text.substr(0, fits)).width > room)
        --fits;
    return std::string(text.substr(0, fits)).append(ellipsis);
}

void Frame::write_cut(Point at, float width, Face face, Color color, std::string_view text)
{
    canvas.text(at, face, color, cut(face, text, width));
}

std::vector<std::string> Frame::wrapped(Face face, std::string_view text, float width)
{
    std::vector<std::string> lines;
    std::string line;
    while (!text.empty()) {
        std::size_t const gap = std::min(text.find(' '), text.size());
        std::string_view const word = text.substr(0, gap);
        std::string const longer =
            line.empty() ? std::string(word) : line + " " + std::string(word);
        if (!line.empty() && canvas.measure(face, longer).width > width) {
            lines.push_back(line);
            line = word;
        } else {
            line = longer;
        }
        text.remove_prefix(std::min(gap + 1, text.size()));
    }
    if (!line.empty())
        lines.push_back(line);
    return lines;
}

float Frame::write_wrapped(Point at, float width, Face face, Color color, std::string_view text)
{
    float const height = canvas.measure(face, "X").height * 1.25F;
    float used = 0;
    for (std::string const& line : wrapped(face, text, width)) {
        write_cut({at.x, at.y + used}, width, face, color, line);
        used += height;
    }
    return used;
}

void Frame::write_hex(Point at, std::uint64_t value, unsigned digits, Color color, bool bold)
{
    std::string const text = hex_padded(value, digits);
    std::size_t const zeros = std::min(text.find_first_not_of('0'), text.size() - 1);
    float const width = write(at, Face::mono, theme.faint, std::string_view(text).substr(0, zeros));
    write({at.x + width, at.y}, bold ? Face::mono_bold : Face::mono, color,
          std::string_view(text).substr(zeros));
}

float Frame::scrolled(PanelId panel, Rect body, float content)
{
    float& offset = session.view.scroll_of(panel);
    if (hovers(body))
        offset -= mouse.wheel * px(40);
    float const range = std::max(0.0F, content - body.height);
    offset = std::clamp(offset, 0.0F, range);
    if (range > 0) {
        float const height = std::max(px(20), body.height * body.height / content);
        float const place = offset / range * (body.height - height);
        canvas.shape({body.right() - px(3), body.y + place, px(3), height},
                     {.fill = theme.faint, .border = {}, .rounding = px(1.5F)});
    }
    return std::round(offset);
}

// ---------------------------------------------------------------- small things

void Frame::hairline(Rect area)
{
    canvas.shape(area, {.fill = theme.line, .border = {}});
}

void Frame::chip(Rect area, ExitClass exit_class, bool filled)
{
    Color const color = theme.of(exit_class);
    std::string_view const letter(&text_of(exit_class).letter, 1);
    if (filled)
        canvas.shape(area, {.fill = color, .border = {}, .rounding = px(2)});
    else
        canvas.shape(area, {.fill = {}, .border = color, .rounding = px(2)});
    write_middle(area, Face::letter, filled ? ink_on(color) : theme.dim, letter);
    explain_term(area, std::string("class.").append(letter));
}

void Frame::tag(Rect area, Evidence evidence)
{
    bool const hidden = evidence == Evidence::not_visible;
    canvas.shape(area,
                 {.fill = {}, .border = hidden ? theme.line : theme.faint, .rounding = px(2)});
    char const letter = letter_of(evidence);
    write_middle(area, Face::letter, hidden ? theme.faint : theme.dim,
                 std::string_view(&letter, 1));
    explain_term(area, std::string("evidence.") + letter);
}

bool Frame::button(std::string_view path, Rect area, std::string_view label, bool enabled, bool lit)
{
    bool const hot = enabled && hovers(area);
    Color const fill = lit ? theme.focus_fill : hot ? theme.hovered : theme.raised;
    canvas.shape(area, {.fill = fill, .border = lit ? theme.focus : Color{}, .rounding = px(4)});
    write_middle(area, Face::text, enabled ? theme.text : theme.faint, label);
    return clicked(path, area) && enabled;
}

} // namespace ringside::visualizer

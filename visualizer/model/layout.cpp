#include "visualizer/model/layout.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace ringside::visualizer {

std::string_view name_of(PanelId panel)
{
    static constexpr std::array<std::string_view, all_panels.size()> names = {
        "Exits",  "Inspector",  "CPU",     "Page walk", "Console", "Code",
        "Memory", "Interrupts", "Devices", "Scheduler", "Layers",  "Tour"};
    return names[static_cast<std::size_t>(panel)];
}

namespace {

struct NamedText {
    std::string_view name;
    std::string_view text;
};

constexpr auto named_layouts = std::to_array<NamedText>({
    {"tour", "(h 0.40 (v 0.62 exits console) (v 0.66 inspector tour))"},
    {"exit", "(h 0.42 (v 0.72 exits console) (v 0.56 inspector (h 0.5 cpu page-walk)))"},
    {"paging", "(h 0.42 (v 0.6 exits cpu) (v 0.55 page-walk inspector))"},
    {"code", "(h 0.54 (v 0.6 code memory) (v 0.5 inspector cpu))"},
    {"devices", "(h 0.46 (v 0.5 exits devices) (v 0.4 inspector interrupts))"},
    {"scheduler", "(h 0.52 (v 0.5 scheduler exits) (v 0.5 layers inspector))"},
    {"projector", "(h 0.42 (v 0.68 exits console) inspector)"},
});

bool is_space(char letter)
{
    return letter == ' ' || letter == '\n' || letter == '\t';
}

// "(", ")" or a word.
std::string_view next_word(std::string_view& text)
{
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    std::size_t length = 0;
    if (!text.empty() && (text.front() == '(' || text.front() == ')'))
        length = 1;
    else
        while (length < text.size() && !is_space(text[length]) && text[length] != '(' &&
               text[length] != ')')
            ++length;
    std::string_view const word = text.substr(0, length);
    text.remove_prefix(length);
    return word;
}

std::optional<float> ratio_of(std::string_view word)
{
    unsigned thousandths = 0;
    if (!word.starts_with("0."))
        return std::nullopt;
    std::string digits(word.substr(2, 3));
    digits.resize(3, '0');
    auto const end = digits.data() + digits.size();
    auto const result = std::from_chars(digits.data(), end, thousandths);
    if (result.ec != std::errc() || result.ptr != end)
        return std::nullopt;
    return static_cast<float>(thousandths) / 1000.0F;
}

} // namespace

std::string id_of(PanelId panel)
{
    std::string id(name_of(panel));
    for (char& letter : id)
        letter = letter == ' '
                     ? '-'
                     : static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter + 32 : letter);
    return id;
}

std::optional<PanelId> panel_named(std::string_view id)
{
    for (PanelId const panel : all_panels)
        if (id_of(panel) == id)
            return panel;
    return std::nullopt;
}

std::vector<std::string_view> Layout::names()
{
    std::vector<std::string_view> names;
    for (NamedText const& each : named_layouts)
        names.push_back(each.name);
    return names;
}

std::optional<Layout> Layout::named(std::string_view name)
{
    for (NamedText const& each : named_layouts)
        if (each.name == name)
            return parse(each.name, each.text);
    return std::nullopt;
}

// ---------------------------------------------------------------- as text

std::optional<Layout> Layout::parse(std::string_view name, std::string_view text)
{
    Layout made;
    auto const known = std::find_if(named_layouts.begin(), named_layouts.end(),
                                    [&](NamedText const& each) { return each.name == name; });
    if (known != named_layouts.end())
        made.name_ = known->name;
    constexpr int deepest = 8;
    auto const root = made.parse_node(text, deepest);
    bool const whole = root && next_word(text).empty() && text.empty();
    std::vector<PanelId> panels = whole ? made.order() : std::vector<PanelId>();
    std::sort(panels.begin(), panels.end());
    bool const twice = std::adjacent_find(panels.begin(), panels.end()) != panels.end();
    return whole && !twice ? std::optional(std::move(made)) : std::nullopt;
}

std::optional<std::size_t> Layout::parse_node(std::string_view& text, int depth)
{
    std::string_view const word = next_word(text);
    if (word != "(") {
        auto const panel = panel_named(word);
        return panel ? std::optional(leaf(*panel)) : std::nullopt;
    }
    std::string_view const axis = next_word(text);
    auto const ratio = ratio_of(next_word(text));
    if (depth == 0 || (axis != "h" && axis != "v") || !ratio)
        return std::nullopt;
    auto const first = parse_node(text, depth - 1);
    auto const second = first ? parse_node(text, depth - 1) : std::nullopt;
    if (!second || next_word(text) != ")")
        return std::nullopt;
    return split(axis == "h" ? SplitAxis::side_by_side : SplitAxis::stacked,
                 std::clamp(*ratio, smallest_share, 1 - smallest_share), *first, *second);
}

std::string Layout::text() const
{
    return nodes_.empty() ? std::string() : text_of_node(nodes_.size() - 1);
}

std::string Layout::text_of_node(std::size_t node) const
{
    Node const& own = nodes_[node];
    if (own.panel)
        return id_of(*own.panel);
    return fmt::format("({} {:.3f} {} {})", own.axis == SplitAxis::side_by_side ? "h" : "v",
                       own.ratio, text_of_node(own.first), text_of_node(own.second));
}

void Layout::replace(PanelId old_panel, PanelId new_panel)
{
    for (Node& node : nodes_) // where the new one is already, they change places
        if (node.panel == new_panel)
            node.panel = old_panel;
        else if (node.panel == old_panel)
            node.panel = new_panel;
}

// ---------------------------------------------------------------- in pixels

std::size_t Layout::leaf(PanelId panel)
{
    nodes_.push_back({panel, SplitAxis::side_by_side, 0, 0, 0});
    return nodes_.size() - 1;
}

std::size_t Layout::split(SplitAxis axis, float ratio, std::size_t first, std::size_t second)
{
    nodes_.push_back({std::nullopt, axis, ratio, first, second});
    return nodes_.size() - 1;
}

// The first half, the splitter, the second half.
std::array<Rect, 3> Layout::divide(Node const& node, Rect area, float gap)
{
    if (node.axis == SplitAxis::side_by_side) {
        float const first = std::max(0.0F, (area.width - gap) * node.ratio);
        return {Rect{area.x, area.y, first, area.height},
                Rect{area.x + first, area.y, gap, area.height},
                Rect{area.x + first + gap, area.y, std::max(0.0F, area.width - gap - first),
                     area.height}};
    }
    float const first = std::max(0.0F, (area.height - gap) * node.ratio);
    return {
        Rect{area.x, area.y, area.width, first}, Rect{area.x, area.y + first, area.width, gap},
        Rect{area.x, area.y + first + gap, area.width, std::max(0.0F, area.height - gap - first)}};
}

Layout::Arrangement Layout::arrange(Rect area, float gap) const
{
    Arrangement result;
    if (!nodes_.empty())
        arrange_node(nodes_.size() - 1, area, gap, result);
    return result;
}

void Layout::arrange_node(std::size_t node, Rect area, float gap, Arrangement& out) const
{
    Node const& own = nodes_[node];
    if (own.panel) {
        out.leaves.push_back({*own.panel, area});
        return;
    }
    auto const [first, splitter, second] = divide(own, area, gap);
    arrange_node(own.first, first, gap, out);
    out.splitters.push_back({node, own.axis, splitter});
    arrange_node(own.second, second, gap, out);
}

std::optional<Rect> Layout::area_of(std::size_t wanted, std::size_t node, Rect area,
                                    float gap) const
{
    if (wanted == node)
        return area;
    Node const& own = nodes_[node];
    if (own.panel)
        return std::nullopt;
    auto const parts = divide(own, area, gap);
    if (auto const found = area_of(wanted, own.first, parts[0], gap))
        return found;
    return area_of(wanted, own.second, parts[2], gap);
}

void Layout::drag(std::size_t node, Rect area, float gap, float position)
{
    auto const own_area = area_of(node, nodes_.size() - 1, area, gap);
    if (!own_area || nodes_[node].panel)
        return;
    bool const sideways = nodes_[node].axis == SplitAxis::side_by_side;
    float const start = sideways ? own_area->x : own_area->y;
    float const length = (sideways ? own_area->width : own_area->height) - gap;
    if (length > 0)
        nodes_[node].ratio =
            std::clamp((position - start) / length, smallest_share, 1 - smallest_share);
}

std::vector<PanelId> Layout::order() const
{
    std::vector<PanelId> panels;
    for (Leaf const& leaf : arrange({0, 0, 1, 1}, 0).leaves)
        panels.push_back(leaf.panel);
    return panels;
}

} // namespace ringside::visualizer

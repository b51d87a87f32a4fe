#include "visualizer/model/layout.hpp"

#include <algorithm>

namespace ringside::visualizer {

std::string_view name_of(PanelId panel)
{
    static constexpr std::array<std::string_view, all_panels.size()> names = {
        "Exits",  "Inspector",  "CPU",     "Page walk", "Console", "Code",
        "Memory", "Interrupts", "Devices", "Scheduler", "Layers"};
    return names[static_cast<std::size_t>(panel)];
}

std::vector<std::string_view> Layout::names()
{
    return {"exit", "code", "devices", "paging", "scheduler", "projector"};
}

std::optional<Layout> Layout::named(std::string_view name)
{
    using enum SplitAxis;
    Layout made;
    if (name == "exit") {
        made.name_ = "exit";
        std::size_t const left =
            made.split(stacked, 0.72F, made.leaf(PanelId::exits), made.leaf(PanelId::console));
        std::size_t const below =
            made.split(side_by_side, 0.5F, made.leaf(PanelId::cpu), made.leaf(PanelId::walk));
        std::size_t const right = made.split(stacked, 0.56F, made.leaf(PanelId::inspector), below);
        made.split(side_by_side, 0.42F, left, right);
    } else if (name == "paging") {
        made.name_ = "paging";
        std::size_t const left =
            made.split(stacked, 0.6F, made.leaf(PanelId::exits), made.leaf(PanelId::cpu));
        std::size_t const right =
            made.split(stacked, 0.55F, made.leaf(PanelId::walk), made.leaf(PanelId::inspector));
        made.split(side_by_side, 0.42F, left, right);
    } else if (name == "code") {
        made.name_ = "code";
        std::size_t const left =
            made.split(stacked, 0.6F, made.leaf(PanelId::code), made.leaf(PanelId::memory));
        std::size_t const right =
            made.split(stacked, 0.5F, made.leaf(PanelId::inspector), made.leaf(PanelId::cpu));
        made.split(side_by_side, 0.54F, left, right);
    } else if (name == "devices") {
        made.name_ = "devices";
        std::size_t const left =
            made.split(stacked, 0.5F, made.leaf(PanelId::exits), made.leaf(PanelId::devices));
        std::size_t const right = made.split(stacked, 0.4F, made.leaf(PanelId::inspector),
                                             made.leaf(PanelId::interrupts));
        made.split(side_by_side, 0.46F, left, right);
    } else if (name == "scheduler") {
        made.name_ = "scheduler";
        std::size_t const left =
            made.split(stacked, 0.5F, made.leaf(PanelId::scheduler), made.leaf(PanelId::exits));
        std::size_t const right =
            made.split(stacked, 0.5F, made.leaf(PanelId::layers), made.leaf(PanelId::inspector));
        made.split(side_by_side, 0.52F, left, right);
    } else if (name == "projector") {
        made.name_ = "projector";
        std::size_t const left =
            made.split(stacked, 0.68F, made.leaf(PanelId::exits), made.leaf(PanelId::console));
        made.split(side_by_side, 0.42F, left, made.leaf(PanelId::inspector));
    } else {
        return std::nullopt;
    }
    return made;
}

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
    static constexpr float smallest = 0.12F;
    auto const own_area = area_of(node, nodes_.size() - 1, area, gap);
    if (!own_area || nodes_[node].panel)
        return;
    bool const sideways = nodes_[node].axis == SplitAxis::side_by_side;
    float const start = sideways ? own_area->x : own_area->y;
    float const length = (sideways ? own_area->width : own_area->height) - gap;
    if (length > 0)
        nodes_[node].ratio = std::clamp((position - start) / length, smallest, 1 - smallest);
}

std::vector<PanelId> Layout::order() const
{
    std::vector<PanelId> panels;
    for (Leaf const& leaf : arrange({0, 0, 1, 1}, 0).leaves)
        panels.push_back(leaf.panel);
    return panels;
}

} // namespace ringside::visualizer

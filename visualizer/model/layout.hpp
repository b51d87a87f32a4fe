// How the window is divided: a tree of splits with panels in its leaves. Plain data, so that a
// layout can be named, saved and tested without a window.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringside::visualizer {

struct Rect {
    float x = 0;
    float y = 0;
    float width = 0;
    float height = 0;

    float right() const { return x + width; }
    float bottom() const { return y + height; }
    bool contains(float px, float py) const
    {
        return px >= x && py >= y && px < right() && py < bottom();
    }
    Rect inset(float by) const { return {x + by, y + by, width - 2 * by, height - 2 * by}; }
};

enum class PanelId : std::uint8_t {
    exits,
    inspector,
    cpu,
    walk,
    console,
    code,
    memory,
    interrupts,
    devices,
    scheduler,
    layers,
    tour,
};
inline constexpr std::array<PanelId, 12> all_panels = {
    PanelId::exits,   PanelId::inspector, PanelId::cpu,    PanelId::walk,
    PanelId::console, PanelId::code,      PanelId::memory, PanelId::interrupts,
    PanelId::devices, PanelId::scheduler, PanelId::layers, PanelId::tour,
};
std::string_view name_of(PanelId panel); ///< "Page walk": in its title
std::string id_of(PanelId panel);        ///< "page-walk": in layouts and commands
std::optional<PanelId> panel_named(std::string_view id);

enum class SplitAxis : std::uint8_t { side_by_side, stacked };

class Layout {
public:
    /// As it is shipped; nothing for a name not in names().
    static std::optional<Layout> named(std::string_view name);
    static std::vector<std::string_view> names();

    /// "(h 0.42 (v 0.72 exits console) inspector)": h side by side, v stacked, and the share of the
    /// first. Nothing for text that makes no sense or shows a panel twice.
    static std::optional<Layout> parse(std::string_view name, std::string_view text);
    std::string text() const;

    /// Shows `new_panel` where `old_panel` is.
    void replace(PanelId old_panel, PanelId new_panel);

    std::string_view name() const { return name_; }

    struct Leaf {
        PanelId panel;
        Rect area;
    };
    struct Splitter {
        std::size_t node = 0; ///< what drag() wants
        SplitAxis axis = SplitAxis::side_by_side;
        Rect area;
    };
    struct Arrangement {
        std::vector<Leaf> leaves;
        std::vector<Splitter> splitters;
    };
    /// Divides `area`, with splitters `gap` wide between the panels.
    Arrangement arrange(Rect area, float gap) const;

    /// Moves the splitter of `node` so that it stands at `position` along its axis.
    void drag(std::size_t node, Rect area, float gap, float position);

    /// Panels in the order F6 visits them.
    std::vector<PanelId> order() const;

private:
    struct Node {
        std::optional<PanelId> panel; ///< a leaf; else a split of two nodes
        SplitAxis axis = SplitAxis::side_by_side;
        float ratio = 0.5F; ///< share of the first
        std::size_t first = 0;
        std::size_t second = 0;
    };

    static constexpr float smallest_share = 0.12F;

    std::optional<std::size_t> parse_node(std::string_view& text, int depth);
    std::string text_of_node(std::size_t node) const;
    std::size_t leaf(PanelId panel);
    std::size_t split(SplitAxis axis, float ratio, std::size_t first, std::size_t second);
    void arrange_node(std::size_t node, Rect area, float gap, Arrangement& out) const;
    std::optional<Rect> area_of(std::size_t wanted, std::size_t node, Rect area, float gap) const;
    static std::array<Rect, 3> divide(Node const& node, Rect area, float gap);

    std::string_view name_;
    std::vector<Node> nodes_; ///< the root is the last
};

} // namespace ringside::visualizer

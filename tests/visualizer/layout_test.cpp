// The window's division.
#include "tests/catch.hpp"
#include "visualizer/model/layout.hpp"

#include <algorithm>

using namespace ringside::visualizer;

namespace {

constexpr Rect window{0, 0, 1280, 800};
constexpr float gap = 6;

Rect area_of(Layout const& layout, PanelId panel)
{
    for (Layout::Leaf const& leaf : layout.arrange(window, gap).leaves)
        if (leaf.panel == panel)
            return leaf.area;
    return {};
}

} // namespace

TEST_CASE("the panels of every layout fill the window without overlapping")
{
    for (std::string_view const name : Layout::names()) {
        Layout const layout = *Layout::named(name);
        Layout::Arrangement const arranged = layout.arrange(window, gap);
        float covered = 0;
        for (Layout::Leaf const& leaf : arranged.leaves)
            covered += leaf.area.width * leaf.area.height;
        for (Layout::Splitter const& splitter : arranged.splitters)
            covered += splitter.area.width * splitter.area.height;
        INFO(name);
        CHECK(covered == Approx(window.width * window.height).epsilon(0.001));
        CHECK(arranged.splitters.size() + 1 == arranged.leaves.size());
    }
}

TEST_CASE("a dragged splitter follows the mouse")
{
    Layout layout = *Layout::named("exit");
    Layout::Splitter const splitter = layout.arrange(window, gap).splitters[1];
    layout.drag(splitter.node, window, gap, 300);
    float const moved = splitter.axis == SplitAxis::side_by_side
                            ? layout.arrange(window, gap).splitters[1].area.x
                            : layout.arrange(window, gap).splitters[1].area.y;
    CHECK(moved == Approx(300).margin(1));
}

TEST_CASE("no splitter can be dragged so far that a panel vanishes")
{
    Layout layout = *Layout::named("exit");
    for (Layout::Splitter const& splitter : layout.arrange(window, gap).splitters)
        layout.drag(splitter.node, window, gap, -5000);
    for (Layout::Leaf const& leaf : layout.arrange(window, gap).leaves) {
        CHECK(leaf.area.width > 40);
        CHECK(leaf.area.height > 40);
    }
}

TEST_CASE("a window smaller than its splitters divides into nothing, not into the negative")
{
    Layout const layout = *Layout::named("exit");
    for (Layout::Leaf const& leaf : layout.arrange({0, 0, 3, 2}, gap).leaves) {
        CHECK(leaf.area.width >= 0);
        CHECK(leaf.area.height >= 0);
    }
}

TEST_CASE("every panel stands in some layout")
{
    for (PanelId const panel : all_panels) {
        bool found = false;
        for (std::string_view const name : Layout::names()) {
            auto const order = Layout::named(name)->order();
            found |= std::find(order.begin(), order.end(), panel) != order.end();
        }
        CHECK(found);
    }
}

TEST_CASE("the exit layout shows five panels, and the list is on the left")
{
    CHECK(Layout::names().size() == 7);
    Layout const layout = *Layout::named("exit");
    CHECK(layout.order().size() == 5);
    CHECK(area_of(layout, PanelId::exits).x < area_of(layout, PanelId::inspector).x);
}

TEST_CASE("a layout nobody made has no name")
{
    CHECK_FALSE(Layout::named("tartan"));
}

TEST_CASE("a layout survives being written and read")
{
    for (std::string_view const name : Layout::names()) {
        Layout layout = *Layout::named(name);
        for (Layout::Splitter const& splitter : layout.arrange(window, gap).splitters)
            layout.drag(splitter.node, window, gap, splitter.area.x + splitter.area.y + 33);
        auto const again = Layout::parse(name, layout.text());
        REQUIRE(again);
        CHECK(again->text() == layout.text());
        CHECK(again->name() == name);
        CHECK(again->order() == layout.order());
    }
}

TEST_CASE("text that is no layout is refused")
{
    for (std::string_view const text : {"", "(", "()", "(h 0.5 exits)", "(h 0.5 exits cpu",
                                        "(h 0.5 exits cpu) cpu", "(x 0.5 a b)", "(h 1.5 exits cpu)",
                                        "(h 0.5 exits exits)", "(h 0.5 exits tartan)", "exits cpu"})
        CHECK_FALSE(Layout::parse("exit", text));
    std::string deep;
    for (int depth = 0; depth < 50; ++depth)
        deep += "(h 0.5 exits ";
    CHECK_FALSE(Layout::parse("exit", deep));
}

TEST_CASE("a panel takes another's place, and one that is there already changes places with it")
{
    Layout layout = *Layout::named("projector");
    layout.replace(PanelId::inspector, PanelId::walk);
    CHECK(area_of(layout, PanelId::inspector).width == 0);
    CHECK(area_of(layout, PanelId::walk).width > 0);
    Rect const exits = area_of(layout, PanelId::exits);
    layout.replace(PanelId::exits, PanelId::console);
    CHECK(area_of(layout, PanelId::console).y == exits.y);
    CHECK(layout.order().size() == 3);
}

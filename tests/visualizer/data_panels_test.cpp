// The data panels and the timeline, driven by clicks and keys through ImGui without a renderer.
#include "tests/catch.hpp"
#include "tests/visualizer/pilot.hpp"

#include <fmt/format.h>

using namespace ringside;
using namespace ringside::visualizer;

namespace {

struct Loaded : Pilot {
    explicit Loaded(std::string_view layout, story::Options const& options = {})
    {
        session.view.layout = *Layout::named(layout);
        load(options);
        frame(2);
    }
    MomentIndex row_that_prints(std::uint64_t letter) const
    {
        Moments const& moments = session.trace().moments();
        MomentIndex row = 0;
        while (moments[row].address != 0x3f8 || moments[row].value != letter)
            ++row;
        return row;
    }
    void focus(MomentIndex row)
    {
        session.focus_moment(row, FocusHistory::Move::jump);
        frame(2);
    }
    Moment const& now() const { return session.trace().moments()[session.moment()]; }
};

} // namespace

TEST_CASE("a click on a line of code leads to its last exit")
{
    Loaded pilot("code");
    pilot.focus(pilot.row_that_prints('l'));
    REQUIRE(pilot.click(fmt::format("Code/{:#x}", story::print_symbol)));
    CHECK(pilot.now().kind == trace::ExitKind::port_in);
    CHECK(pilot.session.moment() == pilot.row_that_prints('l') - 1);
}

TEST_CASE("the code scrolls to the focus when it moves, and stays where a person scrolls it")
{
    Loaded pilot("code");
    pilot.focus(pilot.row_that_prints('H'));
    float const at_print = pilot.session.view.scroll_of(PanelId::code);
    pilot.wheel("Code", 500);
    CHECK(pilot.session.view.scroll_of(PanelId::code) <= at_print);
    float const scrolled = pilot.session.view.scroll_of(PanelId::code);
    pilot.frame(3);
    CHECK(pilot.session.view.scroll_of(PanelId::code) == scrolled);
}

TEST_CASE("a byte of memory leads to the record that told it")
{
    Loaded pilot("code");
    pilot.type("p");
    REQUIRE(pilot.click("Memory/0x1800"));
    CHECK(pilot.session.focus().record == pilot.session.trace().walks().front());
    REQUIRE(pilot.click("Memory/linear"));
    CHECK(pilot.session.view.memory_at.space == MemorySpace::linear);
    CHECK(pilot.commands.run(pilot.session, "memory.go gpa:0x4000") == "");
    pilot.frame();
    CHECK(pilot.session.view.memory_at.space == MemorySpace::physical);
    CHECK(pilot.commands.run(pilot.session, "memory.go nonsense") != "");
}

TEST_CASE("a vector of the grid and a lamp of a line lead to where it happened")
{
    Loaded pilot("devices", {.backend = trace::BackendKind::unicorn});
    pilot.press(Key::end);
    REQUIRE(pilot.click("Interrupts/Vector 32"));
    CHECK(pilot.now().address == 0x20);
    RecordIndex const taken = pilot.session.trace().occurrences().line(0).injected.all().front();
    pilot.session.focus_record(taken);
    pilot.frame();
    REQUIRE(pilot.click("Interrupts/IRQ 0 ISR"));
    CHECK(pilot.session.focus().record == taken);
}

TEST_CASE("a device's tab and its registers lead to their last access")
{
    Loaded pilot("devices");
    pilot.focus(pilot.row_that_prints('0'));
    REQUIRE(pilot.click("Devices/PIT"));
    CHECK(pilot.now().address == 0x40);
    pilot.focus(pilot.row_that_prints('0'));
    REQUIRE(pilot.click("Devices/5 LSR"));
    CHECK(pilot.now().address == 0x3fd);
}

TEST_CASE("the scheduler has a lane for the vCPU, and the layers light up step by step")
{
    Loaded pilot("scheduler");
    CHECK(pilot.shows("Scheduler/vCPU 0"));
    pilot.focus(pilot.row_that_prints('0'));
    REQUIRE(pilot.click("Layers/stopped"));
    CHECK(pilot.session.moment() == pilot.session.trace().moments().size() - 1);
}

TEST_CASE("a rung chooses the table, and the table's cells lead to the walks that read them")
{
    Loaded pilot("paging");
    pilot.type("p");
    REQUIRE(pilot.shows("Walk/Table"));
    REQUIRE(pilot.click("Walk/Rung 1"));
    CHECK(pilot.session.view.walk_rung == 1);
}

TEST_CASE("registers compare with a pinned moment until it is let go")
{
    Loaded pilot("exit");
    pilot.focus(pilot.row_that_prints('H'));
    pilot.type("x");
    REQUIRE(pilot.session.view.pinned.has_value());
    pilot.press(Key::end);
    pilot.type("x");
    CHECK_FALSE(pilot.session.view.pinned.has_value());
}

TEST_CASE("a stretch of the mode strip leads to the change that began it")
{
    Loaded pilot("exit");
    pilot.focus(pilot.row_that_prints('H'));
    RecordIndex const change = pilot.session.trace().mode_changes().front().record;
    REQUIRE(pilot.click(fmt::format("CPU/Mode {}", change)));
    CHECK(pilot.session.as_of() >= change);
    CHECK(pilot.session.moment() == pilot.session.trace().moment_of(change));
}

// ---------------------------------------------------------------- the timeline

TEST_CASE("w and s zoom the timeline, a and d pan it, and the focus stays")
{
    Loaded pilot("exit", {.rounds = 400});
    pilot.focus(900);
    TimelineView const before = pilot.session.view.timeline;
    pilot.type("w");
    CHECK(pilot.session.view.timeline.span() < before.span());
    pilot.type("ss");
    CHECK(pilot.session.view.timeline.span() > before.span());
    double const left = pilot.session.view.timeline.begin;
    pilot.type("d");
    CHECK(pilot.session.view.timeline.begin > left);
    pilot.type("aa");
    CHECK(pilot.session.view.timeline.begin < left);
    CHECK(pilot.session.moment() == 900);
}

TEST_CASE("the wheel zooms around the mouse, a drag pans, a click focuses")
{
    Loaded pilot("exit", {.rounds = 400});
    pilot.focus(900);
    double const span = pilot.session.view.timeline.span();
    pilot.wheel("Timeline", 3);
    CHECK(pilot.session.view.timeline.span() < span);
    Rect const area = *pilot.window.items().find("Timeline");
    double const begin = pilot.session.view.timeline.begin;
    float const y = area.y + area.height * 0.7F;
    pilot.drag(area.x + 400, y, area.x + 300, y);
    CHECK(pilot.session.view.timeline.begin > begin);
    CHECK(pilot.session.moment() == 900);
    pilot.click_at(area.x + area.width * 0.9F, y);
    CHECK(pilot.session.moment() > 900);
}

TEST_CASE("looking around a live machine ends following it, and says so")
{
    Loaded pilot("exit");
    pilot.session.connection = Connection::live;
    pilot.session.set_follow(true);
    pilot.frame();
    CHECK(pilot.commands.run(pilot.session, "timeline.left") == "");
    REQUIRE(pilot.session.notes.size() == 1);
    CHECK(pilot.session.notes[0].find("no longer following") != std::string::npos);
    CHECK_FALSE(pilot.session.follow());
}

TEST_CASE("the axis goes round order, virtual time and host time")
{
    Loaded pilot("exit");
    pilot.type("o");
    CHECK(pilot.session.view.strip_axis == StripAxis::time);
    pilot.type("o");
    CHECK(pilot.session.view.strip_axis == StripAxis::host);
    pilot.type("o");
    CHECK(pilot.session.view.strip_axis == StripAxis::order);
}

TEST_CASE("zoomed in, a block shows its sub-steps, and each can be focused")
{
    Loaded pilot("exit");
    MomentIndex const row = pilot.row_that_prints('H');
    pilot.focus(row);
    for (int step = 0; step < 8; ++step)
        pilot.type("w");
    REQUIRE(pilot.click(fmt::format("Timeline/Row {}/Step 2", row)));
    CHECK(pilot.session.focus().step == 2);
}

TEST_CASE("a timeline of a hundred thousand rows draws columns, not rows")
{
    Loaded pilot("exit", {.rounds = 12'000});
    pilot.type("Z");
    pilot.frame();
    std::size_t rows = 0;
    for (std::string const& path : pilot.window.items().paths())
        rows += path.starts_with("Timeline/Row") ? 1 : 0;
    CHECK(rows == 0);
    CHECK(ImGui::GetDrawData()->TotalVtxCount < 60'000);
}

TEST_CASE("a bookmark is a flag on the strip and the timeline, and a click on it goes there")
{
    Loaded pilot("exit");
    pilot.focus(40);
    CHECK(pilot.commands.run(pilot.session, "bookmark.set-3") == "");
    pilot.frame();
    CHECK(pilot.shows("Timeline/Bookmark 3"));
    pilot.press(Key::end);
    REQUIRE(pilot.click("Strip/Bookmark 3"));
    CHECK(pilot.session.moment() == 40);
}

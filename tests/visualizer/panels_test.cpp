// Every panel, driven by keys and clicks through ImGui without a renderer.
#include "tests/catch.hpp"
#include "tests/visualizer/pilot.hpp"

#include <fmt/format.h>

using namespace ringside;
using namespace ringside::visualizer;

namespace {

// Vertices of the last frame: what would be drawn.
int vertices()
{
    return ImGui::GetDrawData()->TotalVtxCount;
}

MomentIndex row_that_prints(Session const& session, std::uint64_t letter)
{
    Moments const& moments = session.trace().moments();
    for (MomentIndex index = 0; index < moments.size(); ++index)
        if (moments[index].address == 0x3f8 && moments[index].value == letter)
            return index;
    return no_moment;
}

} // namespace

TEST_CASE("the window draws an empty session, a full one, and one in any size")
{
    for (Size const size : {Size{1280, 800}, Size{320, 200}, Size{3840, 2160}, Size{40, 30}}) {
        Pilot pilot(size.width, size.height);
        pilot.frame(2);
        CHECK(vertices() > 0);
        pilot.load();
        pilot.frame(2);
        CHECK(vertices() > 0);
    }
}

TEST_CASE("no draw list grows beyond what 16-bit indices can count")
{
    Pilot pilot(3840, 2160);
    pilot.load({.rounds = 2000});
    pilot.frame(2);
    ImDrawData const* data = ImGui::GetDrawData();
    for (int list = 0; list < data->CmdListsCount; ++list)
        CHECK(data->CmdLists[list]->VtxBuffer.Size < 65536);
}

TEST_CASE("every panel of every layout is drawn, in every theme and at every size of text")
{
    Pilot pilot;
    pilot.load();
    for (std::string_view const layout : Layout::names())
        for (std::string_view const theme : {"dark", "light", "high-contrast"})
            for (int const scale : {75, 100, 250}) {
                CHECK(pilot.commands.run(pilot.session, fmt::format("view.layout {}", layout)) ==
                      "");
                CHECK(pilot.commands.run(pilot.session, fmt::format("view.theme {}", theme)) == "");
                CHECK(pilot.commands.run(pilot.session, fmt::format("view.scale {}", scale)) == "");
                pilot.frame(2);
                for (PanelId const panel : pilot.session.view.layout.order())
                    CHECK(pilot.shows(name_of(panel)));
            }
}

TEST_CASE("arrow keys and j and k walk the rows, and the list scrolls along")
{
    Pilot pilot;
    pilot.load();
    for (int step = 0; step < 60; ++step)
        pilot.type("j");
    CHECK(pilot.session.moment() == 60);
    CHECK(pilot.shows("Exits/Row 60"));
    CHECK_FALSE(pilot.shows("Exits/Row 0"));
    pilot.press(Key::up);
    pilot.type("k");
    CHECK(pilot.session.moment() == 58);
    pilot.press(Key::home);
    CHECK(pilot.session.moment() == 0);
    CHECK(pilot.shows("Exits/Row 0"));
    pilot.press(Key::end);
    CHECK(pilot.session.moment() == pilot.session.row_count() - 1);
    pilot.press(Key::page_up);
    CHECK(pilot.session.moment() < pilot.session.row_count() - 5);
}

TEST_CASE("a click on a row focuses it and does not move the list")
{
    Pilot pilot;
    pilot.load();
    REQUIRE(pilot.click("Exits/Row 7"));
    CHECK(pilot.session.moment() == 7);
    CHECK(pilot.session.view.list_top == 0);
}

TEST_CASE("the wheel scrolls the list and leaves the focus where it is")
{
    Pilot pilot;
    pilot.load();
    pilot.wheel("Exits", -5);
    CHECK(pilot.session.view.list_top == 15);
    CHECK(pilot.session.moment() == 0);
    pilot.wheel("Exits", 500);
    CHECK(pilot.session.view.list_top == 0);
}

TEST_CASE("a sub-step is chosen by its card and by the bracket keys")
{
    Pilot pilot;
    pilot.load();
    pilot.session.focus_moment(row_that_prints(pilot.session, 'H'), FocusHistory::Move::jump);
    pilot.frame(2);
    REQUIRE(pilot.click("Inspector/Step 3"));
    CHECK(pilot.session.focus().step == 3);
    pilot.type("]");
    CHECK(pilot.session.focus().step == 4);
    pilot.type("[[");
    CHECK(pilot.session.focus().step == 2);
    CHECK(pilot.session.view.panel == PanelId::inspector);
}

TEST_CASE("a click on a character of the console leads to the exit that wrote it")
{
    Pilot pilot;
    pilot.load();
    REQUIRE(pilot.click("Console/0:1")); // the e of Hello
    CHECK(pilot.session.moment() == row_that_prints(pilot.session, 'e'));
    CHECK(pilot.session.focus().step > 0);
}

TEST_CASE("a click on a tile and on the overview of the strip moves the focus")
{
    Pilot pilot;
    pilot.load();
    REQUIRE(pilot.click("Timeline/Row 9"));
    CHECK(pilot.session.moment() == 9);
    Rect const overview = *pilot.window.items().find("Strip/Overview");
    pilot.click_at(overview.x + overview.width * 0.5F, overview.y + 5);
    CHECK(pilot.session.moment() == Approx(pilot.session.row_count() / 2).margin(2));
}

TEST_CASE("the slash opens the filter, typing filters, and Escape leaves the keys to the list")
{
    Pilot pilot;
    pilot.load();
    pilot.type("/");
    pilot.type("kind == halt");
    CHECK(pilot.session.filter_text() == "kind == halt");
    CHECK(pilot.session.row_count() == 24);
    CHECK(pilot.session.moment() == 0); // no letter of it was taken for a command
    pilot.press(Key::enter);
    pilot.type("j");
    CHECK(pilot.session.trace().moments()[pilot.session.moment()].kind == trace::ExitKind::halt);
    pilot.type("\\");
    CHECK_FALSE(pilot.session.filtered());
}

TEST_CASE("help shows and hides, and what lies below cannot be clicked meanwhile")
{
    Pilot pilot;
    pilot.load();
    pilot.type("?");
    CHECK(pilot.shows("Help"));
    pilot.click("Exits/Row 7");
    CHECK(pilot.session.moment() == 0);
    pilot.press(Key::escape);
    CHECK_FALSE(pilot.shows("Help"));
    pilot.click("Exits/Row 7");
    CHECK(pilot.session.moment() == 7);
}

TEST_CASE("the palette runs what is typed, with and without an argument")
{
    Pilot pilot;
    pilot.load();
    pilot.press(Key::p, true, true);
    REQUIRE(pilot.shows("Palette"));
    pilot.frame(2);
    pilot.type("next theme");
    pilot.press(Key::enter);
    CHECK(pilot.session.view.theme == ThemeName::light);
    CHECK_FALSE(pilot.shows("Palette"));
    pilot.press(Key::p, true, true);
    pilot.frame(2);
    pilot.type("focus.seq 100");
    pilot.press(Key::enter);
    CHECK(pilot.session.focus().seq == 100);
}

TEST_CASE("an entry of the palette can be clicked, and one with an argument asks for it")
{
    Pilot pilot;
    pilot.load();
    pilot.press(Key::p, true, true);
    pilot.frame(2);
    pilot.type("choose a layout");
    REQUIRE(pilot.click("Palette/view.layout"));
    CHECK(pilot.shows("Palette"));
    CHECK(pilot.session.view.palette_text == "view.layout ");
}

TEST_CASE("F6 goes round the panels and back with Shift")
{
    Pilot pilot;
    pilot.load();
    std::size_t const panels = pilot.session.view.layout.order().size();
    for (std::size_t step = 0; step < panels; ++step)
        pilot.press(Key::f6);
    CHECK(pilot.session.view.panel == PanelId::exits);
    pilot.press(Key::f6, false, true);
    CHECK(pilot.session.view.panel == pilot.session.view.layout.order().back());
}

TEST_CASE("control plus and minus change the size of the text, and the rows with it")
{
    Pilot pilot;
    pilot.load();
    float const before = pilot.window.items().find("Exits/Row 0")->height;
    pilot.press(Key::plus, true);
    pilot.press(Key::plus, true);
    CHECK(pilot.window.items().find("Exits/Row 0")->height > before);
    pilot.press(Key::zero, true, true);
    CHECK(pilot.window.items().find("Exits/Row 0")->height == Approx(before));
}

TEST_CASE("a dragged splitter divides the window anew")
{
    Pilot pilot;
    pilot.load();
    Rect const splitter = *pilot.window.items().find("Splitter 1");
    float const before = pilot.window.items().find("Exits")->width;
    pilot.drag(splitter.x + 2, splitter.y + splitter.height / 2, splitter.x + 150,
               splitter.y + splitter.height / 2);
    CHECK(pilot.window.items().find("Exits")->width == Approx(before + 148).margin(3));
}

TEST_CASE("the page-walk panel draws a rung for each entry of the walk at the focus")
{
    Pilot pilot;
    pilot.load();
    CHECK_FALSE(pilot.shows("Walk/Rung 0"));
    pilot.type("p");
    CHECK(pilot.shows("Walk/Rung 3"));
    CHECK(pilot.session.trace().moments()[pilot.session.moment()].exit_class == ExitClass::page);
}

TEST_CASE("the mouse over a page-table entry shows what it is")
{
    Pilot pilot;
    pilot.load();
    pilot.type("p");
    Rect const rung = *pilot.window.items().find("Walk/Rung 2");
    pilot.move_to(rung.x + 60, rung.y + 8);
    CHECK(pilot.shows("HoverCard"));
    pilot.move_to(1, 1);
    CHECK_FALSE(pilot.shows("HoverCard"));
}

TEST_CASE("a recorded trace has no buttons to run it, a live machine has")
{
    Pilot pilot;
    pilot.load();
    CHECK_FALSE(pilot.shows("Toolbar/machine.pause"));
    pilot.session.connection = Connection::live;
    pilot.frame();
    REQUIRE(pilot.click("Toolbar/machine.pause"));
    pilot.press(Key::f10);
    pilot.type(" ");
    REQUIRE(pilot.session.outbox.size() == 3);
    CHECK(pilot.session.outbox[0].kind == trace::Command::Kind::pause);
    CHECK(pilot.session.outbox[1].kind == trace::Command::Kind::step_exit);
    CHECK(pilot.session.outbox[2].kind == trace::Command::Kind::pause);
}

TEST_CASE("while keys go to the guest they are no commands, until Escape")
{
    Pilot pilot;
    pilot.load();
    pilot.session.connection = Connection::live;
    pilot.type("i");
    pilot.type("jq?");
    pilot.press(Key::enter);
    CHECK(pilot.session.moment() == 0);
    REQUIRE(pilot.session.outbox.size() == 4);
    CHECK(pilot.session.outbox[0].bytes == std::vector<std::uint8_t>{'j'});
    CHECK(pilot.session.outbox[3].bytes == std::vector<std::uint8_t>{'\r'});
    pilot.press(Key::escape);
    pilot.type("j");
    CHECK(pilot.session.moment() == 1);
}

TEST_CASE("a failure is told in the middle of the window and nothing else can be clicked")
{
    Pilot pilot;
    pilot.session.failure = "nothing.ring is no Ringside trace";
    pilot.frame(2);
    CHECK(pilot.shows("Message"));
    pilot.press(Key::q, true);
    CHECK(pilot.session.view.quit);
}

TEST_CASE("a frame on a trace of a hundred thousand rows touches only the rows in sight")
{
    Pilot pilot;
    pilot.load({.rounds = 12'000});
    REQUIRE(pilot.session.row_count() > 90'000);
    pilot.press(Key::end);
    std::size_t rows = 0;
    for (std::string const& path : pilot.window.items().paths())
        rows += path.starts_with("Exits/Row") ? 1 : 0;
    CHECK(rows > 10);
    CHECK(rows < 60);
    CHECK(vertices() < 60'000);
}

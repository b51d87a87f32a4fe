// Hover cards and the page of a word, driven through the window without a renderer.
#include "tests/catch.hpp"
#include "tests/visualizer/pilot.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

void hover(Pilot& pilot, std::string_view path)
{
    Rect const area = pilot.window.items().find(path).value_or(Rect{});
    pilot.move_to(area.x + area.width / 2, area.y + area.height / 2);
}

// On the chip of a row that stands for a port access.
void hover_a_chip(Pilot& pilot)
{
    Rect const row = pilot.window.items().find("Exits/Row 8").value_or(Rect{});
    for (float x = row.x; x < row.x + 200 && !pilot.shows("HoverCard"); x += 6)
        pilot.move_to(x, row.y + row.height / 2);
}

} // namespace

TEST_CASE("the mouse over a class's letter shows its card, and may go onto the card")
{
    Pilot pilot;
    pilot.load();
    hover_a_chip(pilot);
    REQUIRE(pilot.shows("HoverCard"));
    CHECK(pilot.session.view.card.term.starts_with("class."));
    hover(pilot, "HoverCard");
    pilot.frame(3);
    CHECK(pilot.shows("HoverCard"));
    pilot.move_to(2, 2);
    CHECK_FALSE(pilot.shows("HoverCard"));
}

TEST_CASE("a click on the card's link leads to the next example, not to what lies below")
{
    Pilot pilot;
    pilot.load();
    hover_a_chip(pilot);
    std::string const term = pilot.session.view.card.term;
    hover(pilot, "HoverCard");
    REQUIRE(pilot.click("Card/Example"));
    CHECK(letter_of(pilot.session.trace().moments()[pilot.session.moment()].exit_class) ==
          term.back());
}

TEST_CASE("the key h explains the row at the focus, e shows the next example, Escape closes")
{
    Pilot pilot;
    pilot.load();
    pilot.type("h");
    CHECK(pilot.shows("Explanation"));
    CHECK(pilot.session.view.explained == "event.machine-created");
    pilot.press(Key::escape);
    CHECK_FALSE(pilot.shows("Explanation"));
    pilot.commands.run(pilot.session, "explain.word exit.halt");
    pilot.type("e");
    CHECK_FALSE(pilot.shows("Explanation"));
    CHECK(pilot.session.trace().moments()[pilot.session.moment()].kind == trace::ExitKind::halt);
}

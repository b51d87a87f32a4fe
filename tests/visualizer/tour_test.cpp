// The tour: done by doing, with questions whose answers the trace knows.
#include "tests/catch.hpp"
#include "tests/visualizer/pilot.hpp"

#include <set>

#include "visualizer/model/tour.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

std::string step_of(Pilot const& pilot)
{
    GuideStep const* step = pilot.session.guide.step();
    return step == nullptr ? "" : std::string(step->id);
}

void hover(Pilot& pilot, std::string_view path, float from_right)
{
    Rect const area = pilot.window.items().find(path).value_or(Rect{});
    pilot.move_to(area.right() - from_right, area.y + 12);
}

void answer_right(Pilot& pilot)
{
    REQUIRE(pilot.session.guide.question());
    std::string const path =
        "Tour/Answer " + std::to_string(pilot.session.guide.question()->right + 1);
    REQUIRE(pilot.click(path));
    REQUIRE(pilot.click("Tour/Next"));
}

} // namespace

TEST_CASE("the tour can be walked to its end with keys and mouse, each step by doing it")
{
    Pilot pilot(1600, 1000);
    pilot.load();
    pilot.type("T");
    CHECK(step_of(pilot) == "rows");
    pilot.press(Key::down); // and that is an exit
    CHECK(step_of(pilot) == "steps");
    pilot.type("]");
    CHECK(step_of(pilot) == "evidence");
    hover(pilot, "Inspector/Step 1", 12);
    pilot.frame(2);
    CHECK(step_of(pilot) == "explain");
    pilot.type("h");
    pilot.press(Key::escape);
    CHECK(step_of(pilot) == "predict");
    answer_right(pilot);
    CHECK(step_of(pilot) == "kind");
    pilot.type("n");
    CHECK(step_of(pilot) == "console");
    REQUIRE(pilot.click("Console/0:1"));
    CHECK(step_of(pilot) == "filter");
    pilot.type("=");
    CHECK(step_of(pilot) == "all");
    pilot.type("\\");
    CHECK(step_of(pilot) == "walk");
    pilot.commands.run(pilot.session, "walk.next");
    pilot.frame(2);
    CHECK(step_of(pilot) == "back");
    pilot.press(Key::backspace);
    CHECK(step_of(pilot) == "bookmark");
    pilot.press(Key::one, true);
    CHECK(step_of(pilot) == "predict-again");
    answer_right(pilot);
    CHECK(step_of(pilot) == "palette");
    pilot.press(Key::p, true, true);
    pilot.frame(2);
    pilot.press(Key::escape);
    CHECK(pilot.session.guide.finished());
    CHECK(pilot.session.guide.score() == Guide::Score{2, 2});
    REQUIRE(pilot.click("Tour/Stop"));
    CHECK(pilot.session.view.toured);
    CHECK(pilot.session.view.layout.name() == "exit");
}

TEST_CASE("a step is not done by something else, and can be skipped")
{
    Pilot pilot;
    pilot.load();
    pilot.type("T");
    pilot.press(Key::f6);
    pilot.frame(5);
    CHECK(step_of(pilot) == "rows");
    REQUIRE(pilot.click("Tour/Next"));
    CHECK(step_of(pilot) == "exit");
}

TEST_CASE("a wrong answer is counted, and the right one is shown; one answer is all there is")
{
    Session session;
    session.append(story::records());
    Guide guide;
    guide.start({{"ask", "", "", {}, {}, which_exit_comes_next}}, session);
    REQUIRE(guide.question());
    std::size_t const wrong = guide.question()->right == 0 ? 1 : 0;
    CHECK(guide.answer(wrong));
    CHECK_FALSE(guide.answer(guide.question()->right));
    CHECK(guide.score() == Guide::Score{0, 1});
    CHECK(guide.answered() == wrong);
}

TEST_CASE("the right answer is the kind of the next exit, and it is among the choices once")
{
    Session session;
    session.append(story::records());
    Moments const& rows = session.trace().moments();
    for (MomentIndex row = 0; row + 30 < rows.size(); row += 7) {
        session.focus_moment(row, FocusHistory::Move::jump);
        auto const question = which_exit_comes_next(session);
        REQUIRE(question);
        MomentIndex next = row + 1;
        while (!rows[next].is_exit())
            ++next;
        CHECK(question->choices[question->right] == kind_name(rows[next]));
        CHECK(std::set(question->choices.begin(), question->choices.end()).size() ==
              question->choices.size());
    }
}

TEST_CASE("steps that make no sense on this trace are passed over, and nothing asks at its end")
{
    Session session;
    session.append(story::records());
    Guide guide;
    auto const never = [](Session const&) { return false; };
    guide.start({{"walks", "text", "", never, {}, {}}, {"last", "text", "", {}, {}, {}}}, session);
    CHECK(guide.step()->id == "last");
    session.focus_moment(session.trace().moments().size() - 1, FocusHistory::Move::jump);
    CHECK_FALSE(which_exit_comes_next(session));
    CHECK_FALSE(which_exit_comes_next(Session()));
}

TEST_CASE("every step of the tour says something, and names only items and commands that exist")
{
    Pilot pilot;
    pilot.load();
    for (GuideStep const& step : tour_steps()) {
        INFO(step.id);
        CHECK((step.question || step.done));
        CHECK((step.question || step.text.size() > 30));
        std::string_view text = step.text;
        for (std::size_t open = text.find('{'); open != std::string_view::npos;
             open = text.find('{')) {
            std::size_t const close = text.find('}', open);
            REQUIRE(close != std::string_view::npos);
            CHECK(pilot.commands.find(text.substr(open + 1, close - open - 1)) != nullptr);
            text.remove_prefix(close + 1);
        }
    }
}

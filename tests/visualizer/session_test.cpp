// The one Focus, the filter's rows, the way back, and a trace that grows.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"
#include "visualizer/model/describe.hpp"
#include "visualizer/model/session.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

Session with_story(story::Options const& options = {})
{
    Session session;
    session.append(story::records(options));
    return session;
}

} // namespace

TEST_CASE("a fresh session looks at the first row")
{
    Session const session = with_story();
    CHECK(session.moment() == 0);
    CHECK(session.focus().record == session.trace().moments()[0].first);
}

TEST_CASE("an empty session has no focus and says so")
{
    Session session;
    CHECK(session.moment() == no_moment);
    CHECK(session.inspection().steps.empty());
    CHECK(describe(session) == "The trace is empty.\n");
    session.move_rows(1);
    session.focus_step(3);
    session.set_follow(true);
    CHECK(session.moment() == no_moment);
    CHECK(session.registers_now().known == 0);
}

TEST_CASE("a sequence number inside an exit focuses the exit and the sub-step it tells")
{
    Session session = with_story();
    RecordIndex printed = 0;
    while (!session.trace().records().get<trace::ConsoleByte>(printed))
        ++printed;
    REQUIRE(session.focus_seq(session.trace().records().head(printed).seq));
    CHECK(session.trace().moments()[session.moment()].address == 0x3f8);
    REQUIRE(session.focus().step > 0);
    CHECK(session.inspection().steps[session.focus().step - 1].title == "Console");
    CHECK(session.as_of() == printed);
}

TEST_CASE("walking the sub-steps moves the moment everything is shown as of")
{
    Session session = with_story();
    session.set_filter("kind == port-in");
    session.focus_moment(session.row(0), FocusHistory::Move::jump);
    session.focus_step(1);
    CHECK(session.registers_now()[trace::Register::rax] != 0x60); // the answer has not arrived yet
    session.focus_step(session.inspection().steps.size());
    CHECK(session.registers_now()[trace::Register::rax] == 0x60);
}

TEST_CASE("moving down a filtered list visits only rows that pass")
{
    Session session = with_story();
    session.set_filter("kind == halt");
    CHECK(session.row_count() == 24);
    session.move_rows(1);
    CHECK(session.trace().moments()[session.moment()].kind == trace::ExitKind::halt);
    MomentIndex const first = session.moment();
    CHECK(first == session.row(0)); // from a hidden row, down means the next one that passes
    session.move_rows(1);
    CHECK(session.moment() == session.row(1));
    session.move_rows(-1000);
    CHECK(session.moment() == first);
    session.move_rows(1000);
    CHECK(session.moment() == session.row(23));
}

TEST_CASE("a filter that makes no sense leaves the last good one in place")
{
    Session session = with_story();
    session.set_filter("kind == halt");
    session.set_filter("kind ==");
    CHECK_FALSE(session.filter_problem().empty());
    CHECK(session.row_count() == 24);
}

TEST_CASE("rows that arrive later pass the same filter")
{
    Session session;
    session.set_filter("kind == halt");
    std::vector<trace::Record> const all = story::records();
    std::span<trace::Record const> const records(all);
    session.append(records.first(records.size() / 2));
    session.append(records.subspan(records.size() / 2));
    CHECK(session.row_count() == 24);
}

TEST_CASE("while following, the focus is always the newest row")
{
    Session session;
    session.set_follow(true);
    std::vector<trace::Record> const all = story::records();
    for (trace::Record const& record : all) {
        session.append(std::span(&record, 1));
        if (session.row_count() > 0)
            REQUIRE(session.moment() == session.row_count() - 1);
    }
}

TEST_CASE("any move of the focus ends following")
{
    Session session = with_story();
    session.set_follow(true);
    session.move_rows(-1);
    CHECK_FALSE(session.follow());
    MomentIndex const stays = session.moment();
    session.append(story::records());
    CHECK(session.moment() == stays);
}

TEST_CASE("back returns over jumps one by one and over small steps at once")
{
    Session session = with_story();
    session.focus_moment(40, FocusHistory::Move::jump);
    for (int step = 0; step < 5; ++step)
        session.move_rows(1);
    session.focus_moment(90, FocusHistory::Move::jump);
    session.back();
    CHECK(session.moment() == 45);
    session.back();
    CHECK(session.moment() == 40);
    session.forward();
    CHECK(session.moment() == 45);
    session.forward();
    CHECK(session.moment() == 90);
    CHECK_FALSE(session.can_go_forward());
}

TEST_CASE("the walk shown is the latest one at the focus")
{
    Session session = with_story();
    CHECK_FALSE(session.shown_walk());
    session.focus_record(session.trace().walks()[1]);
    CHECK(session.shown_walk() == std::optional<std::size_t>(1));
    session.move_rows(3);
    CHECK(session.shown_walk() >= std::optional<std::size_t>(1));
}

TEST_CASE("the description tells the sentence, the steps and the registers that changed")
{
    Session session = with_story();
    session.set_filter("port == 0x3f8 && value == 'H'");
    session.move_rows(1);
    std::string const text = describe(session);
    CHECK(text.find("The guest wrote 0x48 'H' to port 0x3f8 (COM1 THR)") != std::string::npos);
    CHECK(text.find("Hardware [D] out dx, al") != std::string::npos);
    CHECK(text.find("Device [E] COM1 THR: Takes 0x48 'H'") != std::string::npos);
    CHECK(text.find("rax: 0x60 to 0x48") != std::string::npos);
}

TEST_CASE("the registers before are those at the end of the row before")
{
    Session session = with_story();
    session.set_filter("kind == port-in");
    session.move_rows(1);
    RegisterState const before = session.registers_before();
    session.set_filter("");
    session.move_rows(-1);
    CHECK(before.values == session.registers_now().values);
}

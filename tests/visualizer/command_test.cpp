// The registry: ids, keys, arguments, refusals. Every command is run here.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"
#include "visualizer/model/command.hpp"

#include <algorithm>
#include <map>
#include <set>

using namespace ringside;
using namespace ringside::visualizer;

namespace {

Session with_story()
{
    Session session;
    session.append(story::records());
    return session;
}

CommandRegistry const& commands()
{
    static CommandRegistry const registry = CommandRegistry::standard();
    return registry;
}

} // namespace

TEST_CASE("no key is bound to two commands")
{
    std::map<std::string, std::string> owners;
    for (Command const& command : commands().all())
        for (KeyChord const& chord : command.keys) {
            INFO(text_of(chord) << " is " << owners[text_of(chord)] << " and " << command.id);
            CHECK(owners[text_of(chord)].empty());
            owners[text_of(chord)] = command.id;
        }
}

TEST_CASE("every command has an id, a title, a group, and a key or an argument or a button")
{
    std::set<std::string> const without_key = {"machine.quit"}; // too easily hit by mistake
    for (Command const& command : commands().all()) {
        INFO(command.id);
        CHECK(command.id.find('.') != std::string::npos);
        CHECK(command.title.size() > 4);
        CHECK_FALSE(command.group.empty());
        CHECK((!command.keys.empty() || !command.argument.empty() ||
               without_key.count(command.id) == 1));
    }
}

TEST_CASE("every command without an argument runs on a trace, an empty session and a live one")
{
    for (Command const& command : commands().all()) {
        if (!command.argument.empty())
            continue;
        INFO(command.id);
        Session empty;
        commands().run(empty, command.id);
        Session full = with_story();
        commands().run(full, command.id);
        full.connection = Connection::live;
        commands().run(full, command.id);
        CHECK((full.moment() != no_moment && full.row_count() > 0));
    }
}

TEST_CASE("the next of the same kind skips all others, and the previous returns")
{
    Session session = with_story();
    commands().run(session, "filter.set kind == halt");
    session.move_rows(1);
    commands().run(session, "filter.clear");
    MomentIndex const first = session.moment();
    CHECK(commands().run(session, "kind.next").empty());
    CHECK(session.moment() > first);
    CHECK(session.trace().moments()[session.moment()].kind == trace::ExitKind::halt);
    CHECK(commands().run(session, "kind.previous").empty());
    CHECK(session.moment() == first);
    CHECK(commands().run(session, "kind.previous") == "no earlier halt in this list");
}

TEST_CASE("markers and walks are visited in order")
{
    Session session = with_story();
    CHECK(commands().run(session, "marker.next").empty());
    RecordIndex const first = session.focus().record;
    CHECK(session.trace().records().get<trace::Marker>(first)->text.text() == "long mode reached");
    CHECK(commands().run(session, "marker.next").empty());
    CHECK(session.focus().record > first);
    CHECK(commands().run(session, "marker.previous").empty());
    CHECK(session.focus().record == first);
    CHECK(commands().run(session, "walk.previous").empty());
    CHECK(session.trace().moments()[session.moment()].exit_class == ExitClass::page);
}

TEST_CASE("go to a sequence number takes a number that exists")
{
    Session session = with_story();
    CHECK(commands().run(session, "focus.seq 100").empty());
    CHECK(session.focus().seq == 100);
    CHECK(commands().run(session, "focus.seq fish") == "\"fish\" is no sequence number");
    CHECK(commands().run(session, "focus.seq") == "\"focus.seq\" needs SEQ");
}

TEST_CASE("rows like this one can be hidden, and then others besides")
{
    Session session = with_story();
    std::uint32_t const all = session.row_count();
    commands().run(session, "filter.set port == 0x3fd");
    session.move_rows(1);
    std::uint32_t const reads = session.row_count();
    commands().run(session, "filter.clear");
    CHECK(commands().run(session, "filter.hide").empty());
    CHECK(session.row_count() == all - reads);
    session.move_rows(1);
    CHECK(commands().run(session, "filter.hide").empty());
    CHECK(session.row_count() < all - reads);
}

TEST_CASE("an unknown command is refused by name")
{
    Session session = with_story();
    CHECK(commands().run(session, "make.tea") ==
          "there is no command \"make.tea\"; the help page (?) lists them all");
}

TEST_CASE("a recorded trace cannot be paused, a live machine can")
{
    Session session = with_story();
    CHECK_FALSE(commands().run(session, "machine.pause").empty());
    CHECK(session.outbox.empty());
    session.connection = Connection::live;
    CHECK(commands().run(session, "machine.pause").empty());
    session.connection = Connection::paused;
    CHECK(commands().run(session, "machine.pause").empty());
    CHECK(commands().run(session, "machine.step").empty());
    CHECK(commands().run(session, "console.send help").empty());
    REQUIRE(session.outbox.size() == 4);
    CHECK(session.outbox[0].kind == trace::Command::Kind::pause);
    CHECK(session.outbox[1].kind == trace::Command::Kind::resume);
    CHECK(session.outbox[2].kind == trace::Command::Kind::step_exit);
    CHECK(session.outbox[3].bytes == std::vector<std::uint8_t>{'h', 'e', 'l', 'p', '\r'});
}

TEST_CASE("theme, layout and size are chosen by name and refuse others")
{
    Session session = with_story();
    CHECK(commands().run(session, "view.theme high-contrast").empty());
    CHECK(session.view.theme == ThemeName::high_contrast);
    CHECK_FALSE(commands().run(session, "view.theme pink").empty());
    CHECK(commands().run(session, "view.layout paging").empty());
    CHECK(session.view.layout.name() == "paging");
    CHECK_FALSE(commands().run(session, "view.layout tartan").empty());
    CHECK(commands().run(session, "view.scale 150").empty());
    CHECK(session.view.scale == Approx(1.5F));
    CHECK(commands().run(session, "view.scale 900").empty());
    CHECK(session.view.scale == Approx(2.5F));
}

TEST_CASE("a key runs the command it is bound to only while that makes sense")
{
    Session session = with_story();
    CHECK(commands().bound_to(typed('j'), session)->id == "exit.next");
    CHECK(commands().bound_to(with_ctrl_shift(Key::p), session)->id == "palette.open");
    CHECK(commands().bound_to(typed(' '), session) == nullptr);
    session.connection = Connection::live;
    CHECK(commands().bound_to(typed(' '), session)->id == "machine.pause");
    CHECK(commands().bound_to(typed('~'), session) == nullptr);
}

TEST_CASE("the palette finds commands by any words of their title, those it starts with first")
{
    Session session = with_story();
    auto const found = commands().matching("next theme", session);
    REQUIRE(found.size() == 1);
    CHECK(found[0]->id == "view.next-theme");
    CHECK(commands().matching("", session).size() > 20);
    CHECK(commands().matching("next", session)[0]->title.substr(0, 4) == "Next");
    CHECK(commands().matching("focus.seq 12", session)[0]->id == "focus.seq");
}

TEST_CASE("copying puts the description where the app takes it from")
{
    Session session = with_story();
    CHECK(commands().run(session, "text.copy").empty());
    CHECK(session.view.to_clipboard.find("The machine was created") != std::string::npos);
}

TEST_CASE("every command can be reached by the palette, by its title and by its id")
{
    Session replay = with_story();
    Session live = with_story();
    live.connection = Connection::live;
    Session guided = with_story();
    CHECK(commands().run(guided, "tour.start").empty());
    auto const reaches = [](Session const& session, std::string_view words, Command const& wanted) {
        auto const found = commands().matching(words, session);
        return std::find(found.begin(), found.end(), &wanted) != found.end();
    };
    for (Command const& command : commands().all()) {
        if (command.id.starts_with("history.")) // only when there is somewhere to go
            continue;
        INFO(command.id);
        bool by_title = false;
        bool by_id = false;
        for (Session const* session : {&replay, &live, &guided}) {
            by_title |= reaches(*session, command.title, command);
            by_id |= reaches(*session, command.id, command);
        }
        CHECK(by_title);
        CHECK(by_id);
    }
}

TEST_CASE("a script runs its commands in order and stops at the first that fails")
{
    Session session = with_story();
    CHECK(commands().run_script(session, "exit.next; exit.next ;view.theme light;") == "");
    CHECK(session.moment() == 2);
    CHECK(session.view.theme == ThemeName::light);
    std::string const problem =
        commands().run_script(session, "exit.next; no.such; view.theme dark");
    CHECK(problem.find("no.such") != std::string::npos);
    CHECK(session.view.theme == ThemeName::light);
    CHECK(session.moment() == 3);
}

TEST_CASE("a semicolon between quotation marks does not end a command")
{
    Session session = with_story();
    CHECK(commands().run_script(session, "filter.set what ~ \"a;b\"; view.theme light") == "");
    CHECK(session.filter_text() == "what ~ \"a;b\"");
}

TEST_CASE("stepping a recording moves over exits, into their sub-steps, back, and on to marks")
{
    Session session = with_story();
    CHECK(commands().run(session, "machine.step").empty());
    Moments const& rows = session.trace().moments();
    CHECK(rows[session.moment()].is_exit());
    MomentIndex const first = session.moment();
    CHECK(commands().run(session, "step.into").empty());
    CHECK(session.moment() == first);
    CHECK(session.focus().step == 1);
    CHECK(commands().run(session, "machine.step").empty());
    CHECK(session.moment() > first);
    CHECK(commands().run(session, "step.back").empty());
    CHECK(session.moment() == first);
    CHECK(session.outbox.empty());
    CHECK(commands().run(session, "step.run").empty());
    CHECK(session.trace().moment_of(session.trace().markers().front()) == session.moment());
}

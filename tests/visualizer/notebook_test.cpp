// Bookmarks, notes, settings: what a person keeps, and that damaged files harm nothing.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"

#include <fmt/format.h>

#include "visualizer/model/command.hpp"
#include "visualizer/model/notebook.hpp"
#include "visualizer/model/settings.hpp"

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

TEST_CASE("a bookmark brings the focus back, and set again at its place it is gone")
{
    Session session = with_story();
    session.focus_moment(17, FocusHistory::Move::jump);
    CHECK(commands().run(session, "bookmark.set-3") == "");
    session.focus_moment(2, FocusHistory::Move::jump);
    CHECK(commands().run(session, "bookmark.go-3") == "");
    CHECK(session.moment() == 17);
    CHECK(commands().run(session, "bookmark.set-3") == "");
    CHECK_FALSE(commands().run(session, "bookmark.go-3").empty());
}

TEST_CASE("every digit sets and recalls its own bookmark")
{
    Session session = with_story();
    for (MomentIndex key = 0; key < Sidecar::bookmark_count; ++key) {
        session.focus_moment(key * 3 + 1, FocusHistory::Move::jump);
        CHECK(commands().run(session, fmt::format("bookmark.set-{}", key)) == "");
    }
    for (MomentIndex key = 0; key < Sidecar::bookmark_count; ++key) {
        KeyChord const chord = typed(static_cast<char>('0' + key));
        CHECK(commands().run(session, commands().bound_to(chord, session)->id) == "");
        CHECK(session.moment() == key * 3 + 1);
    }
}

TEST_CASE("notes stand in the order of the trace, and a new one takes the old one's place")
{
    Session session = with_story();
    session.focus_moment(30, FocusHistory::Move::jump);
    CHECK(commands().run(session, "note.add late") == "");
    session.focus_moment(10, FocusHistory::Move::jump);
    CHECK(commands().run(session, "note.add early") == "");
    CHECK(commands().run(session, "note.add earlier") == "");
    REQUIRE(session.sidecar.notes.size() == 2);
    CHECK(session.sidecar.notes[0].text == "earlier");
    CHECK(session.sidecar.notes[1].text == "late");
    CHECK(commands().run(session, "note.remove") == "");
    CHECK(session.sidecar.notes.size() == 1);
    CHECK_FALSE(commands().run(session, "note.remove").empty());
}

TEST_CASE("choosing a line of the notebook leads to its place")
{
    Session session = with_story();
    session.focus_moment(20, FocusHistory::Move::jump);
    CHECK(commands().run(session, "note.add here it is") == "");
    session.focus_moment(1, FocusHistory::Move::jump);
    std::vector<ListLine> const lines = notebook_lines(session);
    REQUIRE(lines.size() == 1);
    CHECK(commands().run(session, lines[0].command) == "");
    CHECK(session.moment() == 20);
}

TEST_CASE("a sidecar survives being written and read, whatever text is in it")
{
    Sidecar sidecar;
    sidecar.bookmarks[7] = Bookmark{{1234567890123, 2}, "out 0x3f8 \"x\""};
    sidecar.add({{12, 0}, "a note with \"quotes\", \n lines and umlauts: \xc3\xa4"});
    auto const again = sidecar_from_json(to_json(sidecar));
    REQUIRE(again);
    CHECK(*again == sidecar);
}

TEST_CASE("what is no sidecar is refused, and what is odd in one is left out")
{
    for (std::string_view const text : {"", "{", "[]", "{\"a\": 1}", "null", "\xff\xfe"})
        CHECK_FALSE(sidecar_from_json(text));
    auto const odd = sidecar_from_json(
        R"({"ringside-notes": 1, "bookmarks": [1, {"key": 99, "seq": 1, "vcpu": 0},
            {"key": 1, "seq": -4, "vcpu": 0}, {"key": 2, "seq": 5, "vcpu": 300}],
            "notes": [{"seq": 3, "vcpu": 0, "text": 7}, {"text": "nowhere"}]})");
    REQUIRE(odd);
    CHECK(*odd == Sidecar{});
}

TEST_CASE("settings survive being written and read, and a view that takes them looks the same")
{
    ViewState view;
    view.theme = ThemeName::high_contrast;
    view.scale = 1.5F;
    view.layout = *Layout::named("paging");
    view.layout.replace(PanelId::cpu, PanelId::console);
    view.recent = {"/a/b.ring", "c.ring"};
    Settings settings;
    remember(view, settings);
    auto const again = settings_from_json(to_json(settings));
    REQUIRE(again);
    CHECK(*again == settings);
    ViewState other;
    apply(*again, other);
    CHECK(other.theme == view.theme);
    CHECK(other.scale == view.scale);
    CHECK(other.layout.text() == view.layout.text());
    CHECK(other.recent == view.recent);
}

TEST_CASE("settings that make no sense are refused, or fall back to what is shipped")
{
    CHECK_FALSE(settings_from_json("no json"));
    auto const odd = settings_from_json(
        R"({"ringside-view": 1, "theme": "tartan", "scale": 9000, "layout": "nowhere",
            "layouts": {"exit": "(h 2 exits", "x": "exits"}, "recent": [1, "a.ring"]})");
    REQUIRE(odd);
    ViewState view;
    apply(*odd, view);
    CHECK(view.theme == ThemeName::dark);
    CHECK(view.scale == 2.5F);
    CHECK(view.layout.text() == Layout::named("exit")->text());
    CHECK(view.recent == std::vector<std::string>{"a.ring"});
}

TEST_CASE("the latest trace is the first of the recent ones, and ten are enough")
{
    Settings settings;
    for (int number = 0; number < 14; ++number)
        settings.opened(fmt::format("{}.ring", number));
    settings.opened("9.ring");
    CHECK(settings.recent.size() == Settings::most_recent);
    CHECK(settings.recent[0] == "9.ring");
    CHECK(settings.recent[1] == "13.ring");
}

// Commands for what a person adds to a trace, and for going from trace to trace.
#include "visualizer/model/command.hpp"

#include <array>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/notebook.hpp"
#include "visualizer/model/row_text.hpp"

namespace ringside::visualizer {

namespace {

constexpr std::array<Key, Sidecar::bookmark_count> digit_keys = {
    Key::zero, Key::one, Key::two,   Key::three, Key::four,
    Key::five, Key::six, Key::seven, Key::eight, Key::nine};

bool has_rows(Session const& session)
{
    return session.moment() != no_moment;
}

std::string label_of_focus(Session const& session)
{
    Moment const& row = session.trace().moments()[session.moment()];
    return fmt::format("{} {}", kind_name(row), what_text(session.trace(), row));
}

// Set once more at the same place, it is taken away.
std::string set_bookmark(Session& session, std::size_t key)
{
    auto& mark = session.sidecar.bookmarks[key];
    Place const here = place_of_focus(session);
    if (mark && mark->place == here)
        mark.reset();
    else
        mark = Bookmark{here, label_of_focus(session)};
    return {};
}

std::string go_to_bookmark(Session& session, std::size_t key)
{
    auto const& mark = session.sidecar.bookmarks[key];
    if (!mark)
        return fmt::format("there is no bookmark {}: Ctrl+{} sets it", key, key);
    return session.focus_seq(mark->place.seq, mark->place.vcpu)
               ? ""
               : fmt::format("bookmark {} is at seq {}, which this trace does not have", key,
                             mark->place.seq);
}

std::string add_note(Session& session, std::string_view text)
{
    session.sidecar.add({place_of_focus(session), std::string(text)});
    return {};
}

std::string remove_note(Session& session, std::string_view)
{
    if (session.sidecar.note_at(place_of_focus(session)) == nullptr)
        return "there is no note at this row";
    session.sidecar.remove_note(place_of_focus(session));
    return {};
}

std::string open_list(Session& session, Overlay list)
{
    session.view.overlay = session.view.overlay == list ? Overlay::none : list;
    session.view.list_choice = 0;
    return {};
}

std::string open_file(Session& session, std::string_view path)
{
    session.view.open_request = path;
    session.view.overlay = Overlay::none;
    return {};
}

// "trace.ring#seq=1234": what one person sends to another.
std::string copy_link(Session& session, std::string_view)
{
    session.view.to_clipboard = fmt::format("{}#seq={}", session.source, session.focus().seq);
    return {};
}

void add_bookmarks(CommandRegistry& registry)
{
    for (std::size_t key = 0; key < Sidecar::bookmark_count; ++key) {
        registry.add(
            {fmt::format("bookmark.set-{}", key),
             fmt::format("Set bookmark {} here, or take it away", key),
             "Notebook",
             {with_ctrl(digit_keys[key])},
             "",
             [key](Session& session, std::string_view) { return set_bookmark(session, key); },
             has_rows});
        registry.add(
            {fmt::format("bookmark.go-{}", key),
             fmt::format("Go to bookmark {}", key),
             "Notebook",
             {typed(static_cast<char>('0' + key))},
             "",
             [key](Session& session, std::string_view) { return go_to_bookmark(session, key); },
             has_rows});
    }
}

} // namespace

void add_notebook_commands(CommandRegistry& registry)
{
    auto const add = [&](std::string id, std::string title, KeyChord key, std::string argument,
                         auto run, auto enabled) {
        registry.add({std::move(id),
                      std::move(title),
                      "Notebook",
                      {key},
                      std::move(argument),
                      run,
                      enabled});
    };
    auto const always = [](Session const&) { return true; };
    add("note.add", "Write a note on this row", with_ctrl(Key::n), "TEXT", add_note, has_rows);
    add("note.remove", "Take this row's note away", with_ctrl_shift(Key::n), "", remove_note,
        has_rows);
    add(
        "notebook.toggle", "Bookmarks and notes", with_ctrl(Key::b), "",
        [](Session& session, std::string_view) { return open_list(session, Overlay::notebook); },
        always);
    add(
        "file.recent", "Recent traces", with_ctrl(Key::o), "",
        [](Session& session, std::string_view) { return open_list(session, Overlay::recent); },
        always);
    add("link.copy", "Copy a link to this row", with_ctrl_shift(Key::c), "", copy_link, has_rows);
    registry.add({"file.open", "Open a trace", "Notebook", {}, "FILE", open_file, always});
    add_bookmarks(registry);
}

} // namespace ringside::visualizer

#include "visualizer/model/notebook.hpp"

#include <fmt/format.h>

namespace ringside::visualizer {

std::vector<ListLine> notebook_lines(Session const& session)
{
    std::vector<ListLine> lines;
    for (std::size_t key = 0; key < session.sidecar.bookmarks.size(); ++key)
        if (auto const& mark = session.sidecar.bookmarks[key])
            lines.push_back(
                {fmt::format("{}", key), mark->label, fmt::format("bookmark.go-{}", key)});
    for (Note const& note : session.sidecar.notes)
        lines.push_back({fmt::format("seq {}", note.place.seq), note.text,
                         fmt::format("focus.seq {}", note.place.seq)});
    return lines;
}

std::vector<ListLine> recent_lines(Session const& session)
{
    std::vector<ListLine> lines;
    for (std::string const& path : session.view.recent)
        lines.push_back({{}, path, "file.open " + path});
    return lines;
}

std::vector<ListLine> open_list(Session const& session)
{
    switch (session.view.overlay) {
    case Overlay::notebook:
        return notebook_lines(session);
    case Overlay::recent:
        return recent_lines(session);
    default:
        return {};
    }
}

Place place_of_focus(Session const& session)
{
    return {session.focus().seq, session.focus().vcpu};
}

} // namespace ringside::visualizer

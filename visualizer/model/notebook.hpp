// What the notebook and the list of recent files show: lines a person can choose, each with the
// command it stands for.
#pragma once

#include <string>
#include <vector>

#include "visualizer/model/session.hpp"

namespace ringside::visualizer {

struct ListLine {
    std::string key; ///< "3" of a bookmark, "seq 120" of a note; may be empty
    std::string text;
    std::string command; ///< what choosing it runs
};

std::vector<ListLine> notebook_lines(Session const& session);
std::vector<ListLine> recent_lines(Session const& session);
/// Of the list that is open.
std::vector<ListLine> open_list(Session const& session);

/// The place of the Focus, as bookmarks and notes keep it.
Place place_of_focus(Session const& session);

} // namespace ringside::visualizer

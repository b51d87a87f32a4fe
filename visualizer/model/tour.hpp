// The tour of the first five minutes: what the window is for, learned by using it.
#pragma once

#include <vector>

#include "visualizer/model/guide.hpp"

namespace ringside::visualizer {

std::vector<GuideStep> tour_steps();

/// "Which exit comes next?" at this place of this trace; nothing at its end. Labs ask it, too.
std::optional<Question> which_exit_comes_next(Session const& session);

} // namespace ringside::visualizer

// The Focus as plain text: for the clipboard, for people who cannot see the window, and for tests.
#pragma once

#include <string>

#include "visualizer/model/session.hpp"

namespace ringside::visualizer {

/// Position, sentence, numbered sub-steps with actor and evidence, changed registers; one per line.
std::string describe(Session const& session);

} // namespace ringside::visualizer

// "Show me one in this trace": from a term of the glossary to the next place that has it.
#pragma once

#include <optional>
#include <string_view>

#include "visualizer/model/session.hpp"

namespace ringside::visualizer {

/// The next record behind the Focus that is an example of this term; after the end the search goes
/// on at the beginning. Nothing when the trace has none, or the term can have none.
std::optional<RecordIndex> next_example(Session const& session, std::string_view term);

} // namespace ringside::visualizer

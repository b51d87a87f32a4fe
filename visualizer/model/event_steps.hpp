// One event as a sub-step of the inspector: who did it, how we know, and in which words.
#pragma once

#include <optional>

#include "visualizer/model/inspection.hpp"

namespace ringside::visualizer {

/// Nothing for events the inspector tells in another way (an exit's begin and end) or elsewhere.
std::optional<Step> step_of(TraceModel const& model, Moment const& moment, RecordIndex index);

/// "rax 0x40 to 0x41, rip ...": what a RegistersChanged at `index` did.
std::string changed_registers_text(TraceModel const& model, RecordIndex index);

} // namespace ringside::visualizer

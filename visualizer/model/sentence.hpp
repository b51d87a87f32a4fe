// A moment as one plain sentence: what the guest did, why the CPU left guest mode, who answered.
#pragma once

#include <string>

#include "visualizer/model/trace_model.hpp"

namespace ringside::visualizer {

/// "The guest wrote 0x41 'A' to port 0x3f8 (COM1 THR); the CPU left guest mode because every port
/// access exits; COM1 printed it."
std::string sentence(TraceModel const& model, Moment const& moment);

} // namespace ringside::visualizer

// A moment in words: the list's "what" column, the inspector's sentence, and the first line of
// the text route.
#pragma once

#include <string>
#include <string_view>

#include "visualizer/model/trace_model.hpp"

namespace ringside::visualizer {

/// "out", "hlt", "walk": the kind where room is short.
std::string_view short_kind(Moment const& moment);
/// "0x3f8 COM1 THR": what the moment acts on, in as few words as possible.
std::string what_text(TraceModel const& model, Moment const& moment);
/// The same of a port or memory access, whatever the guest told by it.
std::string access_text(TraceModel const& model, Moment const& moment);
/// "0x41 'A'": the value that moved, or nothing.
std::string value_text(Moment const& moment);
/// Where the guest stands: "print+0x4", or the address, or nothing.
std::string place_text(TraceModel const& model, Moment const& moment);
/// Name of the device that took part, or nothing.
std::string device_text(TraceModel const& model, Moment const& moment);

} // namespace ringside::visualizer

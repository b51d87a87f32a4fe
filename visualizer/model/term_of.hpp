// Which term of the glossary explains a thing on the screen.
#pragma once

#include <string>

#include "visualizer/model/inspection.hpp"
#include "visualizer/model/trace_model.hpp"

namespace ringside::visualizer {

/// "exit.port-out" of an exit, "event.walk" of anything else.
std::string term_of_row(Moment const& row);
/// "register.LSR" where a device's register took part, else the event the step rests on.
std::string term_of_step(TraceModel const& model, Moment const& row, Step const& step);

} // namespace ringside::visualizer

// The events that are never rows of the list: detail, shown in the inspector of the moment they
// belong to. Visitors about rows derive from this, so that the closed set stays spelled out.
#pragma once

#include "engine/trace/events.hpp"

namespace ringside::visualizer {

template <typename Result>
struct NeverARow {
    Result operator()(trace::ExitEnd const&) const { return {}; }
    Result operator()(trace::SlotMapped const&) const { return {}; }
    Result operator()(trace::DeviceDefined const&) const { return {}; }
    Result operator()(trace::RegisterDefined const&) const { return {}; }
    Result operator()(trace::Instruction const&) const { return {}; }
    Result operator()(trace::RegistersChanged const&) const { return {}; }
    Result operator()(trace::Keyframe const&) const { return {}; }
    Result operator()(trace::DeviceState const&) const { return {}; }
    Result operator()(trace::DeviceAccess const&) const { return {}; }
    Result operator()(trace::Unclaimed const&) const { return {}; }
    Result operator()(trace::DeviceNote const&) const { return {}; }
    Result operator()(trace::ConsoleByte const&) const { return {}; }
    Result operator()(trace::EndOfInterrupt const&) const { return {}; }
    Result operator()(trace::Symbol const&) const { return {}; }
    Result operator()(trace::Scheduling const&) const { return {}; }
};

} // namespace ringside::visualizer

// One lane of the timeline, drawn into its track: a part of the timeline panel.
#pragma once

#include "visualizer/model/timeline.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

struct TimelineTrack {
    Frame& frame;
    Lane const& lane;
    Rect area;

    Session& session() const { return frame.session; }
    TraceModel const& trace() const { return frame.session.trace(); }
};

void draw_timeline_lane(TimelineTrack const& track, TimelineAxis const& axis);

} // namespace ringside::visualizer

// The timeline without its pixels: which part of the trace is in view, by which measure, and what
// of it can be told apart at this zoom.
//
//     density    far more rows than pixels: columns of class shares
//     folded     a few pixels a row: neighbours of one class are one block with a count
//     block      each row a block
//     sub-steps  room for text: who did what inside the exit
//
// The measure is the order of rows (each the same width, since two microseconds and ten
// milliseconds never fit one line), virtual time, or the host's time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "visualizer/model/trace_model.hpp"

namespace ringside::visualizer {

enum class StripAxis : std::uint8_t { order, time, host };

/// From a row to its place on the axis and back.
class TimelineAxis {
public:
    TimelineAxis(TraceModel const& model, StripAxis kind) : model_(model), kind_(kind) {}

    StripAxis kind() const { return kind_; }
    double length() const; ///< places are in [0, length)
    double place_of(MomentIndex row) const;
    /// The first row at or behind `place`.
    MomentIndex first_at(double place) const;

private:
    TraceModel const& model_;
    StripAxis kind_;
};

/// What part of the axis is in view. A person moves it; it moves by itself only to show the Focus.
struct TimelineView {
    double begin = 0;
    double end = 0;                ///< not behind `begin`: nothing was chosen yet
    MomentIndex shown = no_moment; ///< the row it last moved to by itself
    double span() const { return end - begin; }
};

/// Brings `row` into view; `wanted` is how wide the view is when nothing was chosen yet.
void show_row(TimelineView& view, TimelineAxis const& axis, MomentIndex row, double wanted);
/// Makes the view `factor` times as wide around `anchor`, which stays where it is.
void zoom(TimelineView& view, TimelineAxis const& axis, double factor, double anchor);
/// Moves the view by this share of its width.
void pan(TimelineView& view, TimelineAxis const& axis, double share);
/// The same rows on another axis.
void change_axis(TimelineView& view, TimelineAxis const& from, TimelineAxis const& to);

enum class Detail : std::uint8_t { density, folded, block, sub_steps };

/// Something to draw: one row, or several that cannot be told apart here.
struct TimelineItem {
    float x = 0; ///< in pixels from the view's left edge
    float width = 0;
    Detail detail = Detail::block;
    MomentIndex first = 0;   ///< its first row
    std::uint32_t count = 1; ///< rows of the lane in it
    ClassCounts classes{};
};

/// What the pixels are worth: all at once, so that a scaled window looks alike.
struct TimelineScale {
    float width = 0;  ///< of the view, in pixels
    float column = 2; ///< of a density column
    float least = 3;  ///< no block is drawn narrower
    float letter = 9; ///< narrower blocks are folded
    float text = 96;  ///< wider ones have sub-steps
};
std::vector<TimelineItem> timeline_items(TraceModel const& model, Lane const& lane,
                                         TimelineAxis const& axis, TimelineView const& view,
                                         TimelineScale const& scale);

/// "12 rows, 3.20 us of virtual time, 41.00 us of the host": from one row to another.
std::string distance_text(TraceModel const& model, MomentIndex from, MomentIndex to);

/// Where labelled marks stand: 1, 2 or 5 times a power of ten apart.
double ruler_step(double span, double marks_wanted);

} // namespace ringside::visualizer

// Which rows pass the filter: asked by all cores, in slices, so that a keystroke is answered at
// once however long the trace, and the rest follows while the window stays alive.
#pragma once

#include <chrono>
#include <span>
#include <vector>

#include "visualizer/model/filter.hpp"
#include "visualizer/model/trace_model.hpp"

namespace ringside::visualizer {

class RowScan {
public:
    using Budget = std::chrono::milliseconds;

    /// Forgets every answer.
    void restart(Filter filter);
    /// Asks about the rows not asked about yet, until the budget is spent, and some in
    /// any case. True: all are answered.
    bool work(TraceModel const& model, Budget budget);

    MomentIndex scanned() const { return scanned_; } ///< rows before this one are answered
    std::vector<MomentIndex> const& rows() const { return rows_; }
    bool matches_everything() const { return filter_.matches_everything(); }

private:
    Filter filter_;
    bool repeats_ = false; ///< rows that look alike have the same answer
    MomentIndex scanned_ = 0;
    std::vector<MomentIndex> rows_; ///< that pass, in order
};

} // namespace ringside::visualizer

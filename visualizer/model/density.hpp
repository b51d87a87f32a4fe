// How many moments of each class lie in a range, without looking at each: running totals every few
// moments. It feeds the strip at the top of the window, whatever the length of the trace.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "visualizer/model/exit_class.hpp"
#include "visualizer/model/moments.hpp"

namespace ringside::visualizer {

using ClassCounts = std::array<std::uint32_t, class_count>;

class Density {
public:
    void add(ExitClass exit_class);
    /// Moments of each class in [begin, end).
    ClassCounts between(Moments const& moments, MomentIndex begin, MomentIndex end) const;
    ClassCounts const& totals() const { return totals_; }

private:
    static constexpr MomentIndex stride = 64;
    ClassCounts before(Moments const& moments, MomentIndex end) const;

    std::vector<ClassCounts> marks_{ClassCounts{}}; ///< totals before moment 0, 64, 128, ...
    ClassCounts totals_{};
    MomentIndex count_ = 0;
};

} // namespace ringside::visualizer

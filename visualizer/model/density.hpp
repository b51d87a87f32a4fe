// How many rows of each class lie in a range, without looking at each: running totals every few
// rows. It feeds the timeline and the strip above it, whatever the length of the trace.
#pragma once

#include <array>
#include <cstdint>

#include "visualizer/model/exit_class.hpp"
#include "visualizer/model/paged.hpp"

namespace ringside::visualizer {

using ClassCounts = std::array<std::uint32_t, class_count>;

class Density {
public:
    void add(ExitClass exit_class);
    std::uint32_t size() const { return static_cast<std::uint32_t>(classes_.size()); }
    /// Rows of each class in [begin, end), counted in the order they were added.
    ClassCounts between(std::uint32_t begin, std::uint32_t end) const;
    ClassCounts const& totals() const { return totals_; }

private:
    static constexpr std::uint32_t stride = 16;
    ClassCounts before(std::uint32_t end) const;

    Paged<ExitClass> classes_;
    Paged<ClassCounts> marks_; ///< totals before row 16, 32, ...
    ClassCounts totals_{};
};

} // namespace ringside::visualizer

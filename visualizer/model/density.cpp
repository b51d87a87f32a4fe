#include "visualizer/model/density.hpp"

#include <algorithm>

namespace ringside::visualizer {

void Density::add(ExitClass exit_class)
{
    classes_.push_back(exit_class);
    ++totals_[static_cast<std::size_t>(exit_class)];
    if (classes_.size() % stride == 0)
        marks_.push_back(totals_);
}

ClassCounts Density::before(std::uint32_t end) const
{
    std::uint32_t const wanted = std::min(end, size());
    ClassCounts counts{};
    if (wanted >= stride)
        counts = marks_[wanted / stride - 1];
    for (std::uint32_t place = wanted / stride * stride; place < wanted; ++place)
        ++counts[static_cast<std::size_t>(classes_[place])];
    return counts;
}

ClassCounts Density::between(std::uint32_t begin, std::uint32_t end) const
{
    ClassCounts const low = before(begin);
    ClassCounts high = before(std::max(begin, end));
    for (std::size_t place = 0; place < class_count; ++place)
        high[place] -= low[place];
    return high;
}

} // namespace ringside::visualizer

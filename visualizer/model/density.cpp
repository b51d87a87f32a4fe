#include "visualizer/model/density.hpp"

#include <algorithm>

namespace ringside::visualizer {

void Density::add(ExitClass exit_class)
{
    ++totals_[static_cast<std::size_t>(exit_class)];
    if (++count_ % stride == 0)
        marks_.push_back(totals_);
}

ClassCounts Density::before(Moments const& moments, MomentIndex end) const
{
    MomentIndex const wanted = std::min(end, count_);
    ClassCounts counts = marks_[wanted / stride];
    for (MomentIndex index = wanted / stride * stride; index < wanted; ++index)
        ++counts[static_cast<std::size_t>(moments[index].exit_class)];
    return counts;
}

ClassCounts Density::between(Moments const& moments, MomentIndex begin, MomentIndex end) const
{
    ClassCounts const low = before(moments, begin);
    ClassCounts high = before(moments, std::max(begin, end));
    for (std::size_t place = 0; place < class_count; ++place)
        high[place] -= low[place];
    return high;
}

} // namespace ringside::visualizer

// The rows of each vCPU apart, in order: a lane of the timeline.
#pragma once

#include <cstdint>
#include <vector>

#include "visualizer/model/density.hpp"
#include "visualizer/model/moments.hpp"
#include "visualizer/model/paged.hpp"

namespace ringside::visualizer {

struct Lane {
    std::uint8_t vcpu = 0;
    Paged<MomentIndex> rows;
    Density density; ///< of `rows`

    std::uint32_t size() const { return static_cast<std::uint32_t>(rows.size()); }
    /// Position of the first row at or behind `moment`.
    std::uint32_t position_of(MomentIndex moment) const
    {
        std::uint32_t low = 0;
        for (std::uint32_t high = size(); low < high;) {
            std::uint32_t const middle = low + (high - low) / 2;
            if (rows[middle] < moment)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
};

class Lanes {
public:
    void add(MomentIndex moment, std::uint8_t vcpu, ExitClass exit_class)
    {
        Lane& lane = lane_of(vcpu);
        lane.rows.push_back(moment);
        lane.density.add(exit_class);
    }
    /// In the order in which the vCPUs appeared.
    std::vector<Lane> const& all() const { return lanes_; }

private:
    Lane& lane_of(std::uint8_t vcpu)
    {
        for (Lane& lane : lanes_)
            if (lane.vcpu == vcpu)
                return lane;
        lanes_.emplace_back().vcpu = vcpu;
        return lanes_.back();
    }

    std::vector<Lane> lanes_;
};

} // namespace ringside::visualizer

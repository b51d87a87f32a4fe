// Who stands on whom, and who acts now: the layers of the machine as it runs here (a VMM above a
// host's kernel, "Type 2"), the same work as a bare-metal hypervisor would divide it ("Type 1"),
// and the life of the machine from its creation to its end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "visualizer/model/inspection.hpp"
#include "visualizer/model/session.hpp"

namespace ringside::visualizer {

struct Layer {
    std::string_view name;
    std::string_view role;   ///< what it does, as a short sentence
    bool active = false;     ///< it acts in the Focus's sub-step
    bool takes_part = false; ///< it acts somewhere in the Focus's exit
};

struct LayerStack {
    std::string_view title;
    std::vector<Layer> layers; ///< from the top down
};

struct LifeState {
    std::string_view name;
    std::string_view cause;         ///< what leads into it, as the backend does it
    RecordIndex record = no_record; ///< that shows it was reached; none: not in this trace
    bool current = false;
};

struct LayerBoard {
    std::vector<LayerStack> stacks; ///< ours, then the other
    std::size_t crossings = 0;      ///< between layers, in the Focus's exit
    std::uint64_t cost = 0;         ///< host nanoseconds of all of them, 0: not stamped
    std::vector<LifeState> life;
};

LayerBoard layer_board(Session const& session);

} // namespace ringside::visualizer

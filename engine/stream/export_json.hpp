// An event as JSON, generic over the fields it describes.
//
//   {"seq": 17, "vcpu": 0, "time": 4000, "event": "exit", "kind": "port-out", "address": 1016, ...}
//
// Numbers are numbers, enumerations are their names, lists are arrays (page-walk steps are
// objects).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/trace/events.hpp"

namespace ringside::stream {

nlohmann::ordered_json to_json(trace::Record const& record);

} // namespace ringside::stream

// A stream as a Perfetto trace, for ui.perfetto.dev: a track for each vCPU, a slice for each exit,
// an instant for each event inside it, with every field as an argument.
//
// Written straight in protobuf's wire format (perfetto, "trace_packet.proto" and
// "track_event.proto"): a dozen field numbers do not need a library. Time is the guest's virtual
// time.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "engine/base/result.hpp"
#include "engine/trace/events.hpp"

namespace ringside::stream {

/// The bytes of the whole Perfetto trace.
std::string to_perfetto(std::span<trace::Record const> records);

Result<void> write_perfetto(std::span<trace::Record const> records,
                            std::filesystem::path const& path);

} // namespace ringside::stream

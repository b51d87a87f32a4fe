// One event as bytes, generic over the fields it describes:
//
//     id (1 byte) | length of the rest (varint) | time since the record before (varint) | fields
//
// bool, enumerations and single bytes take one byte; wider numbers are varints; addresses are
// zigzagged, so that kernel addresses stay short; text is its length and its bytes; a list is its
// count and its items. Because of the length, a reader steps over events it does not know.
//
// Fields may be appended to an event in a later minor version: an older trace lacks them (they keep
// their defaults), and an older reader steps over them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/trace/events.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::trace {

/// Appends one record. `previous_time` is that of the record before it in the same stream.
void encode(RawRecord const& record, std::uint64_t previous_time, std::vector<std::byte>& out);

/// Whether an event's fields must be exactly ours, or may be those of another minor version.
enum class FieldRule : std::uint8_t { exact, other_minor };

struct Decoded {
    std::uint8_t id = 0;
    std::uint64_t time_delta = 0;
    bool known = false; ///< false: we have no event with this id, and `event` is as it was
};

/// Takes one record off the front of `bytes`, which may hold anything, into `event`. The error says
/// which event and which field made no sense; `bytes` is then left where it was.
Result<Decoded> decode(std::span<std::byte const>& bytes, FieldRule rule, Event& event);

} // namespace ringside::trace

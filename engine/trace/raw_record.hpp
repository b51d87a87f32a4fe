// From the raw struct a sink is handed to an Event and back.
//
// A RawRecord is our own memory, written by this very build: a size that does not fit is our
// mistake and an assertion. Bytes from files and sockets go through codec.hpp, which trusts
// nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/trace/events.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::trace {

/// Copies the bytes into the struct that `record.id` names.
Event to_event(RawRecord const& record);

/// The view a sink would be handed for `event`. It points into `event`.
template <typename E>
RawRecord raw_record(E const& event, std::uint8_t vcpu, std::uint64_t time)
{
    auto const* bytes = reinterpret_cast<std::byte const*>(&event);
    return RawRecord{E::id, vcpu, E::category, time, std::span(bytes, stored_size(event))};
}

/// The same for whatever the variant holds.
RawRecord raw_record(Event const& event, std::uint8_t vcpu, std::uint64_t time);

} // namespace ringside::trace

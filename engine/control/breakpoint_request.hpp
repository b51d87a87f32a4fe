// From what a person asked for to a breakpoint: its address and size are worked out once, now, on
// the machine as it stands.
#pragma once

#include <string>
#include <utility>

#include "engine/control/breakpoint.hpp"
#include "engine/control/stepper_command.hpp"

namespace ringside::control {

/// The value, or (Blame::usage) that it cannot be known now: memory that is not mapped, an event's
/// field while there is no event.
template <typename Subject>
Result<std::uint64_t> known_value(query::Value const& value, Subject const& subject)
{
    if (auto const number = query::value_of(value, subject))
        return *number;
    return fail(Blame::usage, "this value is not known here: memory that is not mapped, or a field "
                              "that the last event does not have");
}

template <typename Subject>
Result<Breakpoint> breakpoint_for(command::AddBreakpoint const& wanted, Subject const& subject)
{
    Breakpoint breakpoint;
    breakpoint.condition = wanted.condition;
    breakpoint.condition_text = wanted.condition_text;
    breakpoint.lifetime = wanted.lifetime;
    breakpoint.place = AnyEvent{};
    if (wanted.kind == command::AddBreakpoint::Kind::execute)
        breakpoint.place = ExecuteAt{Gva(TRY(known_value(wanted.address, subject)))};
    if (wanted.kind == command::AddBreakpoint::Kind::watch)
        breakpoint.place =
            Watch{wanted.touch, wanted.space, TRY(known_value(wanted.address, subject)),
                  TRY(known_value(wanted.size, subject))};
    return breakpoint;
}

} // namespace ringside::control

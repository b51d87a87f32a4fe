// The event set as a whole: the way from a number on the wire to a type, and one hash that changes
// whenever a reader would have to.
//
// Not modelled: the numbers inside enumerations. They are append-only, so they are not hashed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "engine/trace/events.hpp"

namespace ringside::trace {

template <typename T>
concept Described = requires
{
    T::fields;
};

/// Calls `action(field)` for every field of an event (or of a described list item), in wire order.
template <Described T, typename Action>
constexpr void for_each_field(Action&& action)
{
    std::apply([&](auto const&... field) { (action(field), ...); }, T::fields);
}

template <typename E>
struct EventType {
    using type = E;
};

namespace detail {

template <typename Action, std::size_t... Index>
constexpr bool pick_event_type(std::uint8_t id, Action&& action, std::index_sequence<Index...>)
{
    auto const try_one = [&](auto tag) {
        using E = typename decltype(tag)::type;
        if (E::id != id)
            return false;
        action(tag);
        return true;
    };
    return (try_one(EventType<std::variant_alternative_t<Index, Event>>{}) || ...);
}

template <typename Action, std::size_t... Index>
constexpr void each_event_type(Action&& action, std::index_sequence<Index...>)
{
    (action(EventType<std::variant_alternative_t<Index, Event>>{}), ...);
}

using EventIndices = std::make_index_sequence<std::variant_size_v<Event>>;

} // namespace detail

/// Calls `action(EventType<E>{})` for the event with this id; false when there is none.
template <typename Action>
constexpr bool with_event_type(std::uint8_t id, Action&& action)
{
    return detail::pick_event_type(id, std::forward<Action>(action), detail::EventIndices{});
}

/// Calls `action(EventType<E>{})` for every event, in the order of the variant.
template <typename Action>
constexpr void for_each_event_type(Action&& action)
{
    detail::each_event_type(std::forward<Action>(action), detail::EventIndices{});
}

/// Name and category of an event id; "unknown" and Category::detail for one we do not have.
std::string_view event_name(std::uint8_t id);
Category event_category(std::uint8_t id);

/// Over ids, names, field names and how each field is encoded, in order. Two builds with the same
/// hash read each other's traces; the hash is in every trace's header.
std::uint64_t schema_hash();

} // namespace ringside::trace

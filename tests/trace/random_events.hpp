// Events with arbitrary contents, the same ones for the same seed. Generic over the described
// fields, so that a new event is covered by every test that uses this.
#pragma once

#include <cstdint>
#include <random>
#include <type_traits>
#include <vector>

#include "engine/trace/events.hpp"
#include "engine/trace/schema.hpp"

namespace ringside::trace {

class RandomEvents {
public:
    explicit RandomEvents(std::uint64_t seed) : generator_(seed) {}

    /// A number of any magnitude: as often one of 3 bits as one of 60.
    std::uint64_t number() { return generator_() >> (generator_() % 64); }

    std::uint64_t below(std::uint64_t limit) { return generator_() % limit; }

    template <typename E>
    E make()
    {
        E event{};
        for_each_field<E>([&](auto const& field) { fill(event.*(field.member)); });
        return event;
    }

    /// One of each type, in the order of the variant.
    std::vector<Event> one_of_each()
    {
        std::vector<Event> events;
        for_each_event_type(
            [&](auto tag) { events.emplace_back(make<typename decltype(tag)::type>()); });
        return events;
    }

private:
    void fill(bool& value) { value = below(2) == 1; }

    template <typename T>
    void fill(T& value)
    {
        if constexpr (Described<T>) {
            value = make<T>();
        } else if constexpr (requires { T::capacity; }) {
            value.count = static_cast<std::uint16_t>(below(T::capacity + 1));
            for (std::size_t index = 0; index < value.count; ++index)
                fill(value.items[index]);
        } else {
            value = static_cast<T>(number());
        }
    }

    std::mt19937_64 generator_;
};

} // namespace ringside::trace

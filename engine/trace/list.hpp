// A bounded list stored inside an event. It must be the event's last member, so that a record
// carries only the items in use.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "engine/base/assert.hpp"

namespace ringside::trace {

template <typename T, std::size_t Capacity>
struct List {
    static_assert(std::is_trivially_copyable_v<T>);
    static constexpr std::size_t capacity = Capacity;

    std::uint16_t count = 0;
    std::array<T, Capacity> items; // only [0, count) is ever read

    List() {} // the items stay uninitialised on purpose: an event is written on every VM exit

    void push(T const& item)
    {
        ASSERT(count < Capacity);
        items[count++] = item;
    }
    std::span<T const> view() const { return std::span(items.data(), count); }
    bool operator==(List const& other) const
    {
        if (count != other.count)
            return false;
        for (std::size_t index = 0; index < count; ++index)
            if (!(items[index] == other.items[index]))
                return false;
        return true;
    }
};

/// Text of at most 64 bytes, cut when longer: names of guests, devices, registers, markers.
struct Text : List<char, 64> {
    Text() = default;
    Text(std::string_view text) // NOLINT: a Text is a string on the wire
    {
        for (char character : text.substr(0, capacity))
            push(character);
    }
    std::string_view text() const { return {items.data(), count}; }
};

} // namespace ringside::trace

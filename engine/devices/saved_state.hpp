// A device's saved state as bytes: its version, then every field in order, little-endian.
//
// A state is a plain struct that lists its fields once, in fields(); packing and unpacking both
// follow that list, so neither can forget one. Every state has a fixed size. Reading never trusts
// the bytes: wrong version, wrong size, a bool that is neither 0 nor 1, or values the state itself
// calls implausible are refused in one line.
// Not modelled: reading older versions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"

namespace ringside::devices {

/// Appends fields to bytes.
class StatePacker {
public:
    template <typename T>
    void field(T const& value)
    {
        if constexpr (requires { T::fields(value); })
            std::apply([this](auto const&... inner) { (this->field(inner), ...); },
                       T::fields(value));
        else if constexpr (std::is_same_v<T, bool>)
            field(static_cast<std::uint8_t>(value ? 1 : 0));
        else if constexpr (std::is_integral_v<T>)
            integer(static_cast<std::make_unsigned_t<T>>(value), sizeof(T));
        else
            for (auto const& item : value)
                field(item);
    }
    std::vector<std::uint8_t> take() { return std::move(bytes_); }

private:
    void integer(std::uint64_t value, std::size_t size)
    {
        for (std::size_t index = 0; index < size; ++index)
            bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * index)));
    }

    std::vector<std::uint8_t> bytes_;
};

/// Takes fields from bytes; complete() says whether they were exactly enough and well formed.
class StateUnpacker {
public:
    explicit StateUnpacker(std::span<std::uint8_t const> bytes) : bytes_(bytes) {}

    template <typename T>
    void field(T& value)
    {
        if constexpr (requires { T::fields(value); }) {
            std::apply([this](auto&... inner) { (this->field(inner), ...); }, T::fields(value));
        } else if constexpr (std::is_same_v<T, bool>) {
            std::uint64_t const raw = integer(1);
            well_formed_ = well_formed_ && raw <= 1;
            value = raw == 1;
        } else if constexpr (std::is_integral_v<T>) {
            value = static_cast<T>(integer(sizeof(T)));
        } else {
            for (auto& item : value)
                field(item);
        }
    }
    bool complete() const { return well_formed_ && bytes_.empty(); }

private:
    std::uint64_t integer(std::size_t size)
    {
        std::uint64_t value = 0;
        for (std::size_t index = 0; index < size && !bytes_.empty(); ++index) {
            value |= static_cast<std::uint64_t>(bytes_.front()) << (8 * index);
            bytes_ = bytes_.subspan(1);
        }
        return value;
    }

    std::span<std::uint8_t const> bytes_;
    bool well_formed_ = true;
};

template <typename State>
std::vector<std::uint8_t> pack_state(State const& state)
{
    StatePacker packer;
    packer.field(State::version);
    packer.field(state);
    return packer.take();
}

template <typename State>
Result<State> unpack_state(std::string_view device, std::span<std::uint8_t const> bytes)
{
    std::string const refusal = "cannot restore " + std::string(device) + ": ";
    std::size_t const size = pack_state(State{}).size();
    if (bytes.size() != size)
        return fail(Blame::input, refusal + "its saved state has " + std::to_string(size) +
                                      " bytes, not " + std::to_string(bytes.size()));
    if (bytes.front() != State::version)
        return fail(Blame::input, refusal + "its saved state is of version " +
                                      std::to_string(bytes.front()) + ", not " +
                                      std::to_string(State::version));
    State state;
    StateUnpacker unpacker(bytes.subspan(1));
    unpacker.field(state);
    if (!unpacker.complete() || !state.plausible())
        return fail(Blame::input, refusal + "a field is out of its range");
    return state;
}

} // namespace ringside::devices

// A subject with a handful of fields, registers and sixteen bytes of memory, made by hand.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "engine/query/evaluate.hpp"

namespace ringside::query {

struct Row {
    std::map<Field, std::uint64_t> numbers = {};
    std::map<Field, std::string> words_of = {};
    std::map<trace::Register, std::uint64_t> registers = {};
    std::map<std::uint64_t, std::uint8_t> bytes = {};          ///< by guest-virtual address
    std::map<std::uint64_t, std::uint8_t> physical_bytes = {}; ///< by guest-physical address

    std::optional<std::uint64_t> number(Field field) const { return look_up(numbers, field); }
    std::string words(Field field) const
    {
        auto const found = words_of.find(field);
        return found == words_of.end() ? std::string() : found->second;
    }
    bool mentions(std::string_view word) const
    {
        for (auto const& [field, text] : words_of)
            if (contains(text, word))
                return true;
        return false;
    }
    std::optional<std::uint64_t> register_value(trace::Register reg) const
    {
        return look_up(registers, reg);
    }
    std::optional<std::uint64_t> memory(AddressSpace space, std::uint64_t address,
                                        unsigned width) const
    {
        auto const& from = space == AddressSpace::guest_virtual ? bytes : physical_bytes;
        std::uint64_t value = 0;
        for (unsigned index = 0; index < width; ++index) {
            auto const byte = from.find(address + index);
            if (byte == from.end())
                return std::nullopt;
            value |= std::uint64_t{byte->second} << (8 * index);
        }
        return value;
    }

private:
    template <typename Key>
    static std::optional<std::uint64_t> look_up(std::map<Key, std::uint64_t> const& map, Key key)
    {
        auto const found = map.find(key);
        return found == map.end() ? std::nullopt : std::optional(found->second);
    }
};

/// `main` at 0x401000 and `ring::Buffer::push(int)` at 0x402000.
inline std::optional<std::uint64_t> two_symbols(std::string_view name)
{
    if (name == "main")
        return 0x401000;
    if (name == "ring::Buffer::push(int)")
        return 0x402000;
    return std::nullopt;
}

} // namespace ringside::query

// Asks a parsed expression about a subject. The subject is whatever has these members, without any
// base class, so that the compiler sees through them where millions of rows are asked:
//
//     number(Field)                   -> std::optional<std::uint64_t>   nothing: it has none
//     words(Field)                    -> std::string or std::string_view, empty: it has none
//     mentions(std::string_view word) -> bool                           for a search
//     register_value(trace::Register) -> std::optional<std::uint64_t>
//     memory(AddressSpace, std::uint64_t address, unsigned width) -> std::optional<std::uint64_t>
//
// What a subject does not have matches nothing, also not by being different.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/query/compare.hpp"
#include "engine/query/expression.hpp"

namespace ringside::query {

/// The part of a subject that stands for a machine, where there is none: a recorded trace.
struct NoMachine {
    std::optional<std::uint64_t> register_value(trace::Register) const { return std::nullopt; }
    std::optional<std::uint64_t> memory(AddressSpace, std::uint64_t, unsigned) const
    {
        return std::nullopt;
    }
};

template <typename Subject>
std::optional<std::uint64_t> value_of(Value const& value, Subject const& subject);

template <typename Subject>
std::optional<std::uint64_t> combined(Value const& value, Subject const& subject)
{
    bool const is_sum = value.kind == Value::Kind::sum;
    std::uint64_t result = is_sum ? 0 : ~0ULL;
    for (Value const& operand : value.operands) {
        std::optional<std::uint64_t> const part = value_of(operand, subject);
        if (!part)
            return std::nullopt;
        if (!is_sum)
            result &= *part;
        else
            result += operand.negative ? 0 - *part : *part;
    }
    return result;
}

template <typename Subject>
std::optional<std::uint64_t> memory_of(Value const& value, Subject const& subject)
{
    std::optional<std::uint64_t> const address = value_of(value.operands.front(), subject);
    return address ? subject.memory(value.space, *address, value.width) : std::nullopt;
}

/// Nothing when the subject lacks something the value needs.
template <typename Subject>
std::optional<std::uint64_t> value_of(Value const& value, Subject const& subject)
{
    switch (value.kind) {
    case Value::Kind::constant:
        return value.number;
    case Value::Kind::field:
        return subject.number(value.field);
    case Value::Kind::register_part: {
        std::optional<std::uint64_t> const whole = subject.register_value(value.part.whole);
        return whole ? std::optional(value.part.of(*whole)) : std::nullopt;
    }
    case Value::Kind::memory:
        return memory_of(value, subject);
    case Value::Kind::sum:
    case Value::Kind::bit_and:
        return combined(value, subject);
    }
    return std::nullopt;
}

template <typename Subject>
bool matches(Node const& node, Subject const& subject)
{
    auto const child_matches = [&](Node const& child) { return matches(child, subject); };
    switch (node.kind) {
    case Node::Kind::every:
        return std::all_of(node.children.begin(), node.children.end(), child_matches);
    case Node::Kind::any:
        return std::any_of(node.children.begin(), node.children.end(), child_matches);
    case Node::Kind::negation:
        return std::none_of(node.children.begin(), node.children.end(), child_matches);
    case Node::Kind::search:
        return subject.mentions(node.word);
    case Node::Kind::compare_field: {
        auto const left = subject.number(node.field);
        return left && compare(*left, node.comparison, node.number);
    }
    case Node::Kind::compare_words:
        return compare(subject.words(node.field), node.comparison, node.word);
    case Node::Kind::compare_values: {
        auto const left = value_of(node.values[0], subject);
        auto const right = value_of(node.values[1], subject);
        return left && right && compare(*left, node.comparison, *right);
    }
    case Node::Kind::not_zero:
        return value_of(node.values[0], subject).value_or(0) != 0;
    }
    return false;
}

template <typename Subject>
bool matches(Condition const& condition, Subject const& subject)
{
    return matches(condition.root(), subject);
}

} // namespace ringside::query

// The comparisons of the expression language: of numbers, and of words.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/query/expression.hpp"
#include "engine/query/text.hpp"

namespace ringside::query {

constexpr bool compare(std::uint64_t left, Operator comparison, std::uint64_t right)
{
    switch (comparison) {
    case Operator::equal:
        return left == right;
    case Operator::unequal:
        return left != right;
    case Operator::less:
        return left < right;
    case Operator::less_equal:
        return left <= right;
    case Operator::more:
        return left > right;
    case Operator::more_equal:
        return left >= right;
    case Operator::has:
        return false; // the parser refuses it
    }
    return false;
}

inline bool compare(std::string_view left, Operator comparison, std::string_view right)
{
    if (left.empty())
        return false;
    if (comparison == Operator::has)
        return contains(left, right);
    return same_name(left, right) == (comparison == Operator::equal);
}

} // namespace ringside::query

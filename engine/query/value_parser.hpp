// The half of the grammar that makes numbers (expression.hpp).
#pragma once

#include <string_view>

#include "engine/query/cursor.hpp"
#include "engine/query/expression.hpp"

namespace ringside::query {

class ValueParser {
public:
    ValueParser(Cursor& cursor, Symbols const& symbols) : cursor_(cursor), symbols_(symbols) {}

    /// The left side of a comparison, or an address.
    Value value();
    /// The right side of a comparison whose left side is called `left`.
    Value value_for(std::string_view left);

    /// A number or a name of one begins here, and what follows it makes it part of a value.
    bool value_begins();

private:
    Value bit_and();
    Value sum();
    Value term();
    Value in_brackets();
    Value memory(AddressSpace space, std::uint8_t width);
    Value named(std::string const& name, std::size_t start);
    Value from_quotes(std::size_t start);
    bool is_numeric(std::string_view name) const;
    void refuse(std::string_view name, std::size_t start);

    Cursor& cursor_;
    Symbols const& symbols_;
    std::string_view left_; ///< empty: this is the left side
};

} // namespace ringside::query

// What a condition asks for, so that nobody waits for something that can never come true, and
// registers are fetched only where they are needed.
#pragma once

#include <cstdint>

#include "engine/base/bits.hpp"
#include "engine/query/expression.hpp"

namespace ringside::query {

struct Uses {
    std::uint32_t fields = 0; ///< bit n: Field(n)
    bool registers = false;
    bool memory = false;
    bool search = false; ///< a word that stands alone
    bool of(Field field) const { return bit(fields, static_cast<unsigned>(field)); }
};

Uses uses_of(Condition const& condition);
Uses uses_of(Value const& value);

} // namespace ringside::query

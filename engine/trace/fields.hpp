// How an event describes its fields, once. Encoder, decoder, JSON, text, tooltips, the book's table
// and the Perfetto export are all generic over this description.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

namespace ringside::trace {

/// How a number wants to be read.
enum class Show : std::uint8_t {
    decimal,
    hex,     ///< 0x3f8
    address, ///< like hex; encoded sign-extended, so that kernel addresses stay short
    yes_no,
    name, ///< an enumeration with a `name_of()` overload
    time, ///< virtual nanoseconds
    text,
    list,
};

template <typename Member>
struct Field {
    std::string_view name; ///< the key in JSON and in filter expressions
    Member member;         ///< pointer to member
    Show show;
    std::string_view help; ///< one sentence for tooltips and the book
};

template <typename Member>
Field(std::string_view, Member, Show, std::string_view) -> Field<Member>;

} // namespace ringside::trace

// The words that fields of a closed set can have, so that a slip of the pen is refused instead of
// matching nothing for ever.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/query/fields.hpp"

namespace ringside::query {

/// The word as the event itself would say it: "page-walk" is "walk", "long64" is "long 64-bit".
/// Any word for a field whose words are open (a device, a symbol); nothing for a word that a closed
/// one never has.
std::optional<std::string> canonical_word(Field field, std::string_view word);

/// "halt, port-in, ...": all the words of a closed field; empty for an open one.
std::string known_words(Field field);

} // namespace ringside::query

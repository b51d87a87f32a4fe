// Names as a person types them: small and capital letters alike, '-' and '_' alike.
#pragma once

#include <string_view>

namespace ringside::query {

bool same_name(std::string_view a, std::string_view b);
/// `text` contains `part`, compared in the same way.
bool contains(std::string_view text, std::string_view part);

} // namespace ringside::query

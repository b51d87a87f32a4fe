#include "engine/base/result.hpp"

#include <cstring>

namespace ringside {

Error host_error(std::string_view tried, int error_number, std::string_view advice)
{
    std::string text = "cannot ";
    text += tried;
    text += ": ";
    text += std::strerror(error_number);
    if (!advice.empty()) {
        text += "; ";
        text += advice;
    }
    return Error{std::move(text), Blame::host};
}

} // namespace ringside

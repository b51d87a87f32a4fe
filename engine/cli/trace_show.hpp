// Printing a recorded stream. See trace_show.cpp.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/result.hpp"

namespace ringside::cli {

enum class ShowForm : std::uint8_t { records, json, story };

struct ShowOptions {
    ShowForm form = ShowForm::records;
    std::uint64_t last = 0; ///< lines, or records; 0: all
    std::uint64_t from = 0; ///< sequence number
};

Result<int> show_trace(std::string const& file, ShowOptions const& options);

} // namespace ringside::cli

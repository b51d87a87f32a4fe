// Rows as text: for spreadsheets, for scripts, for the book, and for people who read the trace
// instead of looking at it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "visualizer/model/session.hpp"

namespace ringside::visualizer {

enum class RowFormat : std::uint8_t { markdown, json, csv };
std::optional<RowFormat> row_format_named(std::string_view name); ///< "md", "json", "csv"

/// Sequence numbers, both included.
struct SeqRange {
    std::uint64_t first = 0;
    std::uint64_t last = ~std::uint64_t{0};
    bool contains(std::uint64_t seq) const { return seq >= first && seq <= last; }
};
/// "all", "120", "100..200", "100..", "..200"; nothing for anything else.
std::optional<SeqRange> seq_range(std::string_view text);

/// The rows of the filtered list whose sequence numbers lie in `range`.
std::string rows_as(Session const& session, RowFormat format, SeqRange range);

} // namespace ringside::visualizer

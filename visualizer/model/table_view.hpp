// The table that one rung of a page walk stands in: every entry of it that the trace knows, as
// walks read them, and what changed since an entry was read before.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "visualizer/model/trace_model.hpp"
#include "visualizer/model/walk_ladder.hpp"

namespace ringside::visualizer {

struct TableCell {
    bool known = false; ///< a walk read it at or before now
    bool present = false;
    bool large = false; ///< maps a page above the last level
    bool no_execute = false;
    std::uint64_t entry = 0;
    RecordIndex teller = no_record;
};

struct TablePicture {
    std::string_view name; ///< "PD"
    std::uint64_t gpa = 0; ///< where the table lies
    std::size_t focus = 0; ///< the entry the walk used
    std::size_t columns = 32;
    std::vector<TableCell> cells;
};

/// The table of `rung`, as of record `now`.
TablePicture table_picture(TraceModel const& model, trace::PageWalk const& walk, Rung const& rung,
                           RecordIndex now);

/// Marks the bits in which this walk's entries differ from when they were read before; `record` is
/// the walk's.
void mark_changes(Ladder& ladder, TraceModel const& model, RecordIndex record);

} // namespace ringside::visualizer

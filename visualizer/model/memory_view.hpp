// The guest's memory as far as the trace holds bytes: page-table entries that walks read (by
// guest-physical address) and machine code that exited (by linear address).
//
// Not recorded, and shown as `x`: everything else. A trace keeps events, not memory; a byte nobody
// read or ran while it was recorded cannot be known afterwards.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "visualizer/model/register_history.hpp"
#include "visualizer/model/trace_model.hpp"

namespace ringside::visualizer {

enum class MemorySpace : std::uint8_t { physical, linear };

struct MemoryByte {
    std::uint8_t value = 0;
    bool known = false;
    bool changed = false;           ///< it was told with another value before
    RecordIndex teller = no_record; ///< the record that told it last
};

struct MemoryRow {
    static constexpr std::size_t width = 16;

    std::uint64_t address = 0;
    std::array<MemoryByte, width> bytes;
    std::uint64_t gap = 0; ///< bytes before it of which none is known
    std::string place;     ///< memory slot or symbol, where it differs from the row above
};

/// The rows with a known byte, as of `now`, in order of address: those nearest to `around`, as many
/// as a person might scroll through.
std::vector<MemoryRow> memory_rows(TraceModel const& model, MemorySpace space, RecordIndex now,
                                   std::uint64_t around = 0);

struct MemoryPlace {
    MemorySpace space = MemorySpace::linear;
    std::uint64_t address = 0;
};
struct ParsedPlace {
    std::optional<MemoryPlace> place;
    std::string problem; ///< when there is none
};
/// "rsp+8", "gpa:0x3000", "print+0x10", "cr3": registers, symbols and numbers, added and
/// subtracted. "cr3" alone, and everything behind "gpa:", is guest-physical.
ParsedPlace parse_place(std::string_view text, TraceModel const& model,
                        RegisterState const& registers);

} // namespace ringside::visualizer

// The guest's code as far as the trace holds it: the instructions that exited, in order of address,
// each with how often it exited, and where the guest stands.
//
// Not recorded, and so not shown: instructions that never exit. What lies between two lines is
// drawn as a gap, never guessed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "visualizer/model/register_history.hpp"
#include "visualizer/model/trace_model.hpp"

namespace ringside::visualizer {

struct CodeLine {
    std::uint64_t address = 0;
    std::string symbol; ///< of the address; told once for lines of the same symbol
    std::string bytes;
    std::string text;
    std::uint64_t exits_until_now = 0;
    std::uint64_t exits = 0;                      ///< in the whole trace
    RecordIndex last = no_record;                 ///< its last exit at or before now
    ExitClass exit_class = ExitClass::other;      ///< of that exit, or of its first
    trace::ExitKind kind = trace::ExitKind::halt; ///< the same
    std::optional<std::uint64_t> target;          ///< of a branch
    std::uint64_t gap = 0;                        ///< bytes before it that are not recorded
    bool here = false;                            ///< the Focus's instruction
    bool next = false;                            ///< where the guest goes on
};

struct CodeView {
    std::vector<CodeLine> lines;
    std::size_t focus = 0; ///< the line nearest to where the guest stands
    std::string operands;  ///< "dx 0x3f8, al 0x41": of the Focus's instruction
};

/// What was recorded at or before `now`, as many lines as a person might scroll through around
/// where the guest stands; `moment` is the Focus's row.
CodeView code_view(TraceModel const& model, MomentIndex moment, RecordIndex now,
                   RegisterState const& registers);

} // namespace ringside::visualizer

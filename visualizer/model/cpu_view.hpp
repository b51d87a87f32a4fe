// The registers as the CPU panel groups them: values with what they were before, flags and control
// bits as letters, segments with their hidden parts, and the mode all of that adds up to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/trace/names.hpp"
#include "engine/trace/registers.hpp"
#include "visualizer/model/register_history.hpp"

namespace ringside::visualizer {

struct RegisterChange {
    trace::Register which = trace::Register::rax;
    std::uint64_t before = 0;
    std::uint64_t now = 0;
    bool had_value = false; ///< `before` is known
};

/// Registers that differ, in the order of the register table.
std::vector<RegisterChange> changes(RegisterState const& before, RegisterState const& now);

/// A named bit of RFLAGS, CR0, CR4 or EFER.
struct NamedBit {
    std::string_view name; ///< "IF"
    unsigned position = 0;
    bool set = false;
    bool changed = false;
    std::string_view meaning;
};

/// RFLAGS as letters, upper case when set, in the order c p a z s T I d o.
std::vector<NamedBit> flag_bits(RegisterState const& before, RegisterState const& now);
std::vector<NamedBit> cr0_bits(RegisterState const& before, RegisterState const& now);
std::vector<NamedBit> cr4_bits(RegisterState const& before, RegisterState const& now);
std::vector<NamedBit> efer_bits(RegisterState const& before, RegisterState const& now);

struct SegmentRow {
    std::string_view name; ///< "CS"
    std::uint16_t selector = 0;
    std::uint64_t base = 0;
    std::uint64_t limit = 0;
    std::string attributes; ///< "code 64-bit ring 0"
    bool changed = false;
};
std::vector<SegmentRow> segments(RegisterState const& before, RegisterState const& now);

/// The mode the control bits and CS add up to.
trace::CpuMode mode_of(RegisterState const& state);
trace::PagingMode paging_of(RegisterState const& state);
/// The current privilege level: DPL of SS.
unsigned ring_of(RegisterState const& state);

} // namespace ringside::visualizer

// An instruction's bytes as text, by Zydis: what the CPU was asked to do, in Intel syntax.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/trace/events.hpp"
#include "visualizer/model/register_history.hpp"

namespace ringside::visualizer {

/// "out dx, al"; "(bad)" for bytes that are no instruction.
std::string disassemble(trace::Instruction const& instruction);
/// "ee" or "48 89 d8".
std::string byte_text(trace::Instruction const& instruction);
/// Where a branch with an address of its own leads.
std::optional<std::uint64_t> branch_target(trace::Instruction const& instruction);
/// "dx 0x3f8, al 0x41": the registers it names, as far as they are known.
std::string operand_text(trace::Instruction const& instruction, RegisterState const& registers);

} // namespace ringside::visualizer

// An instruction's bytes as text, by Zydis: what the CPU was asked to do, in Intel syntax.
#pragma once

#include <cstdint>
#include <string>

#include "engine/trace/events.hpp"

namespace ringside::visualizer {

/// "out dx, al"; "(bad)" for bytes that are no instruction.
std::string disassemble(trace::Instruction const& instruction);
/// "ee" or "48 89 d8".
std::string byte_text(trace::Instruction const& instruction);

} // namespace ringside::visualizer

// What the stepper shows of a machine, as lines of plain text: no colour, no tables that need eyes
// to line up, one fact to a line where it can be. It reads well aloud, over ssh and in a log.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "engine/base/ids.hpp"
#include "engine/control/breakpoint.hpp"
#include "engine/trace/events.hpp"
#include "engine/trace/registers.hpp"

namespace ringside::control {

/// "rax is 0x5, was 0x4" for each register that differs; one sentence when none does. RFLAGS, CR0
/// and the like with the names of their bits.
std::string changed_registers_text(trace::RegisterFile const& before,
                                   trace::RegisterFile const& now);
/// Every register, a few to a line.
std::string all_registers_text(trace::RegisterFile const& now);
/// "0x246: PF ZF IF"
std::string value_text(trace::Register name, std::uint64_t value);

/// Sixteen bytes to a line, then the letters; `asked` is how many should have been there.
std::string memory_text(std::uint64_t address, std::span<std::uint8_t const> bytes,
                        std::uint64_t asked);

/// "0x7c1f  ee  out dx, al". Nothing decodes: "(bad)" and one byte.
struct InstructionText {
    std::string text;
    std::uint8_t length = 1;
};
InstructionText instruction_text(std::uint64_t linear, std::span<std::uint8_t const> bytes,
                                 trace::CodeSize size);
/// So many instructions, or as many as there are bytes for.
std::string disassembly_text(std::uint64_t linear, std::span<std::uint8_t const> bytes,
                             trace::CodeSize size, std::uint64_t count);

/// Each step of the walk with its entry in words, then what came of it.
std::string walk_text(trace::PageWalk const& walk);

/// A line for each, or that there are none.
std::string breakpoints_text(std::span<Breakpoint const> breakpoints);

} // namespace ringside::control

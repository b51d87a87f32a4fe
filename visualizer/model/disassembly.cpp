#include "visualizer/model/disassembly.hpp"

#include <Zydis/Zydis.h>
#include <fmt/format.h>

namespace ringside::visualizer {

namespace {

ZydisMachineMode machine_mode(trace::CodeSize size)
{
    switch (size) {
    case trace::CodeSize::bits16:
        return ZYDIS_MACHINE_MODE_LEGACY_16;
    case trace::CodeSize::bits32:
        return ZYDIS_MACHINE_MODE_LEGACY_32;
    case trace::CodeSize::bits64:
        break;
    }
    return ZYDIS_MACHINE_MODE_LONG_64;
}

} // namespace

std::string disassemble(trace::Instruction const& instruction)
{
    ZydisDisassembledInstruction decoded;
    if (!ZYAN_SUCCESS(ZydisDisassembleIntel(machine_mode(instruction.code_size), instruction.rip,
                                            instruction.bytes.view().data(),
                                            instruction.bytes.count, &decoded)))
        return "(bad)";
    return decoded.text;
}

std::string byte_text(trace::Instruction const& instruction)
{
    return fmt::format("{:02x}", fmt::join(instruction.bytes.view(), " "));
}

} // namespace ringside::visualizer

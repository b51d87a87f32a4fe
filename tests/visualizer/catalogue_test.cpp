// Names: devices, registers, symbols, slots, instructions, numbers.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"
#include "visualizer/model/catalogue.hpp"
#include "visualizer/model/disassembly.hpp"
#include "visualizer/model/format.hpp"

#include <initializer_list>
#include <tuple>

using namespace ringside;
using namespace ringside::visualizer;

namespace {

trace::DeviceAccess written(std::uint16_t offset, std::uint64_t value)
{
    return {0, 1, trace::Direction::write, offset, value};
}

Catalogue with_registers(
    std::initializer_list<std::tuple<std::uint16_t, trace::Access, std::string_view>> registers)
{
    Catalogue catalogue;
    for (auto const& [offset, access, label] : registers)
        catalogue.add(trace::RegisterDefined{0, offset, access, label});
    return catalogue;
}

} // namespace

TEST_CASE("two registers at one offset are told apart by the direction of the access")
{
    Catalogue const catalogue =
        with_registers({{0, trace::Access::read_only, "RBR: Receiver Buffer Register"},
                        {0, trace::Access::write_only, "THR: Transmitter Holding Register"}});
    CHECK(catalogue.register_at(0, 0, trace::Direction::read)->short_name == "RBR");
    CHECK(catalogue.register_at(0, 0, trace::Direction::write)->long_name ==
          "Transmitter Holding Register");
    CHECK(catalogue.register_at(0, 1, trace::Direction::read) == nullptr);
}

TEST_CASE("the divisor latch lies over the data register while LCR's top bit is set")
{
    Catalogue catalogue =
        with_registers({{0, trace::Access::write_only, "THR: Transmitter Holding Register"},
                        {0, trace::Access::read_write, "DLL: Divisor Latch, low byte"},
                        {3, trace::Access::read_write, "LCR: Line Control Register"}});
    CHECK(catalogue.add(written(0, 'a'))->short_name == "THR");
    CHECK(catalogue.add(written(3, 0x83))->short_name == "LCR");
    CHECK(catalogue.add(written(0, 1))->short_name == "DLL");
    catalogue.add(written(3, 0x03));
    CHECK(catalogue.add(written(0, 'b'))->short_name == "THR");
}

TEST_CASE("a command to the PIC is named by its bits, and its initialization by its order")
{
    Catalogue catalogue = with_registers({{0, trace::Access::write_only, "ICW1: initialization"},
                                          {0, trace::Access::write_only, "OCW2: end of interrupt"},
                                          {0, trace::Access::write_only, "OCW3: what to read"},
                                          {1, trace::Access::read_write, "IMR: mask"},
                                          {1, trace::Access::write_only, "ICW2-4: set-up"}});
    CHECK(catalogue.add(written(0, 0x20))->short_name == "OCW2");
    CHECK(catalogue.add(written(0, 0x0a))->short_name == "OCW3");
    CHECK(catalogue.add(written(0, 0x11))->short_name == "ICW1");
    for (int word = 0; word < 3; ++word)
        CHECK(catalogue.add(written(1, 0x20))->short_name == "ICW2-4");
    CHECK(catalogue.add(written(1, 0xfe))->short_name == "IMR");
}

TEST_CASE("an address is named by the nearest symbol below it, if that is near")
{
    Catalogue catalogue;
    catalogue.add(trace::Symbol{0x1000, std::string_view("start")});
    catalogue.add(trace::Symbol{0x1040, std::string_view("print")});
    CHECK(catalogue.symbol_at(0x1000) == "start");
    CHECK(catalogue.symbol_at(0x1044) == "print+0x4");
    CHECK(catalogue.symbol_at(0xfff).empty());
    CHECK(catalogue.symbol_at(0x900000).empty());
}

TEST_CASE("an instruction that was overwritten is the old one at an old record")
{
    trace::Instruction first;
    first.rip = 0x10;
    first.bytes.push(0xf4);
    trace::Instruction second = first;
    second.bytes.items[0] = 0xee;
    Catalogue catalogue;
    catalogue.add(5, first);
    catalogue.add(9, second);
    CHECK_FALSE(catalogue.instruction_at(0x10, 4));
    CHECK(disassemble(*catalogue.instruction_at(0x10, 8)) == "hlt");
    CHECK(disassemble(*catalogue.instruction_at(0x10, 9)) == "out dx, al");
}

TEST_CASE("the same bytes are another instruction in 16-bit and in 64-bit code")
{
    trace::Instruction instruction;
    for (int const byte : {0x48, 0x89, 0xd8})
        instruction.bytes.push(static_cast<std::uint8_t>(byte));
    instruction.code_size = trace::CodeSize::bits64;
    CHECK(disassemble(instruction) == "mov rax, rbx");
    instruction.code_size = trace::CodeSize::bits16;
    CHECK(disassemble(instruction) == "dec ax");
    CHECK(byte_text(instruction) == "48 89 d8");
}

TEST_CASE("bytes that are no instruction say so")
{
    trace::Instruction instruction;
    instruction.bytes.push(0x0f);
    CHECK(disassemble(instruction) == "(bad)");
}

TEST_CASE("a guest-physical address outside every slot has none")
{
    Catalogue catalogue;
    catalogue.add(trace::SlotMapped{0x1000, 0x1000, trace::SlotKind::ram, std::string_view("RAM")});
    CHECK(catalogue.slot_at(0xfff) == nullptr);
    CHECK(catalogue.slot_at(0x1000)->label.text() == "RAM");
    CHECK(catalogue.slot_at(0x2000) == nullptr);
}

TEST_CASE("a name from a trace cannot carry control characters into the window")
{
    Catalogue catalogue;
    catalogue.add(
        trace::DeviceDefined{3, trace::Space::port, 0, 1, std::string_view("a\x1b[1m\n")});
    CHECK(catalogue.device_name(3) == "a?[1m?");
}

TEST_CASE("numbers read the same everywhere")
{
    CHECK(hex(0x3f8) == "0x3f8");
    CHECK(hex_padded(0x3f8, 8) == "000003f8");
    CHECK(grouped(1234567) == "1,234,567");
    CHECK(grouped(123) == "123");
    CHECK(duration(640) == "640 ns");
    CHECK(duration(12'340) == "12.34 us");
    CHECK(duration(9'940'000) == "9.940 ms");
    CHECK(bytes_size(16 << 20) == "16 MiB");
    CHECK(character('A') == "'A'");
    CHECK(character('\n') == "'\\n'");
    CHECK(character(0x80).empty());
    CHECK(character('A', 4).empty());
}

// Registers, memory, descriptions and the monitor through packets.
#include <fmt/format.h>

#include "engine/control/gdb_registers.hpp"
#include "tests/control/conversation.hpp"

using namespace ringside;
using namespace ringside::control;

namespace {

using Size = x86::CodeSize;

std::size_t index_of(Size size, std::string_view name)
{
    auto const all = gdb_registers(size);
    for (std::size_t index = 0; index < all.size(); ++index)
        if (all[index].name == name)
            return index;
    FAIL("there is no register " << name);
    return 0;
}

std::uint64_t value_of(VcpuRegisters const& registers, Size size, std::string_view name)
{
    std::uint64_t value = 0;
    auto const bytes = read_register(gdb_registers(size)[index_of(size, name)], registers);
    for (std::size_t index = 0; index < bytes.size(); ++index)
        value |= std::uint64_t{bytes[index]} << (8 * index);
    return value;
}

bool write(VcpuRegisters& registers, Size size, std::string_view name,
           std::vector<std::uint8_t> const& bytes)
{
    return write_register(gdb_registers(size)[index_of(size, name)], bytes, registers);
}

VcpuRegisters real_mode()
{
    VcpuRegisters registers;
    registers.cpu = x86::real_mode_start(0x7c00);
    registers.cpu.segments[x86::cs].selector = 0x7c0;
    registers.cpu.segments[x86::cs].base = 0x7c00;
    registers.cpu.rip = 0x12;
    return registers;
}

} // namespace

TEST_CASE("the g packet holds every register of the description, in its order")
{
    Conversation gdb;
    gdb.machine.cpu().gpr[x86::rax] = 0x1122334455667788;
    gdb.machine.cpu().gpr[x86::rbx] = 0xb;
    std::string const all = gdb.ask("g");
    std::size_t bytes = 0;
    for (GdbRegister const& each : gdb_registers(Size::bits64))
        bytes += each.bytes;
    CHECK(all.size() == 2 * bytes);
    CHECK(all.substr(0, 32) == "88776655443322110b00000000000000");
}

TEST_CASE("what G wrote, g reads, and nothing else of the machine has changed")
{
    Conversation gdb;
    x86::CpuState const before = gdb.machine.cpu();
    std::string all = gdb.ask("g");
    CHECK(gdb.ask("G" + all) == "OK");
    CHECK(gdb.machine.cpu() == before);
    all.replace(0, 4, "3412");
    CHECK(gdb.ask("G" + all) == "OK");
    CHECK(gdb.machine.cpu().gpr[x86::rax] == 0x1234);
    CHECK(gdb.ask("g") == all);
}

TEST_CASE("registers that are too few, too many or no numbers are refused whole")
{
    Conversation gdb;
    x86::CpuState const before = gdb.machine.cpu();
    std::string const all = gdb.ask("g");
    for (std::string const& wrong :
         {std::string(), all.substr(2), all + "00", "zz" + all.substr(2), all.substr(1)})
        CHECK(gdb.ask("G" + wrong) == "E16");
    for (std::string_view const wrong :
         {"P0=00", "P0", "P=00", "Pff=00", "P0=zz00000000000000", "pff", "p", "p-1", "p0;"})
        CHECK(gdb.ask(wrong) == "E16");
    CHECK(gdb.machine.cpu() == before);
}

TEST_CASE("pc is a linear address in every mode, and writing it finds the offset again")
{
    VcpuRegisters registers = real_mode();
    for (Size const size : {Size::bits16, Size::bits32})
        CHECK(value_of(registers, size, "eip") == 0x7c12);
    CHECK(value_of(registers, Size::bits64, "rip") == 0x7c12);
    CHECK(value_of(registers, Size::bits64, "cs_base") == 0x7c00);
    CHECK(write(registers, Size::bits16, "eip", {0x20, 0x7c, 0, 0}));
    CHECK(registers.cpu.rip == 0x20);
}

TEST_CASE("a selector can be written in real mode, where it is the whole segment, and only there")
{
    VcpuRegisters registers = real_mode();
    CHECK(write(registers, Size::bits16, "ds", {0x00, 0xb8, 0, 0}));
    CHECK(registers.cpu.segments[x86::ds].base == 0xb8000);
    CHECK_FALSE(write(registers, Size::bits16, "ds", {0, 0, 1, 0}));
    registers.cpu.cr0 |= 1;
    CHECK_FALSE(write(registers, Size::bits32, "ds", {8, 0, 0, 0}));
    CHECK(write(registers, Size::bits32, "ds", {0x00, 0xb8, 0, 0})); // as it is already
    CHECK(registers.cpu.segments[x86::ds].selector == 0xb800);
}

TEST_CASE("writing all 32-bit registers back does not cut the 64-bit ones")
{
    VcpuRegisters registers;
    registers.cpu.gpr[x86::rax] = 0x1122334455667788;
    CHECK(write(registers, Size::bits32, "eax", {0x88, 0x77, 0x66, 0x55}));
    CHECK(registers.cpu.gpr[x86::rax] == 0x1122334455667788);
    CHECK(write(registers, Size::bits32, "eax", {1, 0, 0, 0}));
    CHECK(registers.cpu.gpr[x86::rax] == 1);
}

TEST_CASE("x87 and SSE registers pass through whole, and the tag word says what is empty")
{
    VcpuRegisters registers;
    std::vector<std::uint8_t> const pi = {0x35, 0xc2, 0x68, 0x21, 0xa2, 0xda, 0x0f, 0xc9, 0, 0x40};
    CHECK(value_of(registers, Size::bits64, "ftag") == 0xffff);
    CHECK(write(registers, Size::bits64, "st3", pi));
    CHECK(write(registers, Size::bits64, "ftag", {0x3f, 0xff, 0, 0}));
    CHECK(registers.fpu.in_use == 0x08);
    CHECK(value_of(registers, Size::bits64, "ftag") == 0xff3f);
    CHECK(read_register(gdb_registers(Size::bits64)[index_of(Size::bits64, "st3")], registers) ==
          pi);
    std::vector<std::uint8_t> const vector(16, 0xab);
    CHECK(write(registers, Size::bits64, "xmm15", vector));
    CHECK(registers.fpu.xmm[15][9] == 0xab);
    CHECK_FALSE(write(registers, Size::bits64, "xmm15", {1}));
}

TEST_CASE("every register of every description reads, and takes back what it read")
{
    for (Size const size : {Size::bits16, Size::bits32, Size::bits64}) {
        VcpuRegisters registers = real_mode();
        VcpuRegisters const before = registers;
        for (GdbRegister const& each : gdb_registers(size)) {
            INFO(each.name);
            auto const bytes = read_register(each, registers);
            CHECK(bytes.size() == each.bytes);
            CHECK(write_register(each, bytes, registers));
        }
        CHECK(registers.cpu == before.cpu);
        CHECK(registers.fpu == before.fpu);
    }
}

TEST_CASE("memory is read up to the first page that is not there")
{
    Conversation gdb;
    gdb.machine.byte(0x3fff) = 0x7f;
    CHECK(gdb.ask("m1000,4") == "48ffc0aa");
    CHECK(gdb.ask("m3fff,10") == "7f");
    CHECK(gdb.ask("m4000,1") == "E0e");
    CHECK(gdb.ask("mffffffffffffffff,2") == "E0e");
    CHECK(gdb.ask("m1000,0").empty());
    CHECK(gdb.ask("m1000,ffffffffffffffff").size() <= most_packet_bytes);
}

TEST_CASE("memory is written from digits and from bytes, whole or not at all there")
{
    Conversation gdb;
    CHECK(gdb.ask("M2000,2:beef") == "OK");
    CHECK((gdb.machine.byte(0x2000) == 0xbe && gdb.machine.byte(0x2001) == 0xef));
    CHECK(gdb.ask("X2000,3:" + escaped("}#\x7f")) == "OK");
    CHECK((gdb.machine.byte(0x2000) == '}' && gdb.machine.byte(0x2001) == '#'));
    CHECK(gdb.ask("X0,0:") == "OK");
    CHECK(gdb.ask("M3fff,2:0102") == "E0e");
    for (std::string_view const wrong :
         {"M2000,2:be", "M2000,2", "M2000", "M2000,2:beefbe", "X2000,1:", "X2000,1:}", "m2000",
          "m,", "m2000,2;", "mxyz,1"})
        CHECK(gdb.ask(wrong) == "E16");
}

TEST_CASE("break- and watchpoints that make no sense are refused")
{
    Conversation gdb;
    for (std::string_view const wrong :
         {"Z5,1000,1", "Z2,1000,0", "Z0,1000", "Z0", "Z,1000,1", "Z0,1000,1;X1,00", "z9,0,0"})
        CHECK(gdb.ask(wrong) == "E16");
    CHECK(gdb.ask("Z2,ffffffffffffffff,2") == "E05"); // the set refuses it
    CHECK(gdb.machine.breakpoints().all().empty());
}

TEST_CASE("the description arrives in pieces, and together they are the document")
{
    Conversation gdb;
    std::string whole;
    std::string answer;
    do {
        answer = gdb.ask(fmt::format("qXfer:features:read:target.xml:{:x},100", whole.size()));
        whole += *unescaped(answer.substr(1));
    } while (answer[0] == 'm');
    CHECK(answer[0] == 'l');
    CHECK(whole == gdb_description(Size::bits64));
    CHECK(gdb.ask("qXfer:features:read:other.xml:0,100") == "E00");
    CHECK(gdb.ask("qXfer:features:read:target.xml:ffffff,100") == "E16");
    CHECK(gdb.ask("qXfer:features:read:target.xml:0") == "E16");
}

TEST_CASE("each code size has its description, taken over when gdb reads it")
{
    Conversation gdb;
    std::size_t const size = gdb.ask("g").size();
    CHECK(gdb.ask("qRcmd," + text_to_hex("description 16")).find("O") == 0);
    CHECK(gdb.ask("g").size() == size); // gdb does not know yet
    CHECK(gdb.ask("qXfer:features:read:target.xml:0,1000").find(">i8086<") != std::string::npos);
    CHECK(gdb.ask("g").size() < size);
    gdb.ask("qRcmd," + text_to_hex("description 64"));
    gdb.ask("qXfer:features:read:target.xml:0,1000");
    CHECK(gdb.ask("g").size() == size);
}

TEST_CASE("what is typed behind monitor reaches the machine, and its answer the person")
{
    Conversation gdb(2);
    gdb.ask("Hg2");
    gdb.session.receive(framed("qRcmd," + text_to_hex(" break when kind == halt ")));
    CHECK(gdb.heard() == "+" +
                             framed("O" + text_to_hex("vCPU 1 hears: break when kind == halt\n")) +
                             framed("OK"));
    CHECK(gdb.machine.monitored == "break when kind == halt");
    CHECK(gdb.ask("qRcmd,zz") == "E16");
}

TEST_CASE("a thread is described by its mode")
{
    Conversation gdb;
    auto const text = from_hex(gdb.ask("qThreadExtraInfo,1"));
    REQUIRE(text);
    CHECK(std::string(text->begin(), text->end()) == "vCPU 0, long 64-bit mode, CPL 0");
    CHECK(gdb.ask("qThreadExtraInfo,7") == "E16");
}

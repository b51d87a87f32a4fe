// Memory-mapped devices: what the instruction does is what the exits say, whatever pieces the
// library cuts it into.
#include "tests/backend/unicorn/box.hpp"

using namespace ringside;
using namespace ringside::unicorn_test;

namespace {

Exit read(std::uint64_t offset, std::uint8_t width)
{
    return exit::MmioRead{Gpa(device + offset), width};
}

Exit write(std::uint64_t offset, std::uint8_t width, std::uint64_t value)
{
    return exit::MmioWrite{Gpa(device + offset), width, value};
}

/// Each device byte reads as its own offset, so that a misplaced byte shows.
std::uint64_t count_up(Exit const& left)
{
    auto const* const load = std::get_if<exit::MmioRead>(&left);
    std::uint64_t value = 0;
    for (unsigned index = 0; load != nullptr && index < load->width; ++index)
        value |= ((load->gpa.value + index) & 0xff) << (index * 8);
    return value;
}

std::vector<Exit> without_ports(std::vector<Exit> const& all)
{
    std::vector<Exit> kept;
    for (Exit const& left : all)
        if (!std::holds_alternative<exit::PortOut>(left))
            kept.push_back(left);
    return kept;
}

std::vector<Exit> exits_of(Box& box)
{
    box.answer = count_up;
    box.run();
    REQUIRE(box.done());
    return without_ports(box.exits);
}

} // namespace

TEST_CASE("device loads exit with the width of the operand")
{
    Box box(Start::long64, GUEST_BYTES(device_loads));
    CHECK(exits_of(box) == std::vector<Exit>{read(0, 1), read(2, 2), read(4, 4), read(8, 8),
                                             read(1, 1), read(6, 2)});
    CHECK(box.said() == std::vector<std::uint64_t>{0x01, 0x0706});
}

TEST_CASE("device stores exit with the width and value of the operand")
{
    Box box(Start::long64, GUEST_BYTES(device_stores));
    CHECK(exits_of(box) == std::vector<Exit>{write(0, 1, 0x88), write(2, 2, 0x7788),
                                             write(4, 4, 0x55667788),
                                             write(8, 8, 0x1122334455667788), write(16, 4, 0x99)});
}

TEST_CASE("a device load is at its instruction until it is finished, and complete afterwards")
{
    Box box(Start::long64, GUEST_BYTES(device_loads));
    REQUIRE(box.enter() == read(0, 1));
    CHECK(box.registers().rip == code + 5);
    CHECK(box.vcpu->standing().instruction.linear_rip == code + 5);
    CHECK(box.vcpu->standing().instruction.length == 2);
    CHECK(box.registers().gpr[x86::rax] == 0);
    box.finish({.value = 0xffff'ff42, .general_protection = false});
    CHECK(box.registers().rip == code + 7);
    CHECK(box.registers().gpr[x86::rax] == 0x42);
}

TEST_CASE("a finished device store is behind its instruction")
{
    Box box(Start::long64, GUEST_BYTES(device_stores));
    REQUIRE(box.enter() == write(0, 1, 0x88));
    CHECK(box.vcpu->standing().instruction.linear_rip == code + 15);
    CHECK(box.vcpu->standing().instruction.length == 2);
    box.finish();
    CHECK(box.registers().rip == code + 17);
}

TEST_CASE("an unaligned device access is one exit")
{
    Box box(Start::long64, GUEST_BYTES(device_unaligned));
    CHECK(exits_of(box) == std::vector<Exit>{write(1, 4, 0x55667788),
                                             write(3, 8, 0x1122334455667788), write(7, 2, 0x7788),
                                             read(1, 4), read(3, 8), read(7, 2)});
    CHECK(box.registers().gpr[x86::rbx] == 0x04030201);
    CHECK(box.registers().gpr[x86::rcx] == 0x0a09080706050403);
    CHECK((box.registers().gpr[x86::rdx] & 0xffff) == 0x0807);
}

TEST_CASE("a device access across a page border is one exit for each page")
{
    Box box(Start::long64, GUEST_BYTES(device_across_pages));
    CHECK(exits_of(box) == std::vector<Exit>{write(0xffd, 3, 0x667788),
                                             write(0x1000, 5, 0x1122334455), read(0xffd, 3),
                                             read(0x1000, 5)});
    CHECK(box.registers().gpr[x86::rbx] == 0x0403020100fffefd);
}

TEST_CASE("a device access of sixteen bytes is two exits of eight")
{
    Box box(Start::long64, GUEST_BYTES(device_sixteen_bytes));
    CHECK(exits_of(box) == std::vector<Exit>{read(0, 8), read(8, 8),
                                             write(0x20, 8, 0x0706050403020100),
                                             write(0x28, 8, 0x0f0e0d0c0b0a0908), read(0x43, 8),
                                             read(0x4b, 8), write(0x63, 8, 0x4a49484746454443),
                                             write(0x6b, 8, 0x5251504f4e4d4c4b)});
}

TEST_CASE("an access that begins in RAM exits for the part behind it only")
{
    Box box(Start::long64, GUEST_BYTES(device_behind_ram));
    auto const exits = exits_of(box);
    CHECK(exits == std::vector<Exit>{exit::MmioWrite{Gpa(ram_size), 5, 0x1122334455},
                                     exit::MmioRead{Gpa(ram_size), 5}});
    CHECK(box.peek(ram_size - 4, 4) == 0x66778800);
    CHECK(box.registers().gpr[x86::rbx] == 0x0403020100667788);
}

TEST_CASE("a read-modify-write of a device is a read exit, then a write exit")
{
    Box box(Start::long64, GUEST_BYTES(device_read_modify_write));
    CHECK(exits_of(box) == std::vector<Exit>{read(0, 4), write(0, 4, 0x03020105), read(4, 4),
                                             write(4, 4, 0x07060509), read(8, 4), write(8, 4, 5),
                                             read(12, 4), write(12, 4, 0x0f0e0d0c), read(16, 2),
                                             write(16, 2, 0x1111)});
    CHECK(box.said() == std::vector<std::uint64_t>{0x0b0a0908});
}

TEST_CASE("between the read and the write of one instruction RIP is behind it, as under KVM")
{
    Box box(Start::long64, GUEST_BYTES(device_read_modify_write));
    REQUIRE(box.enter() == read(0, 4));
    CHECK(box.registers().rip == code + 10);
    box.finish({.value = 1, .general_protection = false});
    CHECK(box.registers().rip == code + 12);
    CHECK_FALSE(box.vcpu->window().open);
    REQUIRE(box.enter() == write(0, 4, 6));
    box.finish();
    CHECK(box.registers().rip == code + 12);
}

TEST_CASE("PUSH and POP reach devices by their operand and by the stack")
{
    Box box(Start::long64, GUEST_BYTES(device_on_the_stack));
    CHECK(exits_of(box) == std::vector<Exit>{read(0, 8), write(8, 8, 0x0706050403020100),
                                             write(0x18, 8, 0), read(0x18, 8)});
    CHECK(box.registers().gpr[x86::rcx] == 0x1f1e1d1c1b1a1918);
    CHECK(box.registers().gpr[x86::rsp] == stack_top);
}

TEST_CASE("each iteration of a string instruction on a device is its own exit")
{
    Box box(Start::long64, GUEST_BYTES(device_strings));
    CHECK(exits_of(box) == std::vector<Exit>{read(0, 4), read(4, 4), write(0x100, 4, 0x03020100),
                                             write(0x104, 4, 0x07060504), read(0x200, 1),
                                             write(0x300, 1, 0), write(0x400, 1, 0x77),
                                             write(0x401, 1, 0x77), write(0x402, 1, 0x77),
                                             read(0x500, 4), read(0x600, 4)});
    CHECK(box.peek(0x100000) == 0x0706050403020100);
    CHECK(box.said() == std::vector<std::uint64_t>{1});
}

TEST_CASE("a REP on a device is at its instruction until its count has run out")
{
    Box box(Start::long64, GUEST_BYTES(device_rep_stosw));
    CHECK(box.step() == write(0, 2, 0x5555));
    CHECK(box.registers().rip == code + 16);
    CHECK(box.registers().gpr[x86::rcx] == 1);
    CHECK(box.step() == write(2, 2, 0x5555));
    CHECK(box.registers().rip == code + 19);
    box.run();
    CHECK(box.done());
}

TEST_CASE("ROM reads as memory and its writes exit, changing nothing")
{
    Box box(Start::long64, GUEST_BYTES(device_rom));
    box.poke(rom, 0xcafe, 4);
    CHECK(exits_of(box) == std::vector<Exit>{exit::MmioWrite{Gpa(rom), 4, 0x12345678},
                                             exit::MmioWrite{Gpa(rom), 4, 0xcaff}});
    CHECK(box.said() == std::vector<std::uint64_t>{0xcafe, 0xcafe, 0xcafe});
}

TEST_CASE("a fault after an answered load is raised when the guest runs again")
{
    Box box(Start::long64, GUEST_BYTES(device_load_then_fault));
    box.gate(14, code + 0x800);
    std::uint64_t const instruction = code + 1 + 5 + 10;
    REQUIRE(box.step() == read(0, 4));
    CHECK(box.registers().rip == instruction);
    CHECK_FALSE(box.vcpu->window().open);
    box.run();
    REQUIRE(box.done());
    CHECK(box.said() == std::vector<std::uint64_t>{2}); // a write to a page that is not present
    CHECK(box.registers().cr2 == mapped);
    CHECK(box.peek(box.registers().gpr[x86::rsp]) == instruction);
}

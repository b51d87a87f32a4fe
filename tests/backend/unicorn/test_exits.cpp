// Exits and their completion: the same fields, in the same order, with the same registers behind
// them as the contract in engine/backend/backend.hpp says.
#include "tests/backend/unicorn/box.hpp"

using namespace ringside;
using namespace ringside::unicorn_test;

TEST_CASE("OUT exits with port, width and value, and RIP is behind it when it is finished")
{
    Box box(Start::long64, GUEST_BYTES(out_then_done));
    REQUIRE(box.enter() == Exit{exit::PortOut{0x1234, 1, 0x44}});
    CHECK(box.vcpu->standing().instruction.linear_rip == code + 10);
    CHECK(box.vcpu->standing().instruction.length == 1);
    CHECK(box.vcpu->standing().instruction.bytes[0] == 0xee);
    box.finish();
    CHECK(box.registers().rip == code + 11);
    CHECK(box.step() == Exit{exit::PortOut{0x1234, 2, 0x3344}});
    CHECK(box.step() == Exit{exit::PortOut{0x1234, 4, 0x11223344}});
    CHECK(box.step() == Exit{exit::PortOut{0x80, 1, 0x44}});
    box.run();
    CHECK(box.done());
}

TEST_CASE("IN changes nothing until it is answered, and then only as many bits as it is wide")
{
    Box box(Start::long64, GUEST_BYTES(in_three_widths));
    box.answer = [](Exit const&) { return 0x11223344U; };
    REQUIRE(box.enter() == Exit{exit::PortIn{0x20, 1, 0, 1}});
    CHECK(box.registers().rip == code + 7);
    CHECK(box.registers().gpr[x86::rax] == ~0ULL);
    box.finish({.value = 0x11223344, .general_protection = false});
    CHECK(box.registers().rip == code + 9);
    box.run();
    CHECK(box.registers().gpr[x86::rbx] == 0xffff'ffff'ffff'ff44);
    CHECK(box.registers().gpr[x86::rcx] == 0xffff'ffff'ffff'3344);
    CHECK(box.registers().gpr[x86::rax] == 0x11223344);
}

TEST_CASE("REP INS asks for its elements one by one and stores them all after the last")
{
    Box box(Start::long64, GUEST_BYTES(rep_insw));
    for (std::uint16_t element = 0; element < 3; ++element) {
        CHECK(box.registers().gpr[x86::rcx] == (element == 0 ? 0U : 3U));
        REQUIRE(box.enter() == Exit{exit::PortIn{0x70, 2, element, 3}});
        CHECK(box.peek(0x100000) == 0);
        box.finish({.value = 0xa0U + element, .general_protection = false});
    }
    CHECK(box.peek(0x100000) == 0x00a2'00a1'00a0);
    CHECK(box.registers().gpr[x86::rcx] == 0);
    CHECK(box.registers().gpr[x86::rdi] == 0x100006);
    box.run();
    CHECK(box.done());
}

TEST_CASE("REP INS stops at the end of a page and asks again")
{
    Box box(Start::long64, GUEST_BYTES(rep_insb_backwards_over_a_page));
    std::uint64_t next = 1;
    box.answer = [&](Exit const&) { return next++; };
    box.run();
    REQUIRE(box.done());
    std::vector<Exit> const asked(box.exits.begin(), box.exits.end() - 1);
    CHECK(asked.size() == 4);
    CHECK(std::get<exit::PortIn>(asked[0]).elements < 4);
    CHECK(box.peek(0x100ffe, 4) == 0x01020304);
}

TEST_CASE("REP OUTS exits once for each element, with the registers moved on")
{
    Box box(Start::long64, GUEST_BYTES(rep_outsd));
    box.poke(0x100000, 0x2222222211111111);
    box.poke(0x100008, 0x33333333, 4);
    for (std::uint32_t element = 0; element < 3; ++element) {
        CHECK(box.step() == Exit{exit::PortOut{0x71, 4, 0x11111111 * (element + 1)}});
        CHECK(box.registers().gpr[x86::rcx] == 2 - element);
        CHECK(box.registers().gpr[x86::rsi] == 0x100004 + element * 4);
    }
    box.run();
    CHECK(box.done());
    CHECK(box.exits.size() == 4);
}

TEST_CASE("a REP of port I/O is behind its instruction when its last element is finished")
{
    Box box(Start::long64, GUEST_BYTES(rep_outsd));
    std::uint64_t const at = code + 1 + 5 + 5 + 5;
    box.step();
    CHECK(box.registers().rip == at);
    box.step();
    CHECK(box.registers().rip == at);
    box.step();
    CHECK(box.registers().gpr[x86::rcx] == 0);
    CHECK(box.registers().rip == at + 2);
}

TEST_CASE("HLT exits, and RIP is behind it when it is finished")
{
    Box box(Start::long64, GUEST_BYTES(halt));
    REQUIRE(box.enter() == Exit{exit::Halt{}});
    box.finish();
    CHECK(box.registers().rip == code + 1);
    box.run();
    CHECK(box.done());
}

TEST_CASE("an MSR the machine does not model is asked of the VMM")
{
    Box box(Start::long64, GUEST_BYTES(unknown_msrs));
    box.answer = [](Exit const&) { return 0x1111'2222'3333'4444U; };
    box.run();
    REQUIRE(box.done());
    CHECK(box.exits[0] == Exit{exit::MsrRead{0x1a0}});
    CHECK(box.said() == std::vector<std::uint64_t>{0x33334444, 0x11112222});
    CHECK(box.exits[3] == Exit{exit::MsrWrite{0x1a0, 0x2'0000'0001}});
}

TEST_CASE("refusing an MSR raises #GP(0) at the instruction, when the guest runs again")
{
    Box box(Start::long64, GUEST_BYTES(unknown_msrs));
    box.gate(13, code + 0x800);
    box.load(code + 0x800, std::array<std::uint8_t, 2>{0xe6, done_port});
    box.enter();
    box.finish({.value = 0, .general_protection = true});
    CHECK(box.registers().rip == code + 5);
    box.run();
    REQUIRE(box.done());
    CHECK(box.peek(box.registers().gpr[x86::rsp]) == 0);            // error code
    CHECK(box.peek(box.registers().gpr[x86::rsp] + 8) == code + 5); // RIP
}

TEST_CASE("sensitive instructions that need nobody are emulated without an exit, and told")
{
    Box box(Start::long64, GUEST_BYTES(emulated_in_silence));
    box.run();
    REQUIRE(box.done());
    CHECK(box.exits.size() == 2);
    CHECK(box.said() == std::vector<std::uint64_t>{0x676e6952}); // "Ring"
    std::vector<std::string> names;
    for (auto const& event : box.events<trace::Emulated>())
        names.emplace_back(event.mnemonic.text());
    CHECK(names == std::vector<std::string>{"cli", "pushfq", "popfq", "mov", "mov", "cpuid"});
}

TEST_CASE("fetching from where no memory is gives an exit that says so")
{
    Box box(Start::long64, GUEST_BYTES(jump_nowhere));
    Exit const left = box.step();
    REQUIRE(std::holds_alternative<exit::Unhandled>(left));
    CHECK(std::get<exit::Unhandled>(left).what ==
          "the guest fetched an instruction at 0xd0000000 from guest-physical address 0xd0000000, "
          "which no memory backs");
    CHECK(box.registers().rip == device);
}

TEST_CASE("RDTSC counts instructions")
{
    Box box(Start::long64, GUEST_BYTES(time_stamps));
    box.run();
    CHECK(box.said() == std::vector<std::uint64_t>{4});
}

TEST_CASE("VMCALL is a hypercall: number and arguments out, a value back in RAX")
{
    Box box(Start::long64, GUEST_BYTES(hypercall));
    box.answer = [](Exit const&) { return 0x42; };
    box.run();
    REQUIRE(box.done());
    CHECK(box.exits[0] == Exit{exit::Hypercall{1, {2, 3, 4, 5}}});
    CHECK(box.said() == std::vector<std::uint64_t>{0x42});
}

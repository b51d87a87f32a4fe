// What the stepper shows, word by word.
#include <array>

#include "engine/control/stepper_text.hpp"
#include "tests/catch.hpp"

using namespace ringside;
using namespace ringside::control;
using trace::Register;

namespace {

trace::PageWalk walk_of_two_levels()
{
    trace::PageWalk walk;
    walk.paging = trace::PagingMode::bits32;
    walk.access = trace::WalkAccess::write;
    walk.gva = 0x00403004;
    walk.cr3 = 0x1000;
    walk.steps.push({0x1004, 0x2027});
    walk.steps.push({0x200c, 0x5065});
    return walk;
}

} // namespace

TEST_CASE("a changed register is told with what it was")
{
    trace::RegisterFile before{};
    before[static_cast<std::size_t>(Register::rflags)] = 0x2;
    trace::RegisterFile now = before;
    now[static_cast<std::size_t>(Register::rax)] = 5;
    now[static_cast<std::size_t>(Register::rflags)] = 0x246;
    CHECK(changed_registers_text(before, now) ==
          "rax is 0x5, was 0x0\nrflags is 0x246: PF ZF IF, was 0x2\n");
    CHECK(changed_registers_text(now, now) == "no register has changed\n");
}

TEST_CASE("control registers are told with the names of their bits")
{
    CHECK(value_text(Register::cr0, 0x80000011) == "0x80000011: PE ET PG");
    CHECK(value_text(Register::efer, 0x500) == "0x500: LME LMA");
    CHECK(value_text(Register::cr4, 0x20) == "0x20: PAE");
    CHECK(value_text(Register::rax, 0x20) == "0x20");
}

TEST_CASE("all registers are there, a few to a line")
{
    trace::RegisterFile now{};
    std::string const text = all_registers_text(now);
    for (std::size_t index = 0; index < trace::register_count; ++index)
        CHECK(text.find(std::string(trace::name_of(static_cast<Register>(index))) + " 0x0") !=
              std::string::npos);
    CHECK(text.find("rax 0x0  rcx 0x0  rdx 0x0  rbx 0x0\n") == 0);
    CHECK(text.back() == '\n');
}

TEST_CASE("memory is told sixteen bytes to a line, and where it ends")
{
    std::vector<std::uint8_t> bytes(18, 'A');
    bytes[17] = 7;
    CHECK(memory_text(0x1000, bytes, 18) ==
          "0x1000  41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41  AAAAAAAAAAAAAAAA\n"
          "0x1010  41 07  A.\n");
    CHECK(memory_text(0x1000, std::span(bytes).first(1), 4) ==
          "0x1000  41  A\n0x1001  nothing is mapped here\n");
    CHECK(memory_text(0x1000, {}, 4) == "0x1000  nothing is mapped here\n");
}

TEST_CASE("instructions are told with address, bytes and words, in the code's own size")
{
    auto const bytes = std::to_array<std::uint8_t>({0xee, 0xb8, 0x34, 0x12, 0xf4});
    CHECK(disassembly_text(0x7c00, bytes, trace::CodeSize::bits16, 3) ==
          "0x7c00  ee  out dx, al\n0x7c01  b8 34 12  mov ax, 0x1234\n0x7c04  f4  hlt\n");
    CHECK(disassembly_text(0x7c04, std::span(bytes).last(1), trace::CodeSize::bits16, 2) ==
          "0x7c04  f4  hlt\n0x7c05  nothing is mapped here\n");
}

TEST_CASE("bytes that are no instruction are told as that, and passed over one by one")
{
    auto const bytes = std::to_array<std::uint8_t>({0x06, 0xf4});
    CHECK(disassembly_text(0, bytes, trace::CodeSize::bits64, 2) ==
          "0x0  06  (bad)\n0x1  f4  hlt\n");
    CHECK(instruction_text(0, {}, trace::CodeSize::bits64).text == "0x0    (bad)");
}

TEST_CASE("a walk is told table by table, with its result")
{
    trace::PageWalk walk = walk_of_two_levels();
    walk.ok = true;
    walk.gpa = 0x5004;
    CHECK(walk_text(walk) ==
          "0x403004 through 32-bit paging, CR3 0x1000\n"
          "page directory entry 1 at 0x1004 is 0x2027: present, writable, user, accessed\n"
          "page table entry 3 at 0x200c is 0x5065: present, read-only, user, accessed, dirty\n"
          "physical address 0x5004, in a page of 4 KiB\n");
}

TEST_CASE("a walk that was refused is told with the rule")
{
    trace::PageWalk walk = walk_of_two_levels();
    walk.problem = trace::WalkProblem::write_protected;
    walk.error_code = 7;
    CHECK(walk_text(walk).find("refused for write by the rule write-protected, page-fault error "
                               "code 0x7\n") != std::string::npos);
    walk.paging = trace::PagingMode::none;
    CHECK(walk_text(walk) == "paging is off: 0x403004 is its own physical address\n");
}

TEST_CASE("an entry of a PAE directory-pointer table has no rights to tell")
{
    trace::PageWalk walk;
    walk.paging = trace::PagingMode::pae;
    walk.gva = 0xc0000000;
    walk.steps.push({0x1018, 0x2001});
    walk.steps.push({0x2000, 0x8000000000000000});
    CHECK(walk_text(walk).find("page-directory-pointer table entry 3 at 0x1018 is 0x2001: present\n"
                               "page directory entry 0 at 0x2000 is 0x8000000000000000: not "
                               "present\n") != std::string::npos);
}

TEST_CASE("breakpoints are listed a line each, or that there are none")
{
    Breakpoints set;
    CHECK(breakpoints_text(set.all()) == "there are no breakpoints\n");
    Breakpoint breakpoint;
    breakpoint.place = ExecuteAt{Gva(0x10)};
    REQUIRE(set.add(breakpoint));
    REQUIRE(set.add(breakpoint));
    CHECK(breakpoints_text(set.all()) == "1  instruction at 0x10\n2  instruction at 0x10\n");
}

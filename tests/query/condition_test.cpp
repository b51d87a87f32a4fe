// What conditions are true of: the grammar of fields, words and searches.
#include "engine/query/uses.hpp"
#include "tests/catch.hpp"
#include "tests/query/row.hpp"

using namespace ringside;
using namespace ringside::query;

namespace {

Row const& port_write()
{
    static Row const row{
        .numbers = {{Field::port, 0x3f8},
                    {Field::value, 'A'},
                    {Field::width, 1},
                    {Field::rip, 0x401008},
                    {Field::time, 1'500},
                    {Field::cpl, 0}},
        .words_of = {{Field::kind, "port-out"},
                     {Field::letter, "I"},
                     {Field::exit_class, "port I/O"},
                     {Field::device, "COM1"},
                     {Field::mode, "long 64-bit"},
                     {Field::marker, "phase 2 begins"}},
        .registers = {{trace::Register::rax, 0x1122'3344'5566'7788},
                      {trace::Register::rsp, 0x1000},
                      {trace::Register::cr0, 0x8000'0011},
                      {trace::Register::rflags, 0x246},
                      {trace::Register::cs_selector, 8},
                      {trace::Register::cs_base, 0}},
        .bytes = {{0x1000, 0x78}, {0x1001, 0x56}, {0x1002, 0x34}, {0x1003, 0x12}, {0x1008, 0xaa}},
        .physical_bytes = {{0x1000, 1}}};
    return row;
}

bool holds(std::string_view text)
{
    Result<Condition> const condition = parse_condition(text, two_symbols);
    INFO(text << ": " << (condition ? std::string() : condition.error().text));
    REQUIRE(condition);
    return matches(*condition, port_write());
}

} // namespace

TEST_CASE("an empty condition is true of everything")
{
    CHECK(parse_condition("")->matches_everything());
    CHECK(parse_condition("  \t")->matches_everything());
    CHECK(holds(""));
    CHECK_FALSE(parse_condition("port == 1")->matches_everything());
}

TEST_CASE("each operator compares as it is read")
{
    CHECK((holds("port == 0x3f8") && holds("port = 1016") && !holds("port == 0x3f9")));
    CHECK((holds("port != 1") && !holds("port != 0x3f8")));
    CHECK((holds("value < 66") && !holds("value < 65")));
    CHECK((holds("value <= 65") && !holds("value <= 64")));
    CHECK((holds("value > 64") && !holds("value > 65")));
    CHECK((holds("value >= 'A'") && !holds("value >= 'B'")));
}

TEST_CASE("a time may carry its unit")
{
    CHECK((holds("time < 2us") && holds("time > 1us") && holds("time == 1500ns")));
    CHECK((holds("time < 1ms") && holds("time < 1s")));
}

TEST_CASE("and binds closer than or, a bracket closer than both, and nothing between means and")
{
    CHECK(holds("port == 0x3f8 || port == 1 && value == 0"));
    CHECK_FALSE(holds("(port == 0x3f8 || port == 1) && value == 0"));
    CHECK(holds("port == 0x3f8 value == 'A'"));
    CHECK_FALSE(holds("port == 0x3f8 value == 'B'"));
    CHECK((holds("!(port == 1)") && !holds("!port == 0x3f8")));
}

TEST_CASE("what the event does not have matches nothing, also not by being different")
{
    CHECK_FALSE(holds("gpa == 1"));
    CHECK_FALSE(holds("gpa != 1"));
    CHECK_FALSE(holds("symbol != main"));
    CHECK_FALSE(holds("gpa & 1"));
    CHECK_FALSE(holds("gpa+1 != 7"));
}

TEST_CASE("words compare without regard to case and dashes")
{
    CHECK((holds("kind == port-out") && holds("KIND == Port_Out") && holds("kind != halt")));
    CHECK((holds("device == com1") && holds("device ~ om") && !holds("device ~ lpt")));
    CHECK((holds("marker ~ \"PHASE 2\"") && !holds("marker ~ \"phase 3\"")));
}

TEST_CASE("a class of one letter is the letter")
{
    CHECK((holds("class == I") && holds("class == i") && !holds("class == Q")));
    CHECK(holds("class == \"port I/O\""));
    CHECK(holds("letter == I"));
}

TEST_CASE("modes and kinds have names that are easy to type")
{
    CHECK((holds("mode == long64") && holds("mode == \"long 64-bit\"") && holds("mode ~ long")));
    CHECK((!holds("mode == real") && !holds("mode == protected32")));
    Result<Condition> const walk = parse_condition("kind == page-walk");
    REQUIRE(walk);
    CHECK(matches(*walk, Row{.words_of = {{Field::kind, "walk"}}}));
}

TEST_CASE("a word alone is searched for, also one that is a field's name or has a dash in it")
{
    CHECK((holds("com1") && holds("\"phase 2\"") && !holds("lpt")));
    CHECK(holds("port-out"));
    CHECK(holds("port"));
    CHECK_FALSE(holds("rsp"));
    CHECK((holds("begins phase") && !holds("begins phase-3")));
}

TEST_CASE("a bit test and memory are true when they are not zero")
{
    CHECK((holds("cr0 & 0x80000000") && holds("cr0&1") && !holds("cr0 & 2")));
    CHECK((holds("byte[rsp]") && !holds("byte[rsp] & 0x80")));
    CHECK(holds("rflags & 0x200 && port == 0x3f8"));
    CHECK(holds("(rflags & 0x200) != 0 && (com1)"));
    CHECK(holds("((rsp + 8) == 0x1008)"));
    CHECK_FALSE(holds("(cr0 & (1+1)) == 2"));
}

TEST_CASE("a bit test compares as one number")
{
    CHECK(holds("cr0 & 0xff == 0x11"));
    CHECK(holds("cr0 & 0xff & 1 == 1"));
    CHECK_FALSE(holds("cr0 & 0xff == 0x8000000000000011"));
}

TEST_CASE("registers are known by every name a program uses for them")
{
    CHECK(holds("rax == 0x1122334455667788"));
    CHECK(holds("eax == 0x55667788 && ax == 0x7788 && al == 0x88 && ah == 0x77"));
    CHECK(holds("cs == 8 && cs.selector == 8 && cs.base == 0"));
    CHECK(holds("eip == rip && rip == main+8"));
    CHECK(holds("eflags == rflags"));
}

TEST_CASE("memory is read at an address that may be a sum")
{
    CHECK(holds("dword[rsp] == 0x12345678"));
    CHECK(holds("word[rsp + 2] == 0x1234 && byte[rsp+8] == 0xaa && byte[0x1009 - 1] == 0xaa"));
    CHECK(holds("phys byte[0x1000] == 1"));
    CHECK(holds("byte[0xff0 + byte[phys byte[rsp] + 0xfff] - 0x60 - 8] == 0x78"));
}

TEST_CASE("memory that is not there matches nothing")
{
    CHECK_FALSE(holds("qword[rsp] == 0"));
    CHECK_FALSE(holds("qword[rsp] != 0"));
    CHECK_FALSE(holds("byte[byte[0x5000]] == 0"));
}

TEST_CASE("both sides of a comparison may be sums of anything")
{
    CHECK(holds("rsp + 8 == 0x1008"));
    CHECK(holds("rsp+8 == 0x1008"));
    CHECK(holds("main + 8 == rip"));
    CHECK(holds("rip - main == width + 7"));
    CHECK(holds("rsp-0x1001 == 0xffffffffffffffff"));
    CHECK(holds("rip >= main && rip < \"ring::Buffer::push(int)\""));
}

TEST_CASE("a condition says what it asks for")
{
    Uses const uses = uses_of(*parse_condition("port == 1 || eax == byte[gpa] && !(mode == real)"));
    CHECK((uses.registers && uses.memory && !uses.search));
    CHECK((uses.of(Field::port) && uses.of(Field::gpa) && uses.of(Field::mode)));
    CHECK_FALSE(uses.of(Field::value));
    CHECK(uses_of(*parse_condition("port == 1 com1")).search);
    CHECK_FALSE(uses_of(*parse_condition("port == 1")).registers);
}

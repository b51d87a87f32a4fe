// Numbers and addresses alone, and the parts of registers.
#include "tests/catch.hpp"
#include "tests/query/row.hpp"

using namespace ringside;
using namespace ringside::query;
using trace::Register;

namespace {

std::optional<std::uint64_t> value(std::string_view text, Row const& row = {})
{
    Result<Value> const parsed = parse_value(text, two_symbols);
    INFO(text << ": " << (parsed ? std::string() : parsed.error().text));
    REQUIRE(parsed);
    return value_of(*parsed, row);
}

} // namespace

TEST_CASE("an address is a number, a symbol, a register or a sum of them")
{
    CHECK(value("0x7c00") == 0x7c00U);
    CHECK(value("main+4") == 0x401004U);
    CHECK(value("main - 0x1000") == 0x400000U);
    CHECK(value("rsp + 8", Row{.registers = {{Register::rsp, 0x10}}}) == 0x18U);
}

TEST_CASE("a value that needs what the subject lacks is none")
{
    CHECK_FALSE(value("rsp + 8"));
    CHECK_FALSE(value("qword[rsp]", Row{.registers = {{Register::rsp, 0x10}}}));
}

TEST_CASE("a value ends where the text does")
{
    CHECK(parse_value("main fish").error().text.find("there is no field") == 0);
    CHECK(parse_value("1 == 2").error().text ==
          "an address or a number should end here (column 3)");
    CHECK_FALSE(parse_value(""));
    CHECK_FALSE(parse_value("0x10)"));
}

TEST_CASE("every register of the trace is known by its own name, save rip, which is linear")
{
    for (std::size_t index = 0; index < trace::register_count; ++index) {
        auto const reg = static_cast<Register>(index);
        std::optional<RegisterPart> const part = register_named(trace::name_of(reg));
        REQUIRE(part);
        CHECK(part->whole == reg);
    }
    CHECK(parse_value("rip")->kind == Value::Kind::field);
    CHECK(parse_value("ip")->part.whole == Register::rip);
}

TEST_CASE("numbered registers have parts of 32, 16 and 8 bits")
{
    CHECK(*register_named("r8d") == RegisterPart{Register::r8, 0, 32});
    CHECK(*register_named("R15W") == RegisterPart{Register::r15, 0, 16});
    CHECK(*register_named("r10b") == RegisterPart{Register::r10, 0, 8});
    CHECK_FALSE(register_named("r16d"));
    CHECK_FALSE(register_named("raxd"));
    CHECK_FALSE(register_named("r8q"));
}

TEST_CASE("a written part leaves the rest as the CPU does")
{
    std::uint64_t const before = 0x1122'3344'5566'7788;
    CHECK(written(*register_named("rax"), before, 5) == 5);
    CHECK(written(*register_named("eax"), before, 0xffff'ffff'0000'0001) == 1);
    CHECK(written(*register_named("ax"), before, 0xabcd) == 0x1122'3344'5566'abcd);
    CHECK(written(*register_named("al"), before, 0x1ff) == 0x1122'3344'5566'77ff);
    CHECK(written(*register_named("ah"), before, 0x1ab) == 0x1122'3344'5566'ab88);
    CHECK(written(*register_named("eflags"), 0x1'0000'0002, 0x202) == 0x1'0000'0202);
}

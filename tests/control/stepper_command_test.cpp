// Lines into commands: names, what follows them, mistakes, and saying it again.
#include <array>

#include "engine/control/breakpoint_request.hpp"
#include "engine/control/stepper_table.hpp"
#include "engine/query/happening.hpp"
#include "tests/catch.hpp"

using namespace ringside;
using namespace ringside::control;

namespace {

std::optional<std::uint64_t> one_symbol(std::string_view name)
{
    return name == "main" ? std::optional<std::uint64_t>(0x401000) : std::nullopt;
}

template <typename C>
C parsed(std::string_view line)
{
    Result<Command> const command = parse_command(line, one_symbol);
    INFO(line << ": " << (command ? std::string() : command.error().text));
    REQUIRE(command);
    REQUIRE(std::holds_alternative<C>(*command));
    return std::get<C>(*command);
}

std::string problem(std::string_view line)
{
    Result<Command> const command = parse_command(line, one_symbol);
    return command ? "it was understood" : command.error().text;
}

std::uint64_t number(query::Value const& value)
{
    return query::value_of(value, query::Happening()).value_or(0xdead);
}

Breakpoint made(std::string_view line)
{
    Result<Breakpoint> const breakpoint =
        breakpoint_for(parsed<command::AddBreakpoint>(line), query::Happening());
    REQUIRE(breakpoint);
    return *breakpoint;
}

} // namespace

TEST_CASE("a command is known by its name, its letter, and the beginning of only one name")
{
    for (std::string_view const line : {"registers", "r", "reg"})
        CHECK_FALSE(parsed<command::ShowRegisters>(line).all);
    CHECK(problem("dis") == "\"dis\" may be disable or disassemble");
    CHECK(problem("fly") == "there is no command \"fly\"; type help for the list");
    CHECK(problem("") == "a command should stand here; type help for the list");
}

TEST_CASE("every command of the table is found by its name and its letter")
{
    for (CommandInfo const& info : command_table()) {
        CHECK((*command_named(info.name))->name == info.name);
        if (!info.alias.empty())
            CHECK((*command_named(info.alias))->name == info.name);
    }
}

TEST_CASE("movements go forward or back, once or as often as is said")
{
    CHECK(parsed<command::MoveExits>("next").count == 1);
    CHECK(parsed<command::MoveExits>("n 5").count == 5);
    CHECK(parsed<command::MoveExits>("back 2").heading == Heading::back);
    CHECK(parsed<command::MoveInstructions>("s").heading == Heading::forward);
    CHECK(parsed<command::MoveInstructions>("bs 3").heading == Heading::back);
    CHECK(problem("next many") == "a number should stand here (column 6)");
    CHECK(problem("next 0") == "0 times is not at all; give a number from 1");
    CHECK(problem("next 1 2") == "what is \"2\"? (column 8)");
}

TEST_CASE("continue may go until a condition holds")
{
    CHECK_FALSE(parsed<command::Continue>("c").until);
    for (std::string_view const line :
         {"continue until vector == 14", "until vector == 14", "u  vector == 14"}) {
        auto const go = parsed<command::Continue>(line);
        CHECK(go.until.has_value());
        CHECK(go.until_text == "vector == 14");
        CHECK(go.heading == Heading::forward);
    }
    CHECK(parsed<command::Continue>("bc until kind == halt").heading == Heading::back);
    CHECK(problem("until") == "a condition should stand here, as kind == halt (column 6)");
    CHECK(problem("until vectr == 14") ==
          "\"vectr\" is no number, field, register or symbol (column 7)");
}

TEST_CASE("a breakpoint has an address, and perhaps a condition, and perhaps one shot")
{
    CHECK(made("break main+4").place == Place{ExecuteAt{Gva(0x401004)}});
    Breakpoint const full = made("br 0x7c00 once if eax == 3");
    CHECK(full.place == Place{ExecuteAt{Gva(0x7c00)}});
    CHECK(full.condition_text == "eax == 3");
    CHECK_FALSE(full.condition.matches_everything());
    CHECK(full.lifetime == Lifetime::one_shot);
    Breakpoint const event = made("break once when kind == halt");
    CHECK(event.place == Place{AnyEvent{}});
    CHECK(event.lifetime == Lifetime::one_shot);
    CHECK(event.condition_text == "kind == halt");
}

TEST_CASE("a watchpoint says what kind of access, where, and how many bytes")
{
    using query::AddressSpace;
    CHECK(made("watch 0x2000").place ==
          Place{Watch{Touch::write, AddressSpace::guest_virtual, 0x2000, 1}});
    CHECK(made("watch access phys 0x2000, 8").place ==
          Place{Watch{Touch::either, AddressSpace::guest_physical, 0x2000, 8}});
    Breakpoint const conditional = made("w read main + 8 , 4 if port == 1 || port == 2");
    CHECK(conditional.place == Place{Watch{Touch::read, AddressSpace::guest_virtual, 0x401008, 4}});
    CHECK(conditional.condition_text == "port == 1 || port == 2");
}

TEST_CASE("an address that is not known now is refused, not guessed")
{
    auto const wanted = parsed<command::AddBreakpoint>("break qword[rsp]");
    CHECK(breakpoint_for(wanted, query::Happening()).error().text.find("not known here") !=
          std::string::npos);
}

TEST_CASE("mistakes in a breakpoint are told with the column of the whole line")
{
    CHECK(problem("break") == "a value is missing at the end (column 6)");
    CHECK(problem("break mian") == "\"mian\" is no number, field, register or symbol (column 7)");
    CHECK(problem("break main if") == "a condition should stand here, as kind == halt (column 14)");
    CHECK(problem("break main if port == x") ==
          "\"x\" is no number, field, register or symbol (column 23)");
    CHECK(problem("break main, 3") == "what is \", 3\"? (column 11)");
    CHECK(problem("watch 0x10,") == "a value is missing at the end (column 12)");
    CHECK(problem("break when") == "a condition should stand here, as kind == halt (column 11)");
}

TEST_CASE("breakpoints are named by their numbers")
{
    CHECK(parsed<command::DeleteBreakpoint>("delete 3").id == 3U);
    CHECK_FALSE(parsed<command::DeleteBreakpoint>("d all").id);
    CHECK_FALSE(parsed<command::SwitchBreakpoint>("disable 2").enabled);
    CHECK(parsed<command::SwitchBreakpoint>("enable 2").id == 2);
    CHECK(parsed<command::IgnoreHits>("ignore 2 10").hits == 10);
    CHECK(problem("delete") == "a number should stand here (column 7)");
    CHECK(problem("ignore 2") == "a number should stand here (column 9)");
    CHECK(problem("delete 4294967296") == "there is no breakpoint 4294967296");
}

TEST_CASE("what is to be looked at may be a value, with a size or a count")
{
    auto const memory = parsed<command::ShowMemory>("memory phys main+0x10, 32");
    CHECK(memory.space == query::AddressSpace::guest_physical);
    CHECK(number(memory.address) == 0x401010);
    CHECK(number(memory.size) == 32);
    CHECK(number(parsed<command::ShowMemory>("m 0x10").size) == 64);
    CHECK(number(parsed<command::Walk>("walk main").address) == 0x401000);
    CHECK_FALSE(parsed<command::Disassemble>("x").address);
    CHECK(number(parsed<command::Disassemble>("x , 3").count) == 3);
    CHECK(number(*parsed<command::Disassemble>("disassemble main, 3").address) == 0x401000);
    CHECK(number(parsed<command::Print>("p 'A' + 1").value) == 'B');
    CHECK(number(parsed<command::GoTo>("go 41").exits) == 41);
    CHECK(parsed<command::ShowRegisters>("r all").all);
}

TEST_CASE("registers and memory can be set, and nothing else")
{
    auto const part = parsed<command::Set>("set ah = 5");
    CHECK(part.place.part == *query::register_named("ah"));
    CHECK(number(part.value) == 5);
    CHECK(parsed<command::Set>("set phys dword[main+4]=0x10").place.space ==
          query::AddressSpace::guest_physical);
    CHECK(parsed<command::Set>("set rip = main").place.field == query::Field::rip);
    CHECK(problem("set port = 3").find("only registers and memory can be set") == 0);
    CHECK(problem("set main = 3").find("only registers and memory can be set") == 0);
    CHECK(problem("set eax") == "a = should stand here (column 8)");
    CHECK(problem("set eax = ") == "a value is missing at the end (column 10)");
}

TEST_CASE("an empty line moves again, and shows nothing again")
{
    CommandReader reader;
    CHECK_FALSE(*reader.read(""));
    REQUIRE(*reader.read("next 3\n"));
    std::optional<Command> const again = *reader.read("  ");
    REQUIRE(again);
    CHECK(std::get<command::MoveExits>(*again).count == 3);
    REQUIRE(*reader.read("registers"));
    CHECK_FALSE(*reader.read(""));
}

TEST_CASE("a comment is no command and does not change what comes again")
{
    CommandReader reader;
    REQUIRE(*reader.read("step"));
    CHECK_FALSE(*reader.read("# a script's comment"));
    CHECK((*reader.read("")).has_value());
}

TEST_CASE("a line that was refused is not said again")
{
    CommandReader reader;
    REQUIRE(*reader.read("step"));
    CHECK_FALSE(reader.read("stepp"));
    CHECK_FALSE(*reader.read(""));
}

TEST_CASE("what moves or writes the machine is told from what only looks or sets stops")
{
    for (std::string_view const line :
         {"next", "back-step", "until port == 1", "go 3", "set eax = 1", "undo", "quit"})
        CHECK_FALSE(changes_nothing(*parse_command(line)));
    for (std::string_view const line : {"break 1", "watch 1", "delete 1", "list", "registers",
                                        "m 1", "walk 1", "x", "where", "p 1", "help", "ignore 1 2"})
        CHECK(changes_nothing(*parse_command(line)));
}

TEST_CASE("the help names every command, and tells more on one thing")
{
    std::string const all = help_on("");
    for (CommandInfo const& info : command_table()) {
        CHECK(all.find(std::string(info.sentence)) != std::string::npos);
        CHECK(help_on(info.name).find(std::string(info.sentence)) != std::string::npos);
    }
    CHECK(help_on("expressions").find("0x80000000") != std::string::npos);
    CHECK(help_on("fly").find("there is no command") == 0);
}

TEST_CASE("any line at all is understood or refused")
{
    std::uint64_t state = 7;
    constexpr auto pieces = std::to_array<std::string_view>(
        {"break", "watch", "set", "m",   "x",    " ", " ",   "if",   "once",
         "when",  "until", ",",   "=",   "[",    "]", "rsp", "byte", "1",
         "main",  "\"",    "'",   "all", "phys", "#", "\n",  "+"});
    unsigned understood = 0;
    for (unsigned round = 0; round < 20'000; ++round) {
        std::string line;
        for (unsigned count = 0; count < round % 10; ++count) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            line += pieces[(state >> 33) % pieces.size()];
        }
        Result<Command> const command = parse_command(line, one_symbol);
        understood += command ? 1 : 0;
        if (!command)
            REQUIRE_FALSE(command.error().text.empty());
    }
    CHECK(understood > 100);
}

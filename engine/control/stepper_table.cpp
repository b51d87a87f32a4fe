#include "engine/control/stepper_table.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include <fmt/format.h>

namespace ringside::control {

namespace {

using Words = StepperWords;

constexpr std::uint64_t lines_of_memory = 64; // bytes that are shown when nobody says how many
constexpr std::uint64_t instructions = 8;

template <typename C>
Result<Command> alone(Words& words)
{
    TRY(words.end());
    return C{};
}

template <typename Move, Heading heading>
Result<Command> moves(Words& words)
{
    Move move;
    move.heading = heading;
    move.count = TRY(words.number_or(1));
    TRY(words.end());
    if (move.count == 0)
        return fail(Blame::usage, "0 times is not at all; give a number from 1");
    return move;
}

template <Heading heading>
Result<Command> continues(Words& words)
{
    command::Continue go;
    go.heading = heading;
    if (words.at_end())
        return go;
    words.take("until");
    go.until_text = words.rest();
    go.until = TRY(words.condition());
    return go;
}

Result<Command> until(Words& words)
{
    if (words.at_end())
        TRY(words.condition()); // says what is missing
    return continues<Heading::forward>(words);
}

Result<Command> go_to(Words& words)
{
    command::GoTo go;
    go.exits = TRY(words.value());
    TRY(words.end());
    return go;
}

/// [once] [if CONDITION]
Result<Command> with_tail(command::AddBreakpoint add, Words& words)
{
    if (words.take("once"))
        add.lifetime = Lifetime::one_shot;
    if (words.take("if")) {
        add.condition_text = words.rest();
        add.condition = TRY(words.condition());
    }
    TRY(words.end());
    return add;
}

Result<Command> add_break(Words& words)
{
    command::AddBreakpoint add;
    if (words.take("once"))
        add.lifetime = Lifetime::one_shot;
    if (words.take("when")) {
        add.kind = command::AddBreakpoint::Kind::event;
        add.condition_text = words.rest();
        add.condition = TRY(words.condition());
        return add;
    }
    add.address = TRY(words.value());
    return with_tail(std::move(add), words);
}

Result<Command> add_watch(Words& words)
{
    command::AddBreakpoint add;
    add.kind = command::AddBreakpoint::Kind::watch;
    if (words.take("read"))
        add.touch = Touch::read;
    else if (words.take("access"))
        add.touch = Touch::either;
    else
        words.take("write");
    if (words.take("phys"))
        add.space = query::AddressSpace::guest_physical;
    add.address = TRY(words.value());
    add.size = TRY(words.value_or(1));
    return with_tail(std::move(add), words);
}

Result<unsigned> breakpoint_id(Words& words)
{
    std::uint64_t const id = TRY(words.number_or(std::nullopt));
    if (id > std::numeric_limits<unsigned>::max())
        return fail(Blame::usage, fmt::format("there is no breakpoint {}", id));
    return static_cast<unsigned>(id);
}

Result<Command> delete_breakpoint(Words& words)
{
    command::DeleteBreakpoint remove;
    if (!words.take("all"))
        remove.id = TRY(breakpoint_id(words));
    TRY(words.end());
    return remove;
}

template <bool enabled>
Result<Command> switches(Words& words)
{
    command::SwitchBreakpoint change;
    change.enabled = enabled;
    change.id = TRY(breakpoint_id(words));
    TRY(words.end());
    return change;
}

Result<Command> ignore(Words& words)
{
    command::IgnoreHits ignore;
    ignore.id = TRY(breakpoint_id(words));
    ignore.hits = TRY(words.number_or(std::nullopt));
    TRY(words.end());
    return ignore;
}

Result<Command> registers(Words& words)
{
    command::ShowRegisters show;
    show.all = words.take("all");
    TRY(words.end());
    return show;
}

Result<Command> memory(Words& words)
{
    command::ShowMemory show;
    if (words.take("phys"))
        show.space = query::AddressSpace::guest_physical;
    show.address = TRY(words.value());
    show.size = TRY(words.value_or(lines_of_memory));
    TRY(words.end());
    return show;
}

Result<Command> walk(Words& words)
{
    command::Walk walk;
    walk.address = TRY(words.value());
    TRY(words.end());
    return walk;
}

Result<Command> disassemble(Words& words)
{
    command::Disassemble show;
    if (!words.at_end() && words.rest().front() != ',')
        show.address = TRY(words.value());
    show.count = TRY(words.value_or(instructions));
    TRY(words.end());
    return show;
}

Result<Command> print(Words& words)
{
    command::Print print;
    print.value = TRY(words.value());
    TRY(words.end());
    return print;
}

Result<Command> set(Words& words)
{
    command::Set set;
    set.place = TRY(words.value());
    using Kind = query::Value::Kind;
    Kind const kind = set.place.kind;
    bool const is_rip = kind == Kind::field && set.place.field == query::Field::rip;
    if (kind != Kind::register_part && kind != Kind::memory && !is_rip)
        return fail(Blame::usage, "only registers and memory can be set, as set eax = 1 or set "
                                  "byte[rsp] = 0");
    set.value = TRY(words.value_behind('='));
    TRY(words.end());
    return set;
}

Result<Command> help(Words& words)
{
    return command::Help{std::string(words.rest())};
}

using command::MoveExits;
using command::MoveInstructions;

constexpr auto table = std::to_array<CommandInfo>({
    {"next", "n", "[COUNT]", "to the end of the next exit", Again::yes,
     moves<MoveExits, Heading::forward>},
    {"step", "s", "[COUNT]", "over one instruction", Again::yes,
     moves<MoveInstructions, Heading::forward>},
    {"back", "b", "[COUNT]", "back to the end of the exit before", Again::yes,
     moves<MoveExits, Heading::back>},
    {"back-step", "bs", "[COUNT]", "back over one instruction", Again::yes,
     moves<MoveInstructions, Heading::back>},
    {"continue", "c", "[until CONDITION]", "to the next stop, or to the guest's end", Again::yes,
     continues<Heading::forward>},
    {"until", "u", "CONDITION", "the same as continue until", Again::yes, until},
    {"back-continue", "bc", "[until CONDITION]", "back to the stop before, or to the beginning",
     Again::yes, continues<Heading::back>},
    {"go", "g", "EXITS", "to right behind so many exits from the start", Again::no, go_to},
    {"break", "br", "ADDRESS [once] [if CONDITION] | [once] when CONDITION",
     "stop before an instruction, or after an event", Again::no, add_break},
    {"watch", "w", "[read|write|access] [phys] ADDRESS[, SIZE] [once] [if CONDITION]",
     "stop when memory is touched", Again::no, add_watch},
    {"delete", "d", "NUMBER|all", "forget a breakpoint", Again::no, delete_breakpoint},
    {"enable", "", "NUMBER", "heed a breakpoint again", Again::no, switches<true>},
    {"disable", "", "NUMBER", "pass over a breakpoint", Again::no, switches<false>},
    {"ignore", "", "NUMBER HITS", "pass over its next hits", Again::no, ignore},
    {"list", "l", "", "the breakpoints", Again::no, alone<command::ListBreakpoints>},
    {"registers", "r", "[all]", "the registers that changed, or all", Again::no, registers},
    {"memory", "m", "[phys] ADDRESS[, SIZE]", "bytes of memory", Again::no, memory},
    {"walk", "", "ADDRESS", "how the page tables translate an address", Again::no, walk},
    {"disassemble", "x", "[ADDRESS][, COUNT]", "instructions, from the next one on", Again::no,
     disassemble},
    {"where", "", "", "where the guest stands", Again::no, alone<command::Where>},
    {"print", "p", "VALUE", "a number, a register, a symbol, memory", Again::no, print},
    {"set", "", "PLACE = VALUE", "write a register or memory: another story begins", Again::no,
     set},
    {"undo", "", "", "take the last set back", Again::no, alone<command::Undo>},
    {"help", "h", "[COMMAND|expressions]", "this list, or more on one thing", Again::no, help},
    {"quit", "q", "", "leave", Again::no, alone<command::Quit>},
});

} // namespace

std::span<CommandInfo const> command_table()
{
    return table;
}

Result<CommandInfo const*> command_named(std::string_view word)
{
    if (word.empty())
        return fail(Blame::usage, "a command should stand here; type help for the list");
    std::string fitting;
    CommandInfo const* only = nullptr;
    for (CommandInfo const& info : table) {
        if (word == info.name || word == info.alias)
            return &info;
        if (!info.name.starts_with(word))
            continue;
        fitting += fmt::format("{}{}", fitting.empty() ? "" : " or ", info.name);
        only = only == nullptr ? &info : only;
    }
    if (only == nullptr)
        return fail(Blame::usage,
                    fmt::format("there is no command \"{}\"; type help for the list", word));
    if (fitting != only->name)
        return fail(Blame::usage, fmt::format("\"{}\" may be {}", word, fitting));
    return only;
}

} // namespace ringside::control

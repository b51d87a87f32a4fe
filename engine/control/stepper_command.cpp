#include "engine/control/stepper_command.hpp"

#include <fmt/format.h>

#include "engine/control/stepper_table.hpp"

namespace ringside::control {

namespace {

/// Without the comment, the blanks and the end of the line around it.
std::string_view trimmed(std::string_view line)
{
    std::size_t const first = line.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || line[first] == '#')
        return {};
    return line.substr(0, line.find_last_not_of(" \t\r\n") + 1);
}

struct ChangesNothing {
    bool operator()(command::MoveExits const&) const { return false; }
    bool operator()(command::MoveInstructions const&) const { return false; }
    bool operator()(command::Continue const&) const { return false; }
    bool operator()(command::GoTo const&) const { return false; }
    bool operator()(command::AddBreakpoint const&) const { return true; }
    bool operator()(command::DeleteBreakpoint const&) const { return true; }
    bool operator()(command::SwitchBreakpoint const&) const { return true; }
    bool operator()(command::IgnoreHits const&) const { return true; }
    bool operator()(command::ListBreakpoints const&) const { return true; }
    bool operator()(command::ShowRegisters const&) const { return true; }
    bool operator()(command::ShowMemory const&) const { return true; }
    bool operator()(command::Walk const&) const { return true; }
    bool operator()(command::Disassemble const&) const { return true; }
    bool operator()(command::Where const&) const { return true; }
    bool operator()(command::Print const&) const { return true; }
    bool operator()(command::Set const&) const { return false; }
    bool operator()(command::Undo const&) const { return false; }
    bool operator()(command::Help const&) const { return true; }
    bool operator()(command::Quit const&) const { return false; }
};

std::string entry(CommandInfo const& info)
{
    std::string head(info.name);
    if (!info.alias.empty())
        head += fmt::format(" ({})", info.alias);
    if (!info.usage.empty())
        head += fmt::format(" {}", info.usage);
    return fmt::format("{}: {}\n", head, info.sentence);
}

} // namespace

Result<Command> parse_command(std::string_view line, query::Symbols const& symbols)
{
    StepperWords words(trimmed(line), symbols);
    CommandInfo const* const info = TRY(command_named(words.word()));
    return info->parse(words);
}

Result<std::optional<Command>> CommandReader::read(std::string_view line,
                                                   query::Symbols const& symbols)
{
    bool const is_empty = line.find_first_not_of(" \t\r\n") == std::string_view::npos;
    std::string const said(is_empty ? std::string_view(last_) : trimmed(line));
    if (said.empty())
        return std::nullopt;
    last_.clear();
    Command command = TRY(parse_command(said, symbols));
    StepperWords words(said, symbols);
    if (TRY(command_named(words.word()))->again == Again::yes)
        last_ = said;
    return command;
}

bool changes_nothing(Command const& command)
{
    return std::visit(ChangesNothing{}, command);
}

std::string help_on(std::string_view topic)
{
    if (topic == "expressions")
        return query::help_text();
    if (!topic.empty()) {
        Result<CommandInfo const*> const info = command_named(topic);
        return info ? entry(**info) : info.error().text + "\n";
    }
    std::string text;
    for (CommandInfo const& info : command_table())
        text += entry(info);
    return text + "An empty line says the last movement again. Addresses, values and conditions: "
                  "help expressions\n";
}

} // namespace ringside::control

#include "visualizer/model/command.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/base/assert.hpp"
#include "visualizer/model/format.hpp"

namespace ringside::visualizer {

namespace {

bool is_enabled(Command const& command, Session const& session)
{
    return !command.enabled || command.enabled(session);
}

std::vector<std::string_view> split_words(std::string_view text)
{
    std::vector<std::string_view> words;
    while (!text.empty()) {
        std::size_t const gap = std::min(text.find(' '), text.size());
        if (gap > 0)
            words.push_back(text.substr(0, gap));
        text.remove_prefix(std::min(gap + 1, text.size()));
    }
    return words;
}

std::string trimmed(std::string_view text)
{
    std::size_t const begin = std::min(text.find_first_not_of(' '), text.size());
    std::size_t const end = text.find_last_not_of(' ');
    return end == std::string_view::npos ? std::string()
                                         : std::string(text.substr(begin, end + 1 - begin));
}

} // namespace

CommandRegistry CommandRegistry::standard()
{
    CommandRegistry registry;
    add_navigation_commands(registry);
    add_machine_commands(registry);
    add_data_commands(registry);
    add_timeline_commands(registry);
    add_view_commands(registry);
    add_explanation_commands(registry);
    add_notebook_commands(registry);
    add_tour_commands(registry);
    return registry;
}

void CommandRegistry::add(Command command)
{
    ASSERT(find(command.id) == nullptr);
    commands_.push_back(std::move(command));
}

Command const* CommandRegistry::find(std::string_view id) const
{
    auto const found = std::find_if(commands_.begin(), commands_.end(),
                                    [&](Command const& command) { return command.id == id; });
    return found == commands_.end() ? nullptr : &*found;
}

Command const* CommandRegistry::bound_to(KeyChord const& chord, Session const& session) const
{
    for (Command const& command : commands_) {
        bool const bound =
            std::find(command.keys.begin(), command.keys.end(), chord) != command.keys.end();
        if (bound && is_enabled(command, session))
            return &command;
    }
    return nullptr;
}

std::string CommandRegistry::run(Session& session, std::string_view line) const
{
    std::size_t const gap = std::min(line.find(' '), line.size());
    std::string_view const id = line.substr(0, gap);
    std::string_view const argument = line.substr(std::min(gap + 1, line.size()));
    Command const* command = find(id);
    if (command == nullptr)
        return fmt::format("there is no command \"{}\"; the help page (?) lists them all", id);
    if (!is_enabled(*command, session))
        return fmt::format("\"{}\" makes no sense now", command->title);
    if (!command->argument.empty() && argument.empty())
        return fmt::format("\"{}\" needs {}", id, command->argument);
    return command->run(session, argument);
}

std::string CommandRegistry::run_script(Session& session, std::string_view script) const
{
    std::string line;
    bool quoted = false;
    auto const finish = [&]() -> std::string {
        std::string const now = trimmed(std::exchange(line, {}));
        if (now.empty())
            return {};
        std::string const problem = run(session, now);
        return problem.empty() ? problem : fmt::format("\"{}\": {}", now, problem);
    };
    for (char const letter : script) {
        quoted ^= letter == '"';
        if (letter != ';' || quoted) {
            line += letter;
            continue;
        }
        if (std::string problem = finish(); !problem.empty())
            return problem;
    }
    return finish();
}

std::vector<Command const*> CommandRegistry::matching(std::string_view words,
                                                      Session const& session) const
{
    std::vector<std::string_view> const wanted = split_words(words);
    std::vector<Command const*> result;
    for (Command const& command : commands_) {
        std::string const text = command.title + " " + command.id;
        bool const all = std::all_of(wanted.begin(), wanted.end(),
                                     [&](std::string_view word) { return contains(text, word); });
        // An id typed out with its argument finds its command, too.
        bool const named = !wanted.empty() && wanted.front() == command.id;
        if ((all || named) && is_enabled(command, session))
            result.push_back(&command);
    }
    auto const starts = [&](Command const* command) {
        return !wanted.empty() &&
               contains(command->title.substr(0, wanted.front().size()), wanted.front());
    };
    std::stable_partition(result.begin(), result.end(), starts);
    return result;
}

} // namespace ringside::visualizer

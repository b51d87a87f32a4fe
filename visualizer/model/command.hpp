// The one registry of commands: keys, buttons, the palette, the help page, `--exec` and the tests
// all run the same functions by the same ids.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "visualizer/model/keys.hpp"
#include "visualizer/model/session.hpp"

namespace ringside::visualizer {

struct Command {
    std::string id;    ///< "exit.next": stable, for scripts
    std::string title; ///< "Next exit": for people
    std::string group; ///< heading on the help page
    std::vector<KeyChord> keys;
    /// Empty: takes no argument. Else what to type behind it: "SEQ", "dark|light|high-contrast".
    std::string argument;
    /// Empty text on success, else one readable sentence.
    std::function<std::string(Session&, std::string_view argument)> run;
    std::function<bool(Session const&)> enabled;
};

class CommandRegistry {
public:
    /// Every command there is.
    static CommandRegistry standard();

    void add(Command command);
    std::span<Command const> all() const { return commands_; }
    Command const* find(std::string_view id) const;
    /// The first enabled command bound to these keys.
    Command const* bound_to(KeyChord const& chord, Session const& session) const;

    /// Runs "id argument". Empty text on success, else what was wrong.
    std::string run(Session& session, std::string_view line) const;

    /// Runs "id argument; id argument". Stops at the first that fails and says which. A semicolon
    /// between quotation marks is text.
    std::string run_script(Session& session, std::string_view script) const;

    /// Commands whose title or id contains every word of `words`, best first.
    std::vector<Command const*> matching(std::string_view words, Session const& session) const;

private:
    std::vector<Command> commands_;
};

// The standard commands, one file for each theme.
void add_navigation_commands(CommandRegistry& registry);
void add_machine_commands(CommandRegistry& registry);
void add_data_commands(CommandRegistry& registry);
void add_timeline_commands(CommandRegistry& registry);
void add_view_commands(CommandRegistry& registry);
void add_explanation_commands(CommandRegistry& registry);
void add_notebook_commands(CommandRegistry& registry);
void add_tour_commands(CommandRegistry& registry);

} // namespace ringside::visualizer

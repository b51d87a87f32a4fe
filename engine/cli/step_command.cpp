// `ringside step GUEST`: a machine in the terminal, forward and back, one command a line.
//
// Plain text, no colour, nothing that moves on the screen: it works over ssh, in a log and with a
// screen reader. Commands come from the keyboard, from a pipe or from a file; those that do are
// repeated, so that what stands in a log can be followed.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <unistd.h>

#include <spdlog/spdlog.h>

#include "engine/cli/commands.hpp"
#include "engine/cli/exit_codes.hpp"
#include "engine/cli/gdb_door.hpp"

namespace ringside::cli {

namespace {

struct StepOptions {
    SessionOptions session;
    std::string script; ///< empty: standard input
};

/// Where the commands come from.
class Lines {
public:
    static Result<Lines> open(std::string const& script)
    {
        Lines lines;
        if (script.empty())
            return lines;
        lines.file_ = std::make_unique<std::ifstream>(script);
        if (!lines.file_->is_open())
            return fail(Blame::usage, "cannot read commands from " + script);
        return lines;
    }
    bool interactive() const { return file_ == nullptr && ::isatty(0) != 0; }

    bool next(std::string& line)
    {
        std::printf("ringside> ");
        std::fflush(stdout);
        std::istream& input = file_ != nullptr ? *file_ : std::cin;
        bool const there = static_cast<bool>(std::getline(input, line));
        if (!there)
            std::printf("\n");
        else if (!interactive())
            std::printf("%s\n", line.c_str());
        return there;
    }

private:
    std::unique_ptr<std::ifstream> file_;
};

/// A person may mistype; a script may not.
enum class Mistakes : std::uint8_t { forgiven, counted };

struct Talk {
    Driven const& driven;
    debug::Commands& commands;
    Mistakes mistakes = Mistakes::forgiven;
    bool mistaken = false;
    std::size_t printed = 0; ///< of the guest's console: shown already

    /// Marked, so that nobody takes the guest's words for ours.
    void show_console()
    {
        std::istringstream text(driven.console.substr(printed));
        printed = driven.console.size();
        for (std::string line; std::getline(text, line);)
            std::printf("guest | %s\n", line.c_str());
    }
    Result<void> say(Result<std::string> const& answer)
    {
        show_console();
        if (answer) {
            std::printf("%s", answer->c_str());
        } else if (answer.error().blame == Blame::host) {
            return fail(answer.error());
        } else {
            std::printf("%s\n", answer.error().text.c_str());
            mistaken = mistaken || mistakes == Mistakes::counted;
        }
        std::fflush(stdout);
        return {};
    }
};

Result<trap::Stop> talk(Driven const& driven, Lines& lines)
{
    debug::Debugger debugger(driven.machine, driven.ear, driven.abilities);
    auto const patience = [&driven] { return !driven.interrupted.exchange(false); };
    debug::Commands commands(debugger, symbols_of(driven.image), patience,
                             debug::Commands::Mover::here);
    Talk talk{driven, commands, lines.interactive() ? Mistakes::forgiven : Mistakes::counted};
    TRY(talk.say("Type help for the commands, quit to leave.\n" + commands.where()));
    std::string line;
    while (!commands.quit() && lines.next(line)) {
        driven.interrupted.store(false);
        TRY(talk.say(commands.carry_out(line)));
    }
    if (talk.mistaken)
        return trap::Stop{trace::StopCause::asked, usage,
                          "a command of the script could not be carried out"};
    if (commands.ended())
        return *commands.ended();
    return trap::Stop{trace::StopCause::asked, 0, "the person at the stepper left"};
}

} // namespace

void add_step_command(CLI::App& app, Action& action)
{
    CLI::App* command =
        app.add_subcommand("step", "Step a guest in the terminal, forward and back");
    auto options = std::make_shared<StepOptions>();
    add_session_options(*command, options->session);
    add_history_option(*command, options->session);
    command->add_option("--commands", options->script, "Read the commands from this file");
    command->callback([&action, options] {
        action = [options]() -> Result<int> {
            Lines lines = TRY(Lines::open(options->script));
            SessionOptions& session = options->session;
            session.no_input = session.capture_console = true;
            session.drive = [&lines](Driven const& driven) { return talk(driven, lines); };
            SessionResult const result = TRY(run_session(session));
            if (!result.trace_problem.empty())
                spdlog::error("{}", result.trace_problem);
            return result.exit_code();
        };
    });
}

} // namespace ringside::cli

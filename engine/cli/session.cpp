#include "engine/cli/session.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <map>
#include <optional>
#include <unistd.h>

#include <spdlog/spdlog.h>

#include "engine/cli/exit_codes.hpp"
#include "engine/cli/guest_catalogue.hpp"
#include "engine/cli/standard_streams.hpp"
#include "engine/stream/control.hpp"

namespace ringside::cli {

namespace {

// A signal handler may touch nothing else.
std::atomic<bool> interrupted{false};

void catch_signals(bool children_too)
{
    struct sigaction action {};
    action.sa_handler = [](int) { interrupted.store(true); };
    for (int const signal : {SIGINT, SIGTERM, SIGHUP})
        ::sigaction(signal, &action, nullptr);
    if (children_too)
        ::sigaction(SIGCHLD, &action, nullptr);
}

/// Prints what the guest wrote before anybody waits for the answer.
class FlushingInput final : public machine::ConsoleInput {
public:
    FlushingInput(machine::ConsoleInput& input, StandardOutput& output)
        : input_(input), output_(output)
    {
    }
    std::optional<std::uint8_t> next() override
    {
        auto const byte = input_.next();
        if (!byte)
            output_.flush();
        return byte;
    }
    bool ended() const override { return input_.ended(); }
    void wait(std::uint32_t milliseconds) override
    {
        output_.flush();
        input_.wait(milliseconds);
    }

private:
    machine::ConsoleInput& input_;
    StandardOutput& output_;
};

stream::RecorderOptions recorder_options(SessionOptions const& options, trace::BackendKind backend)
{
    stream::RecorderOptions recorder;
    recorder.file = options.trace;
    recorder.socket = options.socket;
    recorder.backend = backend;
    recorder.clock = options.machine.clock;
    // Nobody waits for a viewer. A recording that nobody watches is complete, even if the run waits.
    bool const watched = !options.socket.empty();
    recorder.intake.exits = watched ? stream::WhenFull::drop_newest : stream::WhenFull::wait;
    recorder.intake.details = recorder.intake.exits;
    return recorder;
}

void tell_start(SessionOptions const& options, BackendChoice const& choice)
{
    if (!options.quiet)
        spdlog::info("running {} on {}, {}", options.guest, trace::name_of(choice.kind),
                     choice.why);
}

} // namespace

int SessionResult::exit_code() const
{
    if (stop.code <= 63 && !trace_problem.empty())
        return our_fault;
    return stop.code;
}

void add_session_options(CLI::App& command, SessionOptions& options)
{
    static std::map<std::string, trace::Clock> const clocks{
        {"exits", trace::Clock::exits},
        {"instructions", trace::Clock::instructions},
        {"host", trace::Clock::host}};
    command.add_option("guest", options.guest, "A shipped guest, or a path to an image")
        ->required();
    command.add_option("--mem", options.machine.memory_bytes, "RAM: 2M to 3G, default 16M")
        ->transform(CLI::AsSizeValue(false))
        ->option_text("SIZE");
    command.add_option("--clock", options.machine.clock, "What moves virtual time")
        ->transform(CLI::Transformer(clocks))
        ->option_text("exits|instructions|host");
    command.add_flag_callback(
        "--walks", [&options] { options.machine.walks = machine::WalkMode::every_instruction; },
        "Step every instruction and tell each page walk");
    add_run_options(command, options);
}

void add_run_options(CLI::App& command, SessionOptions& options)
{
    static std::map<std::string, Wanted> const backends{
        {"auto", Wanted::automatic}, {"kvm", Wanted::kvm}, {"unicorn", Wanted::unicorn}};
    command.add_option("--backend", options.backend, "auto, kvm or unicorn")
        ->transform(CLI::Transformer(backends))
        ->option_text("auto|kvm|unicorn");
    command.add_option("--input", options.input, "A file typed on the serial line");
    command.add_option("--limit-exits", options.machine.limit_exits, "Stop after so many exits");
    command.add_option("--limit-time", options.machine.limit_seconds, "Stop after so many seconds")
        ->check(CLI::PositiveNumber);
    command.add_option("--trace", options.trace, "Record every event into this .ring file");
}

std::filesystem::path default_socket_path()
{
    char const* runtime = std::getenv("XDG_RUNTIME_DIR");
    std::filesystem::path const folder =
        runtime != nullptr && *runtime == '/' ? runtime : std::filesystem::temp_directory_path();
    return folder / ("ringside-" + std::to_string(::getpid()) + ".sock");
}

Result<SessionResult> run_session(SessionOptions const& options)
{
    machine::GuestImage const image =
        options.from != nullptr ? options.from->image : TRY(find_guest(options.guest));
    BackendChoice const choice = TRY(choose_backend(options.backend, image, options.machine));
    std::unique_ptr<stream::Recorder> recorder;
    std::unique_ptr<stream::ControlServer> control;
    if (!options.trace.empty() || !options.socket.empty())
        recorder = TRY(stream::Recorder::create(recorder_options(options, choice.kind)));
    if (!options.socket.empty())
        control = TRY(stream::ControlServer::create(options.socket));
    std::unique_ptr<DescriptorInput> file_input;
    if (!options.input.empty())
        file_input = TRY(DescriptorInput::open(options.input));
    DescriptorInput standard_input(file_input || options.no_input ? -1 : 0);

    SessionResult result;
    StandardOutput output;
    FlushingInput input(file_input ? *file_input : standard_input, output);
    machine::Surroundings surroundings;
    surroundings.input = &input;
    surroundings.output = [&](std::uint8_t byte) {
        if (options.capture_console)
            result.console.push_back(static_cast<char>(byte));
        else
            output.put(byte);
    };
    surroundings.sink = recorder.get();
    debug::Ear ear(recorder.get());
    if (options.drive) {
        surroundings.sink = &ear.news();
        surroundings.replayed = &ear.again();
    }
    surroundings.commands = control.get();
    surroundings.interrupted = &interrupted;
    catch_signals(options.stop_when_child_exits);
    tell_start(options, choice);
    std::optional<machine::Beginning> beginning;
    if (options.from != nullptr)
        beginning = options.from->beginning();
    auto machine = TRY(machine::Machine::create(options.machine, image, choice.make, surroundings,
                                                beginning ? &*beginning : nullptr));
    if (options.before_run)
        TRY(options.before_run(*recorder));
    Result<trap::Stop> const stop =
        options.drive ? options.drive({*machine, ear, choice.abilities, image,
                                       [&output] { output.flush(); }, result.console, interrupted})
                      : machine->run();
    if (options.drive && stop)
        TRY(machine->tell_end(*stop));
    output.flush();
    if (recorder) {
        recorder->finish();
        result.totals = recorder->totals();
        result.trace_problem = recorder->problem();
    }
    if (!stop)
        return fail(stop.error());
    if (options.after_run)
        TRY(options.after_run(*machine, image, input));
    result.stop = *stop;
    result.guest = image.name;
    result.backend = choice.kind;
    result.why = choice.why;
    result.exits = machine->exits();
    result.virtual_time = machine->now();
    return result;
}

nlohmann::json to_json(SessionResult const& result)
{
    return {{"guest", result.guest},
            {"backend", trace::name_of(result.backend)},
            {"why", result.why},
            {"cause", trace::name_of(result.stop.cause)},
            {"reason", result.stop.reason},
            {"exit_code", result.exit_code()},
            {"exits", result.exits},
            {"virtual_time_ns", result.virtual_time.value},
            {"events", {{"emitted", result.totals.emitted}, {"dropped", result.totals.dropped}}},
            {"trace_problem", result.trace_problem},
            {"console", result.console}};
}

} // namespace ringside::cli

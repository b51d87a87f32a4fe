// The run loop, and what one turn of it needs. Wiring is in machine_build.cpp, what happens while every
// vCPU is halted in machine_idle.cpp, and going back in machine_time.cpp.
#include "engine/machine/machine.hpp"

#include <ctime>
#include <utility>

namespace ringside::machine {

namespace {

std::uint64_t host_ns()
{
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
           static_cast<std::uint64_t>(time.tv_nsec);
}

backend::Answer answer_of(trap::Verdict const& verdict)
{
    if (auto const* answer = std::get_if<trap::verdict::Answer>(&verdict))
        return backend::Answer{answer->value, false};
    return backend::Answer{0, std::holds_alternative<trap::verdict::Fault>(verdict)};
}

} // namespace

// [book: run-loop]
Result<Stop> Machine::loop()
{
    for (;;) {
        if (auto const stop = poll_commands()) // pause, step, input, quit: the only way in
            return *stop;
        if (auto const stop = TRY(turn(Pace::exit)))
            return *stop;
    }
}

Result<std::optional<Stop>> Machine::turn(Pace pace)
{
    if (ended_ && !replaying())
        return ended_;
    TRY(take_up_edits(pace)); // nothing, unless somebody went back
    bool const injected = steps_ == 0 && TRY(interrupts_.deliver(*vcpu_, scheduler_, clock_.now()));
    std::optional<backend::Exit> exit;
    if (scheduler_.next(clock_.now()) != nullptr) { // else every vCPU is halted
        exit = TRY(enter(pace, injected));          // guest code runs only inside this call
        if (!exit)
            return std::nullopt; // one instruction was stepped: the turn is not over
    }
    auto const deadline = devices_.deadline();
    clock_.advance(exit, *vcpu_, deadline); // virtual time moves only on this line
    tracer_.set_time(clock_.now());
    devices_.advance_to(clock_.now()); // timers that expired raise their lines
    if (!exit)
        return idle(deadline.has_value());
    story_.open(*exit, *vcpu_);
    trap::Verdict const verdict = std::visit(traps_, *exit); // device events nest in the span
    TRY(finish(verdict));                                    // completes the instruction
    story_.close(verdict, *vcpu_);                           // RIP is now the same on every backend
    TRY(after_exit(*exit, verdict));
    auto const* const stop = std::get_if<Stop>(&verdict);
    return stop != nullptr ? std::optional(*stop) : std::nullopt;
}
// [/book: run-loop]

Result<Stop> Machine::run()
{
    if (options_.limit_seconds > 0)
        host_deadline_ns_ =
            host_ns() + static_cast<std::uint64_t>(options_.limit_seconds * 1'000'000'000.0);
    paused_ = options_.start_paused;
    Result<Stop> stop = loop();
    if (stop)
        TRY(keyframe());
    TRY(tell_end(stop ? *stop
                      : Stop{trace::StopCause::failed, trap::code_our_fault, stop.error().text}));
    return stop;
}

Result<void> Machine::tell_end(Stop const& stop)
{
    trace::MachineStopped event;
    event.cause = stop.cause;
    event.code = stop.code;
    event.reason = trace::Text(stop.reason);
    tracer_.emit(event);
    held_.release();
    return {};
}

/// Nothing when one instruction was stepped that made no exit.
Result<std::optional<backend::Exit>> Machine::enter(Pace pace, bool injected)
{
    using backend::Exit;
    if (pace == Pace::exit && ends_where_the_slice_did())
        return std::optional<Exit>(TRY(end_of_slice()));
    for (;;) {
        Exit exit = pace == Pace::exit ? TRY(stepper_.enter(*vcpu_, injected))
                                       : TRY(stepper_.step(*vcpu_, injected));
        bool const only_a_step =
            pace == Pace::instruction && std::holds_alternative<backend::exit::Debug>(exit);
        bool const unasked_for = std::holds_alternative<backend::exit::BudgetSpent>(exit) &&
                                 replaying() && history_->next_way() != Way::preempted;
        if (!only_a_step && !unasked_for)
            return std::optional<Exit>(std::move(exit));
        TRY(vcpu_->finish({}));
        if (only_a_step) {
            ++steps_;
            return std::optional<Exit>();
        }
        injected = false; // the host was slower this time, and its timer rang early: go on
    }
}

Result<void> Machine::finish(trap::Verdict const& verdict)
{
    if (std::exchange(exit_is_made_, false))
        return {};
    return vcpu_->finish(answer_of(verdict));
}

Result<void> Machine::after_exit(backend::Exit const& exit, trap::Verdict const& verdict)
{
    steps_ = 0;
    bool const preempted = std::holds_alternative<backend::exit::BudgetSpent>(exit);
    Way const way = preempted ? Way::preempted : Way::ran;
    if (auto const* stop = std::get_if<Stop>(&verdict)) {
        ended_ = *stop;
        return remember(way);
    }
    if (std::holds_alternative<trap::verdict::Park>(verdict))
        scheduler_.park(clock_.now());
    if (preempted)
        scheduler_.preempt(clock_.now());
    fruitless_jumps_ = 0;
    if (tracer_.on())
        walks_.at_exit(vcpu_->standing().registers);
    constexpr std::uint64_t look_for_input_every = 64; // exits
    if (story_.exits() % look_for_input_every == 0)
        deliver_byte();
    if (story_.exits() % options_.keyframe_every == 0)
        TRY(keyframe());
    return remember(way);
}

std::optional<Stop> Machine::poll_commands()
{
    if (auto stop = limit_reached())
        return stop;
    if (surroundings_.commands == nullptr)
        return std::nullopt;
    if (story_.exits() >= pause_at_exit_)
        pause(true);
    while (auto const command = surroundings_.commands->poll())
        obey(*command);
    while (paused_ && !quit_) {
        if (auto stop = limit_reached())
            return stop;
        constexpr std::uint32_t look_again_ms = 50;
        surroundings_.commands->wait(look_again_ms);
        while (auto const command = surroundings_.commands->poll())
            obey(*command);
    }
    if (quit_)
        return Stop{trace::StopCause::asked, 0, "the controller asked the machine to stop"};
    return std::nullopt;
}

void Machine::pause(bool paused)
{
    paused_ = paused;
    pause_at_exit_ = never;
    surroundings_.commands->paused(paused);
}

void Machine::obey(trace::Command const& command)
{
    switch (command.kind) {
    case trace::Command::Kind::pause:
        pause(true);
        break;
    case trace::Command::Kind::resume:
        pause(false);
        break;
    case trace::Command::Kind::step_exit:
        pause(false);
        pause_at_exit_ = story_.exits() + 1;
        break;
    case trace::Command::Kind::input:
        typed_.insert(typed_.end(), command.bytes.begin(), command.bytes.end());
        break;
    case trace::Command::Kind::quit:
        quit_ = true;
        break;
    }
}

std::optional<Stop> Machine::limit_reached() const
{
    if (surroundings_.interrupted != nullptr &&
        surroundings_.interrupted->load(std::memory_order_relaxed))
        return Stop{trace::StopCause::asked, trap::code_limit, "interrupted by a signal"};
    if (options_.limit_exits != 0 && story_.exits() >= options_.limit_exits)
        return Stop{trace::StopCause::limit, trap::code_limit,
                    "the limit of " + std::to_string(options_.limit_exits) + " exits is reached"};
    if (host_deadline_ns_ != 0 && host_ns() >= host_deadline_ns_)
        return Stop{trace::StopCause::limit, trap::code_limit, "the time limit is reached"};
    return std::nullopt;
}

} // namespace ringside::machine

// The run loop, and what one turn of it needs. Wiring is in machine_build.cpp.
#include "engine/machine/machine.hpp"

#include <ctime>

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

        bool const injected = TRY(interrupts_.deliver(*vcpu_, scheduler_, clock_.now()));
        backend::Vcpu* const vcpu = scheduler_.next(clock_.now()); // null: every vCPU is halted
        std::optional<backend::Exit> exit;
        if (vcpu != nullptr)
            exit = TRY(stepper_.enter(*vcpu, injected)); // guest code runs only inside this call

        auto const deadline = devices_.deadline();
        clock_.advance(exit, *vcpu_, deadline); // virtual time moves only on this line
        tracer_.set_time(clock_.now());
        devices_.advance_to(clock_.now()); // timers that expired raise their lines
        if (!exit) {
            if (auto const stop = idle(deadline.has_value()))
                return *stop;
            continue;
        }
        story_.open(*exit, *vcpu);
        trap::Verdict const verdict = std::visit(traps_, *exit); // device events nest in the span
        TRY(vcpu->finish(answer_of(verdict)));                   // completes the instruction
        story_.close(verdict, *vcpu); // RIP is now the same on every backend
        if (auto const* stop = std::get_if<Stop>(&verdict))
            return *stop;
        TRY(after_exit(*exit, verdict));
    }
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
    Stop const told =
        stop ? *stop : Stop{trace::StopCause::failed, trap::code_our_fault, stop.error().text};
    trace::MachineStopped event;
    event.cause = told.cause;
    event.code = told.code;
    event.reason = trace::Text(told.reason);
    tracer_.emit(event);
    return stop;
}

Result<void> Machine::after_exit(backend::Exit const& exit, trap::Verdict const& verdict)
{
    if (std::holds_alternative<trap::verdict::Park>(verdict))
        scheduler_.park(clock_.now());
    if (std::holds_alternative<backend::exit::BudgetSpent>(exit))
        scheduler_.preempt(clock_.now());
    fruitless_jumps_ = 0;
    if (tracer_.on())
        walks_.at_exit(vcpu_->standing().registers);
    constexpr std::uint64_t look_for_input_every = 64; // exits
    if (story_.exits() % look_for_input_every == 0)
        deliver_byte();
    if (story_.exits() % options_.keyframe_every == 0)
        return keyframe();
    return {};
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

// Every vCPU is halted, and time has just jumped to the next deadline if there was one.
std::optional<Stop> Machine::idle(bool timer_fired)
{
    if (!vcpu_->standing().registers.interrupts_on())
        return Stop{trace::StopCause::halted_for_ever, 0,
                    "the guest is halted with interrupts off: nothing can wake it"};
    // A timer whose interrupt is masked fires for ever without waking anybody.
    constexpr unsigned patience = 10'000;
    if (timer_fired && ++fruitless_jumps_ < patience)
        return std::nullopt;
    if (deliver_byte())
        return std::nullopt;
    bool const input_may_come = surroundings_.commands != nullptr ||
                                (surroundings_.input != nullptr && !surroundings_.input->ended());
    if (!input_may_come)
        return Stop{trace::StopCause::halted_for_ever, 0,
                    "the guest is halted, no timer will wake it and no input will come"};
    wait_for_input();
    return std::nullopt;
}

void Machine::wait_for_input()
{
    constexpr std::uint32_t look_again_ms = 20;
    bool const input_open = surroundings_.input != nullptr && !surroundings_.input->ended();
    if (surroundings_.commands != nullptr)
        surroundings_.commands->wait(look_again_ms);
    else if (input_open)
        surroundings_.input->wait(look_again_ms);
}

std::optional<std::uint8_t> Machine::next_input_byte()
{
    std::optional<std::uint8_t> byte;
    if (!typed_.empty()) {
        byte = typed_.front();
        typed_.pop_front();
    } else if (surroundings_.input != nullptr) {
        byte = surroundings_.input->next();
    }
    return byte;
}

} // namespace ringside::machine

// A machine's state as a whole: taken, put back, remembered turn by turn, gone back to; and what happens
// to the stream when the past is left on another way than before.
#include <algorithm>
#include <utility>

#include "engine/machine/machine.hpp"
#include "engine/trace/raw_record.hpp"

namespace ringside::machine {

// ---------------------------------------------------------------- the state as a value

Result<std::optional<State>> Machine::state()
{
    std::optional<backend::SavedVcpu> vcpu = TRY(vcpu_->save());
    if (!vcpu)
        return std::nullopt;
    State state;
    state.vcpu = *std::move(vcpu);
    for (devices::StandardDevices::Part const& part : devices_.devices())
        state.devices[part.number] = part.device->save();
    state.clock = clock_.state();
    state.scheduler = scheduler_.state();
    state.interrupts = interrupts_.state();
    state.story = story_.state();
    state.walks = walks_.state();
    state.fruitless_jumps = fruitless_jumps_;
    state.input_asked = input_.asked();
    return state;
}

/// Memory comes first: a state may be refused that does not fit its page tables.
Result<void> Machine::put(State const& state)
{
    TRY(vcpu_->restore(state.vcpu));
    for (std::uint8_t number = 0; number < state.devices.size(); ++number)
        TRY(devices_.restore(number, state.devices[number]));
    clock_.restore(state.clock);
    scheduler_.restore(state.scheduler);
    interrupts_.restore(state.interrupts);
    story_.restore(state.story);
    walks_.restore(state.walks);
    fruitless_jumps_ = state.fruitless_jumps;
    input_.set_asked(state.input_asked);
    tracer_.set_time(clock_.now());
    return {};
}

Result<void> Machine::keyframe()
{
    if (!tracer_.on())
        return {};
    story_.keyframe(TRY(vcpu_->state()));
    for (devices::StandardDevices::Part const& part : devices_.devices()) {
        trace::DeviceState saved;
        saved.device = part.number;
        for (std::uint8_t const byte : part.device->save())
            saved.bytes.push(byte);
        tracer_.emit(saved);
    }
    return {};
}

// ---------------------------------------------------------------- turn by turn

Result<void> Machine::begin_history()
{
    if (options_.history_bytes == 0)
        return {};
    std::optional<State> const first = TRY(state());
    if (!first)
        return fail(Blame::host, "a machine cannot begin in the middle of an instruction");
    TRY(backend_->collect_dirty_pages());
    history_ = TRY(
        History::begin(memory_, position(), *first, tracer_.next_seq(), options_.history_bytes));
    held_.hold();
    return {};
}

/// At the end of a turn, or of an edit.
Result<void> Machine::remember(Way way)
{
    if (!history_)
        return {};
    std::optional<State> const now = TRY(state());
    if (!now)
        return {}; // in the middle of an instruction: its end will be a moment
    TRY(backend_->collect_dirty_pages());
    std::uint64_t const from = history_->here().exits;
    switch (history_->note(position(), *now, tracer_.next_seq(), way)) {
    case History::Noted::added:
        held_.release();
        break;
    case History::Noted::repeated:
        held_.replay();
        tracer_.set_next_seq(replaying() ? history_->sequence() : held_.passed());
        break;
    case History::Noted::differs:
        tell_branch(trace::BranchCause::diverged, from);
        history_->renumber(tracer_.next_seq());
        TRY(keyframe());
        return remember(Way::edited);
    }
    return {};
}

/// Only the record finds the end of a slice again where nobody counts instructions.
bool Machine::ends_where_the_slice_did() const
{
    bool const counted = backend_->kind() == trace::BackendKind::unicorn ||
                         options_.walks == WalkMode::every_instruction;
    return !counted && history_ && history_->next_way() == Way::preempted;
}

/// As if the guest had run to where its slice ended last time.
Result<backend::Exit> Machine::end_of_slice()
{
    TRY(vcpu_->abandon());
    State const next = TRY(history_->fetch_next());
    TRY(backend_->memory_replaced());
    TRY(vcpu_->restore(next.vcpu));
    exit_is_made_ = true;
    return backend::Exit(backend::exit::BudgetSpent{});
}

// ---------------------------------------------------------------- elsewhere in time

std::optional<std::pair<Position, Position>> Machine::reach() const
{
    if (!history_)
        return std::nullopt;
    return std::pair(history_->oldest(), std::max(history_->newest(), position()));
}

Result<void> Machine::go_to(Position wanted)
{
    if (!history_)
        return fail(Blame::usage, "this machine keeps no history to go back in");
    auto const [first, last] = *reach();
    if (wanted < first || wanted.exits > last.exits)
        return fail(Blame::usage, "exit " + std::to_string(wanted.exits) +
                                      " is out of reach: the history goes from exit " +
                                      std::to_string(first.exits) + " to " +
                                      std::to_string(last.exits));
    bool const only_further = wanted >= position() && wanted.exits == exits();
    if (!only_further) {
        TRY(vcpu_->abandon());
        TRY(backend_->collect_dirty_pages());
        State const then = TRY(history_->move_to(wanted));
        TRY(appear(then));
    }
    while (exits() < wanted.exits)
        TRY(turn(Pace::exit)); // an exit in the middle of an instruction is no moment
    while (steps_ < wanted.steps && exits() == wanted.exits)
        TRY(turn(Pace::instruction));
    if (exits() == wanted.exits)
        return {};
    return fail(Blame::usage, "there are not " + std::to_string(wanted.steps) +
                                  " instructions behind exit " + std::to_string(wanted.exits) +
                                  " before the next one");
}

/// The machine becomes what it was at the history's moment.
Result<void> Machine::appear(State const& state)
{
    history_->put_memory();
    TRY(backend_->memory_replaced());
    TRY(put(state));
    steps_ = history_->here().steps;
    stepper_.begin_slice();
    exit_is_made_ = false;
    held_.forget();
    tracer_.set_next_seq(history_->sequence());
    return {};
}

/// What a person changed on this way last time is a part of it.
Result<void> Machine::take_up_edits(Pace pace)
{
    while (history_ && history_->next_way() == Way::edited && history_->here().exits == exits() &&
           (pace == Pace::exit || steps_ >= history_->next().steps)) {
        TRY(vcpu_->abandon());
        TRY(backend_->collect_dirty_pages());
        State const edited = TRY(history_->move_to_next());
        TRY(appear(edited));
    }
    return {};
}

Result<bool> Machine::back_one_instruction()
{
    if (!history_ || position() <= history_->oldest())
        return false;
    Position const from = position();
    if (from.steps != 0) {
        TRY(go_to({from.exits, from.steps - 1}));
        return true;
    }
    TRY(go_to({from.exits - 1, 0}));
    if (history_->next_way() == Way::preempted)
        return fail(Blame::usage,
                    "exit " + std::to_string(from.exits) +
                        " was the end of a slice: the instruction before it cannot be "
                        "found again; go back one exit instead");
    // How many instructions there are behind the exit before is found by counting them.
    std::uint64_t steps = 0;
    while (exits() < from.exits) {
        steps = steps_;
        TRY(turn(Pace::instruction));
    }
    TRY(go_to({from.exits - 1, steps}));
    return true;
}

// ---------------------------------------------------------------- another way than before

Result<void> Machine::change_registers(x86::CpuState const& state)
{
    TRY(vcpu_->set_state(state));
    return after_edit();
}

Result<bool> Machine::change_memory(Gpa gpa, std::span<std::byte const> bytes)
{
    if (!memory_.write(gpa, bytes))
        return false;
    TRY(backend_->collect_dirty_pages());
    TRY(backend_->memory_replaced());
    TRY(after_edit());
    return true;
}

Result<void> Machine::after_edit()
{
    if (history_)
        history_->forget_ahead();
    tell_branch(trace::BranchCause::edited, exits());
    TRY(keyframe());
    return remember(Way::edited);
}

/// The stream never goes back: what it hears next carries on behind the last it heard. What is held
/// belongs to the new branch.
void Machine::tell_branch(trace::BranchCause cause, std::uint64_t exits)
{
    std::deque<std::uint8_t> untaken = input_.take_ahead();
    typed_.insert(typed_.begin(), untaken.begin(), untaken.end());
    ended_.reset();
    trace::Branched event;
    event.branch = ++branch_;
    event.exits = exits;
    event.cause = cause;
    if (!history_)
        return tracer_.emit(event);
    std::uint64_t const first_held = tracer_.next_seq() - held_.count();
    held_.pass(trace::raw_record(event, 0, clock_.now().value));
    held_.release(held_.passed() - first_held);
    tracer_.set_next_seq(held_.passed());
}

} // namespace ringside::machine

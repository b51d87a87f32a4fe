// While every vCPU is halted; and where typed bytes come from.
#include "engine/machine/machine.hpp"

namespace ringside::machine {

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
    bool const input_may_come = surroundings_.commands != nullptr || input_.knows_next() ||
                                (surroundings_.input != nullptr && !surroundings_.input->ended());
    if (!input_may_come)
        return Stop{trace::StopCause::halted_for_ever, 0,
                    "the guest is halted, no timer will wake it and no input will come"};
    wait_for_input();
    return std::nullopt;
}

bool Machine::deliver_byte()
{
    if (!devices_.has_room())
        return false;
    auto const byte = next_input_byte();
    return byte && devices_.receive(*byte);
}

void Machine::wait_for_input()
{
    if (input_.knows_next())
        return;
    constexpr std::uint32_t look_again_ms = 20;
    bool const input_open = surroundings_.input != nullptr && !surroundings_.input->ended();
    if (surroundings_.commands != nullptr)
        surroundings_.commands->wait(look_again_ms);
    else if (input_open)
        surroundings_.input->wait(look_again_ms);
}

std::optional<std::uint8_t> Machine::next_input_byte()
{
    if (input_.knows_next())
        return input_.next_known();
    std::optional<std::uint8_t> byte;
    if (!typed_.empty()) {
        byte = typed_.front();
        typed_.pop_front();
    } else if (surroundings_.input != nullptr) {
        byte = surroundings_.input->next();
    }
    input_.look(byte, history_ ? InputLog::Keep::yes : InputLog::Keep::no);
    return byte;
}

} // namespace ringside::machine

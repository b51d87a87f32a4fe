// One register, written once. The machine looks at result() after the exit that wrote it, so the
// write itself ends nothing.
#include "engine/devices/exit_port.hpp"

#include "engine/devices/saved_state.hpp"

#include <algorithm>
#include <array>

namespace ringside::devices {

namespace {

constexpr std::array<RegisterInfo, 1> register_table{{
    {0, trace::Access::write_only, "RESULT", "The guest's result",
     "A write of 0 to 63 ends the machine with that result (guest-programs/abi/ringside.h)."},
}};

constexpr std::uint8_t largest_result = 63; // the tool's own exit codes begin at 64

} // namespace

bool ExitPort::State::plausible() const
{
    return result <= largest_result;
}

std::optional<std::uint8_t> ExitPort::result() const
{
    return state_.written ? std::optional(state_.result) : std::nullopt;
}

std::span<RegisterInfo const> ExitPort::registers() const
{
    return register_table;
}

std::uint64_t ExitPort::read(std::uint16_t, unsigned width)
{
    return byte_answer(0xff, width);
}

void ExitPort::write(std::uint16_t offset, unsigned, std::uint64_t value)
{
    if (offset != 0)
        return;
    auto const byte = static_cast<std::uint8_t>(value);
    if (byte > largest_result)
        tell(observer_, "result above 63, taken as 63", byte);
    state_ = {.written = true, .result = std::min(byte, largest_result)};
    if (exited_)
        exited_(state_.result);
}

std::vector<std::uint8_t> ExitPort::save() const
{
    return pack_state(state_);
}

Result<void> ExitPort::restore(std::span<std::uint8_t const> bytes)
{
    state_ = TRY(unpack_state<State>(name(), bytes));
    return {};
}

} // namespace ringside::devices

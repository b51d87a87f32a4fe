// The bits of port 61h. 82371AB (PIIX4) datasheet, "NMISC: NMI Status and Control Register".
#include "engine/devices/port61.hpp"

#include "engine/devices/saved_state.hpp"

#include <array>

namespace ringside::devices {

namespace {

constexpr std::array<RegisterInfo, 1> register_table{{
    {0, trace::Access::read_write, "NMISC", "Timer 2 gate and speaker",
     "Bit 0 gate of counter 2, 1 speaker, 4 toggles with the DRAM refresh, 5 OUT of counter 2 "
     "(PIIX4, \"NMISC\")."},
}};

constexpr std::uint8_t gate_bit = 0x01;
constexpr std::uint8_t sounding = 0x03; // gate open and speaker connected
constexpr std::uint8_t writable = 0x0f;
constexpr unsigned refresh_bit = 0x10;
constexpr unsigned out2_bit = 0x20;
constexpr Tick ticks_per_refresh = 18; // 15.09 microseconds: what a PC programs counter 1 to

} // namespace

std::span<RegisterInfo const> Port61::registers() const
{
    return register_table;
}

std::uint64_t Port61::read(std::uint16_t offset, unsigned width)
{
    if (offset != 0)
        return byte_answer(0xff, width);
    bool const refresh = bit(pit_.ticks() / ticks_per_refresh, 0);
    unsigned const flags = (refresh ? refresh_bit : 0U) | (pit_.out2() ? out2_bit : 0U);
    return byte_answer(static_cast<std::uint8_t>(state_.control | flags), width);
}

void Port61::write(std::uint16_t offset, unsigned, std::uint64_t value)
{
    if (offset != 0)
        return;
    bool const was_sounding = (state_.control & sounding) == sounding;
    state_.control = static_cast<std::uint8_t>(value) & writable;
    bool const sounds = (state_.control & sounding) == sounding;
    pit_.set_gate2((state_.control & gate_bit) != 0);
    if (sounds && !was_sounding)
        tell(observer_, "speaker on, Hz", Pit8254::frequency / pit_.count2());
    if (!sounds && was_sounding)
        tell(observer_, "speaker off", 0);
}

std::vector<std::uint8_t> Port61::save() const
{
    return pack_state(state_);
}

Result<void> Port61::restore(std::span<std::uint8_t const> bytes)
{
    state_ = TRY(unpack_state<State>(name(), bytes));
    return {};
}

} // namespace ringside::devices

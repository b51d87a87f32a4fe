// The six modes, each told by when it changes next and what then happens. 8254 datasheet, "Mode
// Definitions"; one tick is one CLK pulse.
#include "engine/devices/pit_counter.hpp"

#include "engine/base/bits.hpp"

#include <algorithm>

namespace ringside::devices {

namespace {

std::uint32_t from_bcd(std::uint16_t digits)
{
    std::uint32_t value = 0;
    for (unsigned shift = 16; shift > 0; shift -= 4)
        value = value * 10 + static_cast<std::uint32_t>(bits(digits, shift - 4, 4));
    return value;
}

std::uint16_t to_bcd(std::uint32_t value)
{
    unsigned digits = 0;
    for (unsigned shift = 0; shift < 16; shift += 4, value /= 10)
        digits |= (value % 10) << shift;
    return static_cast<std::uint16_t>(digits);
}

constexpr std::uint32_t largest_count = 65'536;

} // namespace

std::uint32_t PitCounter::programmed_count() const
{
    std::uint32_t const raw =
        state_.bcd ? from_bcd(state_.count_register) : std::uint32_t{state_.count_register};
    std::uint32_t const count = raw == 0 ? modulus() : raw;
    return periodic() ? std::max(count, 2U) : count;
}

// ---------------------------------------------------------------- what happens next

/// Mode 3: an odd count makes the high half one tick longer.
std::uint32_t PitCounter::half_period() const
{
    return state_.out ? (state_.value + 1) / 2 : state_.value / 2;
}

std::optional<Tick> PitCounter::next_change() const
{
    if (state_.load_due)
        return state_.load_at;
    bool const strobing = state_.expired && !state_.out && state_.mode >= 4;
    if (strobing)
        return state_.strobe_end;
    if (!state_.counting || state_.expired)
        return std::nullopt;
    Tick const zero = state_.start + state_.value;
    if (state_.mode == 2)
        return state_.out ? zero - 1 : zero;
    return state_.mode == 3 ? state_.start + half_period() : zero;
}

void PitCounter::apply_change(Tick at)
{
    if (state_.load_due)
        return load(at);
    switch (state_.mode) {
    case 0:
    case 1:
        state_.out = true;
        state_.expired = true;
        return;
    case 2:
        if (state_.out)
            state_.out = false; // the last tick of the period
        else
            load(at);
        return;
    case 3: {
        bool const next_half = !state_.out;
        load(at);
        state_.out = next_half;
        return;
    }
    default:
        state_.out = state_.expired; // 0 reached: low; one tick later: high again
        state_.expired = true;
        state_.strobe_end = at + 1;
        return;
    }
}

/// CR goes to CE: on the CLK after a count or a trigger, and at the end of each period.
void PitCounter::load(Tick at)
{
    state_.value = programmed_count();
    state_.start = at;
    state_.load_due = false;
    state_.null_count = false;
    state_.loaded = true;
    state_.expired = false;
    state_.counting = triggered() || state_.gate;
    state_.out = state_.mode >= 2;
}

void PitCounter::run_to(Tick now)
{
    for (std::optional<Tick> next = next_change(); next && *next <= now; next = next_change())
        if (skip_periods(now) == 0)
            apply_change(*next);
}

std::uint64_t PitCounter::skip_periods(Tick now)
{
    bool const repeating = periodic() && state_.counting && !state_.load_due && !state_.null_count;
    if (!repeating || now <= state_.start)
        return 0;
    std::uint64_t const periods = (now - state_.start) / state_.value;
    if (periods < 2)
        return 0;
    state_.start += (periods - 1) * state_.value;
    return periods - 1;
}

std::optional<Tick> PitCounter::next_rise() const
{
    constexpr int most_steps = 4; // load, fall, rise, and one to spare
    PitCounter future = *this;
    for (int step = 0; step < most_steps; ++step) {
        std::optional<Tick> const next = future.next_change();
        if (!next)
            return std::nullopt;
        bool const was_high = future.out();
        future.apply_change(*next);
        if (!was_high && future.out())
            return next;
    }
    return std::nullopt;
}

// ---------------------------------------------------------------- writing

void PitCounter::program(std::uint8_t control_word)
{
    auto const mode = static_cast<std::uint8_t>(bits(control_word, 1, 3));
    State fresh;
    fresh.gate = state_.gate;
    fresh.mode = mode > 5 ? mode & 3 : mode; // 8254 datasheet, "Control Word Format": x10 and x11
    fresh.access = static_cast<std::uint8_t>(bits(control_word, 4, 2));
    fresh.bcd = bit(control_word, 0);
    fresh.out = fresh.mode != 0;
    state_ = fresh;
}

void PitCounter::write(std::uint8_t byte, Tick now)
{
    auto const access = static_cast<CountAccess>(state_.access);
    if (access == CountAccess::both && !state_.second_write) {
        state_.first_byte = byte;
        state_.second_write = true;
        if (state_.mode == 0) { // "Mode 0": the first byte stops the counting
            hold(now);
            state_.out = false;
            state_.loaded = false;
            state_.load_due = false;
        }
        return;
    }
    unsigned const high = access == CountAccess::low ? 0U : byte * 256U;
    unsigned const low = access == CountAccess::both ? state_.first_byte : byte;
    state_.count_register =
        static_cast<std::uint16_t>(access == CountAccess::high ? high : high | low);
    state_.second_write = false;
    count_written(now);
}

void PitCounter::count_written(Tick now)
{
    state_.armed = true;
    state_.null_count = true;
    if (state_.mode == 0)
        state_.out = false;
    // Modes 1 and 5 wait for a trigger; modes 2 and 3 finish the period they are in.
    bool const loads_now = !triggered() && !(periodic() && state_.loaded);
    if (loads_now) {
        state_.load_due = true;
        state_.load_at = now + 1;
    }
}

void PitCounter::set_gate(bool level, Tick now)
{
    bool const rises = level && !state_.gate;
    bool const falls = !level && state_.gate;
    state_.gate = level;
    if (rises && !triggered() && !periodic() && state_.loaded) {
        state_.start = now;
        state_.counting = true;
    } else if (rises && (triggered() || periodic()) && state_.armed) {
        state_.load_due = true;
        state_.load_at = now + 1;
    } else if (falls && !triggered()) {
        hold(now);
        state_.out = state_.out || periodic();
    }
}

/// Stops the counting where it is.
void PitCounter::hold(Tick now)
{
    if (!state_.counting)
        return;
    bool const counts_down = !state_.expired && state_.mode != 3;
    state_.value =
        counts_down ? state_.value - static_cast<std::uint32_t>(now - state_.start) : count(now);
    state_.counting = false;
}

// ---------------------------------------------------------------- reading

std::uint32_t PitCounter::count(Tick now) const
{
    std::uint64_t elapsed = state_.counting ? now - state_.start : 0;
    std::uint64_t from = state_.value;
    if (state_.mode == 3) { // "Mode 3": counts down from an even number by two
        from -= from % 2;
        elapsed *= 2;
    }
    return static_cast<std::uint32_t>((from + modulus() - elapsed % modulus()) % modulus());
}

std::uint8_t PitCounter::read(Tick now)
{
    if (state_.status_latched) {
        state_.status_latched = false;
        return state_.status;
    }
    std::uint32_t const live = count(now);
    unsigned const shown = state_.latched_bytes > 0 ? state_.latched
                           : state_.bcd             ? to_bcd(live)
                                                    : live;
    auto const access = static_cast<CountAccess>(state_.access);
    bool const high =
        access == CountAccess::high || (access == CountAccess::both && state_.second_read);
    if (access == CountAccess::both)
        state_.second_read = !state_.second_read;
    if (state_.latched_bytes > 0)
        --state_.latched_bytes;
    return static_cast<std::uint8_t>(high ? shown >> 8 : shown);
}

/// 8254 datasheet, "Counter Latch Command": a second latch before the first is read does nothing.
void PitCounter::latch_count(Tick now)
{
    if (state_.latched_bytes > 0)
        return;
    std::uint32_t const live = count(now);
    state_.latched = state_.bcd ? to_bcd(live) : static_cast<std::uint16_t>(live);
    state_.latched_bytes = static_cast<CountAccess>(state_.access) == CountAccess::both ? 2 : 1;
}

/// 8254 datasheet, "Read-Back Command", Figure "Status Byte".
void PitCounter::latch_status()
{
    if (state_.status_latched)
        return;
    unsigned const flags =
        (state_.out ? 0x80U : 0U) | (state_.null_count ? 0x40U : 0U) | (state_.bcd ? 0x01U : 0U);
    state_.status = static_cast<std::uint8_t>(flags | state_.access * 16U | state_.mode * 2U);
    state_.status_latched = true;
}

bool PitCounter::State::plausible(Tick now) const
{
    bool const commands = mode <= 5 && access >= 1 && access <= 3 && latched_bytes <= 2;
    bool const periodic = mode == 2 || mode == 3;
    bool const counts =
        value <= largest_count && (!counting || value >= (periodic ? 2U : 1U) || expired);
    bool const times = start <= now && (!load_due || load_at <= now + 1) && strobe_end <= now + 1 &&
                       !(periodic && expired);
    return commands && counts && times;
}

} // namespace ringside::devices

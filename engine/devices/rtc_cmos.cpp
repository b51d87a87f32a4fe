// The clock's divider chain, updates and interrupts. Nothing runs between two looks: catch_up()
// computes what the seconds since the last one have done. MC146818 datasheet throughout.
#include "engine/devices/rtc_cmos.hpp"

#include "engine/devices/frequency.hpp"
#include "engine/devices/saved_state.hpp"

#include <algorithm>
#include <utility>

namespace ringside::devices {

namespace {

using trace::Access;

constexpr std::array<RegisterInfo, 2> register_table{{
    {0, Access::write_only, "INDEX", "Which byte DATA stands for",
     "Bits 6:0 choose one of 128 bytes; bit 7 once masked the NMI (MC146818, \"Address Map\")."},
    {1, Access::read_write, "DATA", "The chosen byte",
     "00-09 time and alarm, 0a-0d registers A to D, the rest memory (MC146818, \"Address Map\")."},
}};

constexpr std::uint8_t register_a = 0x0a;
constexpr std::uint8_t register_b = 0x0b;
constexpr std::uint8_t register_c = 0x0c;
constexpr std::uint8_t register_d = 0x0d;

// MC146818 datasheet, "Register A"
constexpr std::uint8_t a_update_in_progress = 0x80;
constexpr std::uint8_t a_divider_reset = 0x60; // divider bits 11x
constexpr std::uint8_t a_at_power_on = 0x26;   // 32.768 kHz, 1024 Hz
// MC146818 datasheet, "Register B" and "Register C": an enable and its flag share a bit.
constexpr std::uint8_t b_set = 0x80;
constexpr std::uint8_t b_binary = 0x04;
constexpr std::uint8_t b_24_hours = 0x02;
constexpr std::uint8_t periodic = 0x40;
constexpr std::uint8_t alarm = 0x20;
constexpr std::uint8_t update_ended = 0x10;
constexpr std::uint8_t c_interrupt = 0x80;
// MC146818 datasheet, "Register D"
constexpr std::uint8_t d_valid = 0x80;

constexpr std::uint64_t crystal = 32'768; // Hz
// MC146818 datasheet, "Update Cycle": UIP rises 244 us before an update, which takes 1984 us.
constexpr std::uint64_t update_time = 244'000 + 1'984'000;
// MC146818 datasheet, "Divider Control": the first update follows half a second after the reset.
constexpr std::int64_t first_update_after_reset = 500'000'000;
constexpr std::uint64_t latest_time = 1ULL << 62; // a saved time beyond is damage: 146 years

} // namespace

RtcCmos::RtcCmos(Settings const& settings, InterruptLine interrupt, Observer* observer)
    : interrupt_(std::move(interrupt)), observer_(observer)
{
    state_.bytes[register_a] = a_at_power_on;
    state_.bytes[register_b] = b_24_hours;
    state_.bytes[register_d] = d_valid;
    write_time(time_registers(), format(), date_time_of_unix(settings.epoch));
    store_memory_size(settings.memory_bytes);
    state_.periods_done = periods_by_now();
}

/// Where firmware keeps the size of memory. IBM AT Technical Reference, "CMOS RAM Address Map".
void RtcCmos::store_memory_size(std::uint64_t bytes)
{
    auto const store = [this](unsigned index, std::uint64_t value) {
        std::uint64_t const cut = std::min<std::uint64_t>(value, 0xffff);
        state_.bytes[index] = static_cast<std::uint8_t>(cut);
        state_.bytes[index + 1] = static_cast<std::uint8_t>(cut >> 8);
    };
    constexpr std::uint64_t kib = 1024;
    constexpr std::uint64_t mib = 1024 * kib;
    std::uint64_t const extended = bytes > mib ? (bytes - mib) / kib : 0;
    store(0x15, std::min<std::uint64_t>(bytes / kib, 640));
    store(0x17, extended);
    store(0x30, extended);
    store(0x34, bytes > 16 * mib ? (bytes - 16 * mib) / (64 * kib) : 0);
}

std::span<RegisterInfo const> RtcCmos::registers() const
{
    return register_table;
}

TimeFormat RtcCmos::format() const
{
    std::uint8_t const b = state_.bytes[register_b];
    return {.binary = (b & b_binary) != 0, .hours24 = (b & b_24_hours) != 0};
}

TimeRegisters RtcCmos::time_registers()
{
    return std::span(state_.bytes).first<10>();
}

ConstTimeRegisters RtcCmos::time_registers() const
{
    return std::span(state_.bytes).first<10>();
}

// ---------------------------------------------------------------- time

bool RtcCmos::divider_runs() const
{
    return (state_.bytes[register_a] & a_divider_reset) != a_divider_reset;
}

bool RtcCmos::updates() const
{
    return divider_runs() && (state_.bytes[register_b] & b_set) == 0;
}

/// Nanoseconds since the divider chain stood at zero.
std::uint64_t RtcCmos::elapsed() const
{
    return state_.now - static_cast<std::uint64_t>(state_.divider_zero);
}

bool RtcCmos::update_in_progress() const
{
    std::uint64_t const into_second = elapsed() % nanoseconds_per_second;
    return updates() && into_second >= nanoseconds_per_second - update_time;
}

/// The periodic interrupt's period in ticks of the crystal, 0 for none: "Periodic Interrupt Rate".
std::uint64_t RtcCmos::period() const
{
    unsigned const rate = state_.bytes[register_a] & 0x0fU;
    if (rate == 0)
        return 0;
    return rate <= 2 ? 64ULL << rate : 1ULL << (rate - 1);
}

std::uint64_t RtcCmos::periods_by_now() const
{
    return period() == 0 ? 0 : ticks_at(VirtualTime(elapsed()), crystal) / period();
}

void RtcCmos::advance_to(VirtualTime now)
{
    state_.now = now.value;
    if (deadline_ && now >= *deadline_)
        catch_up();
}

void RtcCmos::catch_up()
{
    if (divider_runs()) {
        std::uint64_t const seconds = elapsed() / nanoseconds_per_second;
        if (seconds > state_.seconds_done && updates())
            update(seconds - state_.seconds_done);
        state_.seconds_done = seconds;
        std::uint64_t const periods = periods_by_now();
        if (periods > state_.periods_done)
            state_.bytes[register_c] |= periodic;
        state_.periods_done = periods;
    }
    refresh();
}

void RtcCmos::update(std::uint64_t seconds)
{
    std::optional<std::uint32_t> const until_alarm = seconds_to_alarm(time_registers(), format());
    if (until_alarm && *until_alarm <= seconds)
        state_.bytes[register_c] |= alarm;
    state_.bytes[register_c] |= update_ended;
    write_time(time_registers(), format(), later(read_time(time_registers(), format()), seconds));
}

/// IRQF is the line: any flag whose interrupt is enabled ("Register C").
void RtcCmos::refresh()
{
    std::uint8_t& c = state_.bytes[register_c];
    unsigned const flags = c & unsigned{periodic | alarm | update_ended};
    bool const level = (flags & state_.bytes[register_b]) != 0;
    c = static_cast<std::uint8_t>(flags | (level ? c_interrupt : 0U));
    if (level != state_.line) {
        state_.line = level;
        if (level)
            tell(observer_, "clock interrupt, register C", c);
        if (interrupt_)
            interrupt_(level);
    }
    deadline_ = next_interrupt();
}

std::optional<VirtualTime> RtcCmos::next_interrupt() const
{
    if (state_.line || !divider_runs())
        return std::nullopt;
    std::uint8_t const enabled = state_.bytes[register_b];
    auto const zero = static_cast<std::uint64_t>(state_.divider_zero);
    std::optional<std::uint64_t> earliest;
    auto const consider = [&](std::uint64_t time) {
        earliest = std::min(earliest.value_or(time), time);
    };
    if ((enabled & periodic) != 0 && period() != 0)
        consider(zero + time_of_tick((state_.periods_done + 1) * period(), crystal).value);
    if ((enabled & update_ended) != 0 && updates())
        consider(zero + (state_.seconds_done + 1) * nanoseconds_per_second);
    if ((enabled & alarm) != 0 && updates())
        if (auto const seconds = seconds_to_alarm(time_registers(), format()))
            consider(zero + (state_.seconds_done + *seconds) * nanoseconds_per_second);
    return earliest ? std::optional(VirtualTime(*earliest)) : std::nullopt;
}

// ---------------------------------------------------------------- registers

std::uint64_t RtcCmos::read(std::uint16_t offset, unsigned width)
{
    return byte_answer(offset == 1 ? read_data() : std::uint8_t{0xff}, width);
}

std::uint8_t RtcCmos::read_data()
{
    catch_up();
    std::uint8_t const value = state_.bytes[state_.index];
    if (state_.index == register_a && update_in_progress())
        return value | a_update_in_progress;
    if (state_.index == register_c) {
        state_.bytes[register_c] = 0;
        refresh();
    }
    return value;
}

void RtcCmos::write(std::uint16_t offset, unsigned, std::uint64_t value)
{
    auto const byte = static_cast<std::uint8_t>(value);
    if (offset == 0)
        state_.index = byte & 0x7f;
    else if (offset == 1)
        write_data(byte);
}

void RtcCmos::write_data(std::uint8_t value)
{
    catch_up();
    if (state_.index == register_a)
        write_register_a(value);
    else if (state_.index == register_b)
        write_register_b(value);
    else if (state_.index != register_c && state_.index != register_d) // those are read-only
        state_.bytes[state_.index] = value;
    refresh();
}

void RtcCmos::write_register_a(std::uint8_t value)
{
    bool const was_running = divider_runs();
    state_.bytes[register_a] = value & 0x7f; // UIP is read-only
    if (!was_running && divider_runs()) {
        state_.divider_zero = static_cast<std::int64_t>(state_.now) - first_update_after_reset;
        state_.seconds_done = 0;
    }
    state_.periods_done = periods_by_now(); // a new rate begins with a whole period
}

void RtcCmos::write_register_b(std::uint8_t value)
{
    bool const was_set = (state_.bytes[register_b] & b_set) != 0;
    bool const is_set = (value & b_set) != 0;
    // "Register B": a rising SET clears UIE.
    auto const kept = static_cast<std::uint8_t>(is_set ? value & ~update_ended : value);
    state_.bytes[register_b] = kept;
    if (was_set && !is_set)
        tell(observer_, "clock set, hour and minute", state_.bytes[4] * 256U + state_.bytes[2]);
}

// ---------------------------------------------------------------- saved state

bool RtcCmos::State::plausible() const
{
    auto const zero_limit = static_cast<std::int64_t>(now);
    bool const times = now < latest_time && divider_zero <= zero_limit &&
                       divider_zero >= -first_update_after_reset;
    if (!times || index > 0x7f)
        return false;
    std::uint64_t const since = now - static_cast<std::uint64_t>(divider_zero);
    return seconds_done <= since / nanoseconds_per_second &&
           periods_done <= ticks_at(VirtualTime(since), crystal);
}

std::vector<std::uint8_t> RtcCmos::save() const
{
    return pack_state(state_);
}

Result<void> RtcCmos::restore(std::span<std::uint8_t const> bytes)
{
    state_ = TRY(unpack_state<State>(name(), bytes));
    deadline_ = next_interrupt();
    return {};
}

} // namespace ringside::devices

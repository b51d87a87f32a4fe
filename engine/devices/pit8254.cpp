// Control words and the followed counter. 8254 datasheet, "Programming the 8254".
#include "engine/devices/pit8254.hpp"

#include "engine/devices/frequency.hpp"
#include "engine/devices/saved_state.hpp"

#include <utility>

namespace ringside::devices {

namespace {

using trace::Access;

constexpr std::array<RegisterInfo, 4> register_table{{
    {0, Access::read_write, "COUNTER0", "Counter 0: the timer interrupt",
     "Count written and read in one or two bytes; each rise of its OUT is IRQ 0 (8254, \"Write "
     "Operations\")."},
    {1, Access::read_write, "COUNTER1", "Counter 1: free",
     "Counts and drives nothing (8254, \"Write Operations\")."},
    {2, Access::read_write, "COUNTER2", "Counter 2: the speaker",
     "Its gate and OUT are bits of port 61h (8254, \"Write Operations\")."},
    {3, Access::write_only, "CONTROL", "Control Word Register",
     "Sets mode and access of a counter, latches a count, or reads back (8254, \"Control Word "
     "Format\")."},
}};

constexpr unsigned timer = 0;
constexpr unsigned speaker = 2;
constexpr unsigned control = 3;
constexpr unsigned most_edges_told = 16;
constexpr std::uint64_t latest_time = 1ULL << 62; // a saved time beyond is damage: 146 years
// 8254 datasheet, "Read-Back Command": these two are active low.
constexpr unsigned read_back_no_count = 5;
constexpr unsigned read_back_no_status = 4;

constexpr std::array<std::string_view, 3> mode_set{"counter 0: mode set", "counter 1: mode set",
                                                   "counter 2: mode set"};
constexpr std::array<std::string_view, 3> count_set{"counter 0: count set", "counter 1: count set",
                                                    "counter 2: count set"};

} // namespace

Pit8254::Pit8254(InterruptLine interrupt, Observer* observer)
    : interrupt_(std::move(interrupt)), observer_(observer)
{
    counters_[speaker].set_gate(false, 0);
}

std::span<RegisterInfo const> Pit8254::registers() const
{
    return register_table;
}

// ---------------------------------------------------------------- time

Tick Pit8254::ticks() const
{
    return ticks_at(now_, frequency);
}

/// The counter, computed up to now.
PitCounter& Pit8254::counter(unsigned index)
{
    counters_[index].run_to(ticks());
    return counters_[index];
}

void Pit8254::advance_to(VirtualTime now)
{
    now_ = now;
    if (change_ && now >= *change_)
        run_timer();
}

/// Follows counter 0 through every change that has become due.
void Pit8254::run_timer()
{
    PitCounter& followed = counters_[timer];
    Tick const now = ticks();
    unsigned edges = 0;
    for (std::optional<Tick> next = followed.next_change(); next && *next <= now;
         next = followed.next_change()) {
        if (edges >= most_edges_told) {
            if (std::uint64_t const skipped = followed.skip_periods(now); skipped > 0) {
                tell(observer_, "timer periods passed over", skipped);
                continue;
            }
        }
        followed.apply_change(*next);
        if (followed.out() != line_)
            ++edges;
        if (followed.out() && !line_)
            tell(observer_, "timer expired", followed.programmed_count());
        drive_line();
    }
    plan();
}

void Pit8254::drive_line()
{
    bool const level = counters_[timer].out();
    if (level == line_)
        return;
    line_ = level;
    if (interrupt_)
        interrupt_(level);
}

/// Works out once, not at every question, when counter 0 needs us again.
void Pit8254::plan()
{
    auto const when = [](std::optional<Tick> tick) {
        return tick ? std::optional(time_of_tick(*tick, frequency)) : std::nullopt;
    };
    change_ = when(counters_[timer].next_change());
    rise_ = when(counters_[timer].next_rise());
}

// ---------------------------------------------------------------- registers

std::uint64_t Pit8254::read(std::uint16_t offset, unsigned width)
{
    if (offset >= control)
        return byte_answer(0xff, width); // the control word cannot be read
    return byte_answer(counter(offset).read(ticks()), width);
}

void Pit8254::write(std::uint16_t offset, unsigned, std::uint64_t value)
{
    auto const byte = static_cast<std::uint8_t>(value);
    if (offset > control)
        return;
    if (offset == control) {
        command(byte);
    } else {
        PitCounter& target = counter(offset);
        target.write(byte, ticks());
        if (!target.state().second_write)
            tell(observer_, count_set[offset], target.programmed_count());
    }
    drive_line();
    plan();
}

/// 8254 datasheet, "Control Word Format".
void Pit8254::command(std::uint8_t control_word)
{
    auto const selected = static_cast<unsigned>(bits(control_word, 6, 2));
    if (selected == 3)
        return read_back(control_word);
    PitCounter& target = counter(selected);
    if (bits(control_word, 4, 2) == 0)
        return target.latch_count(ticks());
    target.program(control_word);
    tell(observer_, mode_set[selected], target.state().mode);
}

void Pit8254::read_back(std::uint8_t control_word)
{
    for (unsigned index = 0; index < counters_.size(); ++index) {
        if (!bit(control_word, index + 1))
            continue;
        if (!bit(control_word, read_back_no_count))
            counter(index).latch_count(ticks());
        if (!bit(control_word, read_back_no_status))
            counter(index).latch_status();
    }
}

void Pit8254::set_gate2(bool level)
{
    counter(speaker).set_gate(level, ticks());
}

bool Pit8254::out2()
{
    return counter(speaker).out();
}

// ---------------------------------------------------------------- saved state

bool Pit8254::State::plausible() const
{
    if (now >= latest_time)
        return false;
    Tick const tick = ticks_at(VirtualTime(now), frequency);
    return counters[0].plausible(tick) && counters[1].plausible(tick) &&
           counters[2].plausible(tick);
}

std::vector<std::uint8_t> Pit8254::save() const
{
    return pack_state(State{
        now_.value, line_, {counters_[0].state(), counters_[1].state(), counters_[2].state()}});
}

Result<void> Pit8254::restore(std::span<std::uint8_t const> bytes)
{
    State const state = TRY(unpack_state<State>(name(), bytes));
    now_ = VirtualTime(state.now);
    line_ = state.line;
    for (unsigned index = 0; index < counters_.size(); ++index)
        counters_[index].restore(state.counters[index]);
    plan();
    return {};
}

} // namespace ringside::devices

// Who is next: ranking requests against what is in service, and the command words that change it.
// All of it after the 8259A datasheet; section titles stand at each function.
#include "engine/devices/pic8259.hpp"

#include "engine/base/assert.hpp"
#include "engine/base/bits.hpp"

namespace ringside::devices {

namespace {

// 8259A datasheet, "Initialization Command Word Format"
constexpr std::uint8_t icw1_marker = 0x10;
constexpr std::uint8_t icw1_level_triggered = 0x08;
constexpr std::uint8_t icw1_single = 0x02;
constexpr std::uint8_t icw1_needs_icw4 = 0x01;
constexpr std::uint8_t icw4_special_fully_nested = 0x10;
constexpr std::uint8_t icw4_automatic_end = 0x02;
// 8259A datasheet, "Operation Command Word Format"
constexpr std::uint8_t ocw3_marker = 0x08;
constexpr std::uint8_t ocw3_enable_special_mask = 0x40;
constexpr std::uint8_t ocw3_special_mask = 0x20;
constexpr std::uint8_t ocw3_poll = 0x04;
constexpr std::uint8_t ocw3_read_register = 0x02;
constexpr std::uint8_t ocw3_in_service = 0x01;

constexpr std::uint8_t mask_of(unsigned input)
{
    return static_cast<std::uint8_t>(1U << input);
}

constexpr void set(std::uint8_t& inputs, std::uint8_t mask)
{
    inputs = static_cast<std::uint8_t>(inputs | mask);
}

constexpr void clear(std::uint8_t& inputs, std::uint8_t mask)
{
    inputs = static_cast<std::uint8_t>(inputs & ~mask);
}

} // namespace

bool Pic8259::single() const
{
    return (state_.icw1 & icw1_single) != 0;
}

bool Pic8259::automatic_end() const
{
    return (state_.icw4 & icw4_automatic_end) != 0;
}

bool Pic8259::special_fully_nested() const
{
    return (state_.icw4 & icw4_special_fully_nested) != 0;
}

bool Pic8259::has_slave(unsigned input) const
{
    return !single() && bit(state_.icw3, input);
}

std::uint8_t Pic8259::vector(unsigned input) const
{
    return static_cast<std::uint8_t>((state_.icw2 & 0xf8U) | input);
}

// ---------------------------------------------------------------- requests and their rank

bool Pic8259::level_triggered(unsigned input) const
{
    return (state_.icw1 & icw1_level_triggered) != 0 || bit(state_.level_triggered, input);
}

void Pic8259::set_line(unsigned input, bool level)
{
    ASSERT(input < 8);
    std::uint8_t const mask = mask_of(input);
    bool const rises = level && !bit(state_.lines, input);
    if (rises)
        set(state_.edges, mask);
    if (level)
        set(state_.lines, mask);
    else
        clear(state_.lines, mask);
}

/// IRR. 8259A datasheet, "Edge and Level Triggered Modes": in both the line must stay high until
/// the acknowledge.
std::uint8_t Pic8259::requests() const
{
    unsigned const levels =
        (state_.icw1 & icw1_level_triggered) != 0 ? 0xffU : state_.level_triggered;
    return static_cast<std::uint8_t>(state_.lines & (state_.edges | levels));
}

/// 0 for the input that ranks first (8259A datasheet, "Automatic Rotation").
unsigned Pic8259::rank(unsigned input) const
{
    return (input + 7U - state_.lowest) & 7U;
}

std::optional<unsigned> Pic8259::first(std::uint8_t inputs) const
{
    for (unsigned place = 0; place < 8; ++place) {
        unsigned const input = (state_.lowest + 1U + place) & 7U;
        if (bit(inputs, input))
            return input;
    }
    return std::nullopt;
}

std::optional<unsigned> Pic8259::pending() const
{
    if (!initialised())
        return std::nullopt;
    auto const unmasked = static_cast<std::uint8_t>(requests() & ~state_.masked);
    std::optional<unsigned> const request = first(unmasked);
    if (!request)
        return std::nullopt;
    // 8259A datasheet, "Special Mask Mode": what is in service but masked blocks nobody.
    unsigned const does_not_block = state_.special_mask ? state_.masked : 0U;
    std::optional<unsigned> const serving =
        first(static_cast<std::uint8_t>(state_.in_service & ~does_not_block));
    if (!serving || rank(*request) < rank(*serving))
        return request;
    // 8259A datasheet, "The Special Fully Nested Mode": a slave in service may interrupt again,
    // for what it asks now ranks higher within the slave.
    if (request == serving && special_fully_nested() && has_slave(*request))
        return request;
    return std::nullopt;
}

std::optional<unsigned> Pic8259::acknowledge()
{
    std::optional<unsigned> const input = pending();
    if (!input)
        return std::nullopt;
    clear(state_.edges, mask_of(*input));
    if (!automatic_end())
        set(state_.in_service, mask_of(*input));
    else if (state_.rotate_on_auto_end)
        state_.lowest = static_cast<std::uint8_t>(*input);
    return input;
}

// ---------------------------------------------------------------- reading

std::uint8_t Pic8259::read(unsigned a0)
{
    if (state_.poll) {
        // 8259A datasheet, "Poll Command": the next read is an acknowledge.
        state_.poll = false;
        std::optional<unsigned> const input = acknowledge();
        return input ? static_cast<std::uint8_t>(0x80U | *input) : std::uint8_t{0};
    }
    if (a0 == 1)
        return state_.masked;
    return state_.read_in_service ? state_.in_service : requests();
}

// ---------------------------------------------------------------- writing

std::optional<unsigned> Pic8259::write(unsigned a0, std::uint8_t value)
{
    if (a0 == 0 && (value & icw1_marker) != 0)
        begin_initialisation(value);
    else if (a0 == 0 && (value & ocw3_marker) != 0)
        read_command(value);
    else if (a0 == 0)
        return operation_command(value);
    else if (state_.next_icw >= 2)
        continue_initialisation(value);
    else
        state_.masked = value;
    return std::nullopt;
}

/// 8259A datasheet, "Initialization Command Words 1 and 2": what ICW1 clears.
void Pic8259::begin_initialisation(std::uint8_t icw1)
{
    State fresh;
    fresh.lines = state_.lines; // not the edges: a line that is high now has to fall and rise
    fresh.level_triggered = state_.level_triggered;
    fresh.icw1 = icw1;
    fresh.next_icw = 2;
    state_ = fresh;
}

void Pic8259::continue_initialisation(std::uint8_t icw)
{
    std::uint8_t const after_icw3 = (state_.icw1 & icw1_needs_icw4) != 0 ? 4 : 0;
    switch (state_.next_icw) {
    case 2:
        state_.icw2 = icw;
        state_.next_icw = single() ? after_icw3 : 3;
        break;
    case 3:
        state_.icw3 = icw;
        state_.next_icw = after_icw3;
        break;
    default:
        state_.icw4 = icw;
        state_.next_icw = 0;
        break;
    }
}

/// 8259A datasheet, "Operation Control Word 2": R, SL and EOI in bits 7 to 5, a level in 2 to 0.
std::optional<unsigned> Pic8259::operation_command(std::uint8_t ocw2)
{
    bool const rotate = bit(ocw2, 7);
    bool const specific = bit(ocw2, 6);
    bool const ends = bit(ocw2, 5);
    unsigned const level = ocw2 & 7U;
    if (!ends) {
        if (specific && rotate)
            state_.lowest = static_cast<std::uint8_t>(level); // set priority
        else if (!specific)
            state_.rotate_on_auto_end = rotate;
        return std::nullopt;
    }
    // A non-specific EOI ends what ranks first; in special mask mode not what is masked.
    unsigned const passed_over = state_.special_mask ? state_.masked : 0U;
    std::optional<unsigned> const target =
        specific ? level : first(static_cast<std::uint8_t>(state_.in_service & ~passed_over));
    if (rotate && target)
        state_.lowest = static_cast<std::uint8_t>(*target);
    return end(target);
}

std::optional<unsigned> Pic8259::end(std::optional<unsigned> input)
{
    if (!input || !bit(state_.in_service, *input))
        return std::nullopt;
    clear(state_.in_service, mask_of(*input));
    return input;
}

/// 8259A datasheet, "Operation Control Word 3".
void Pic8259::read_command(std::uint8_t ocw3)
{
    if ((ocw3 & ocw3_enable_special_mask) != 0)
        state_.special_mask = (ocw3 & ocw3_special_mask) != 0;
    if ((ocw3 & ocw3_read_register) != 0)
        state_.read_in_service = (ocw3 & ocw3_in_service) != 0;
    state_.poll = (ocw3 & ocw3_poll) != 0;
}

} // namespace ringside::devices

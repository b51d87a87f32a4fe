// Collecting text and address until a command consumes both. Numbers and offsets are those of the
// header that guests include, so that neither side can move them alone.
#include "engine/devices/teaching_port.hpp"

#include "engine/devices/saved_state.hpp"
#include "guest-programs/abi/ringside.h"

#include <algorithm>
#include <string>

namespace ringside::devices {

namespace {

using trace::Access;

constexpr std::uint16_t offset_of(unsigned port)
{
    return static_cast<std::uint16_t>(port - RINGSIDE_PORT_TEACH_COMMAND);
}

constexpr std::uint16_t command_offset = offset_of(RINGSIDE_PORT_TEACH_COMMAND);
constexpr std::uint16_t text_offset = offset_of(RINGSIDE_PORT_TEACH_TEXT);
constexpr std::uint16_t address_offset = offset_of(RINGSIDE_PORT_TEACH_ADDRESS);
constexpr std::uint16_t address_high_offset = offset_of(RINGSIDE_PORT_TEACH_ADDRESS_HIGH);
constexpr unsigned address_bytes = 8;
static_assert(address_high_offset == address_offset + 4, "the two halves are one 64-bit register");

constexpr std::array<RegisterInfo, 4> register_table{{
    {command_offset, Access::read_write, "COMMAND", "Teaching command",
     "1 marker, 2 symbol, 3 assertion held, 4 failed, 5 tracing on, 6 off; reads as 'R' "
     "(guest-programs/abi/ringside.h)."},
    {text_offset, Access::write_only, "TEXT", "Text for the next command",
     "Byte by byte, at most 63 are kept (guest-programs/abi/ringside.h)."},
    {address_offset, Access::write_only, "ADDRESS", "Address for the next symbol, low half",
     "Any of its bytes may be written (guest-programs/abi/ringside.h)."},
    {address_high_offset, Access::write_only, "ADDRESS_HIGH",
     "Address for the next symbol, high half",
     "Any of its bytes may be written (guest-programs/abi/ringside.h)."},
}};

constexpr bool printable(std::uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7f;
}

} // namespace

bool TeachingPort::State::plausible() const
{
    return text_size <= most_text && std::all_of(text.begin(), text.begin() + text_size, printable);
}

std::span<RegisterInfo const> TeachingPort::registers() const
{
    return register_table;
}

std::uint64_t TeachingPort::read(std::uint16_t offset, unsigned width)
{
    return byte_answer(offset == command_offset ? RINGSIDE_TEACH_MAGIC : 0xff, width);
}

void TeachingPort::write(std::uint16_t offset, unsigned width, std::uint64_t value)
{
    auto const byte = static_cast<std::uint8_t>(value);
    if (offset == command_offset)
        command(byte);
    else if (offset == text_offset)
        add_text(byte);
    else if (offset >= address_offset && offset < address_offset + address_bytes)
        write_address(offset - address_offset, width, value);
}

void TeachingPort::add_text(std::uint8_t byte)
{
    if (state_.text_size == most_text)
        return;
    state_.text[state_.text_size++] = printable(byte) ? byte : std::uint8_t{'?'};
}

void TeachingPort::write_address(unsigned first_byte, unsigned width, std::uint64_t value)
{
    for (unsigned index = 0; index < width && first_byte + index < address_bytes; ++index) {
        unsigned const shift = 8 * (first_byte + index);
        state_.address &= ~(0xffULL << shift);
        state_.address |= bits(value, 8 * index, 8) << shift;
    }
}

void TeachingPort::command(std::uint8_t number)
{
    std::string const text(state_.text.begin(), state_.text.begin() + state_.text_size);
    std::uint64_t const address = state_.address;
    state_.text_size = 0;
    state_.address = 0;
    switch (number) {
    case RINGSIDE_TEACH_MARKER:
        return listener_.marker(text);
    case RINGSIDE_TEACH_SYMBOL:
        return listener_.symbol(text, address);
    case RINGSIDE_TEACH_ASSERT_HELD:
    case RINGSIDE_TEACH_ASSERT_FAILED:
        return listener_.assertion(text, number == RINGSIDE_TEACH_ASSERT_HELD);
    case RINGSIDE_TEACH_TRACE_ON:
    case RINGSIDE_TEACH_TRACE_OFF:
        state_.tracing = number == RINGSIDE_TEACH_TRACE_ON;
        return listener_.tracing(state_.tracing);
    default:
        return tell(observer_, "unknown teaching command", number);
    }
}

std::vector<std::uint8_t> TeachingPort::save() const
{
    return pack_state(state_);
}

Result<void> TeachingPort::restore(std::span<std::uint8_t const> bytes)
{
    state_ = TRY(unpack_state<State>(name(), bytes));
    return {};
}

} // namespace ringside::devices

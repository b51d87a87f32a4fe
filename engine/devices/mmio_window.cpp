// Registers as bytes: every access is taken apart, so that unaligned, partial and register-crossing
// ones need no cases of their own.
#include "engine/devices/mmio_window.hpp"

#include "engine/devices/saved_state.hpp"
#include "guest-programs/abi/ringside.h"

#include <array>

namespace ringside::devices {

namespace {

using trace::Access;

constexpr std::array<RegisterInfo, 4> register_table{{
    {RINGSIDE_MMIO_ID, Access::read_only, "ID", "Identity",
     "\"RING\", 0x474e4952 (guest-programs/abi/ringside.h)."},
    {RINGSIDE_MMIO_SCRATCH, Access::read_write, "SCRATCH", "Scratch",
     "64 bits that read back what was written (guest-programs/abi/ringside.h)."},
    {RINGSIDE_MMIO_SUM, Access::read_write, "SUM", "Running sum",
     "A write adds to it, a read gives the sum (guest-programs/abi/ringside.h)."},
    {RINGSIDE_MMIO_COUNT, Access::read_only, "COUNT", "Accesses to this page",
     "Counts every read and write, this one included (guest-programs/abi/ringside.h)."},
}};

constexpr std::uint64_t identity = 0x474e4952; // "RING", little-endian

/// Where a register lies, and how many bytes it has.
struct Place {
    unsigned offset;
    unsigned size;
};
constexpr Place id_place{RINGSIDE_MMIO_ID, 4};
constexpr Place scratch_place{RINGSIDE_MMIO_SCRATCH, 8};
constexpr Place sum_place{RINGSIDE_MMIO_SUM, 8};
constexpr Place count_place{RINGSIDE_MMIO_COUNT, 4};

constexpr bool lies_in(unsigned offset, Place place)
{
    return offset >= place.offset && offset < place.offset + place.size;
}

constexpr std::uint8_t byte_of(std::uint64_t value, unsigned offset, Place place)
{
    return static_cast<std::uint8_t>(value >> (8 * (offset - place.offset)));
}

} // namespace

std::span<RegisterInfo const> MmioWindow::registers() const
{
    return register_table;
}

std::uint8_t MmioWindow::byte_at(unsigned offset) const
{
    if (lies_in(offset, id_place))
        return byte_of(identity, offset, id_place);
    if (lies_in(offset, scratch_place))
        return byte_of(state_.scratch, offset, scratch_place);
    if (lies_in(offset, sum_place))
        return byte_of(state_.sum, offset, sum_place);
    if (lies_in(offset, count_place))
        return byte_of(state_.count, offset, count_place);
    return 0xff;
}

std::uint64_t MmioWindow::read(std::uint16_t offset, unsigned width)
{
    ++state_.count;
    std::uint64_t value = 0;
    for (unsigned index = 0; index < width && index < 8; ++index)
        value |= static_cast<std::uint64_t>(byte_at(offset + index)) << (8 * index);
    return value;
}

void MmioWindow::write(std::uint16_t offset, unsigned width, std::uint64_t value)
{
    ++state_.count;
    std::uint64_t addend = 0;
    for (unsigned index = 0; index < width && index < 8; ++index) {
        unsigned const at = offset + index;
        std::uint64_t const byte = bits(value, 8 * index, 8);
        if (lies_in(at, scratch_place)) {
            unsigned const shift = 8 * (at - scratch_place.offset);
            state_.scratch = (state_.scratch & ~(0xffULL << shift)) | (byte << shift);
        } else if (lies_in(at, sum_place)) {
            addend |= byte << (8 * (at - sum_place.offset));
        }
    }
    std::uint64_t const before = state_.sum;
    state_.sum += addend;
    if (state_.sum < before)
        tell(observer_, "the sum wrapped around", state_.sum);
}

std::vector<std::uint8_t> MmioWindow::save() const
{
    return pack_state(state_);
}

Result<void> MmioWindow::restore(std::span<std::uint8_t const> bytes)
{
    state_ = TRY(unpack_state<State>(name(), bytes));
    return {};
}

} // namespace ringside::devices

// How an address finds its device: claims lie sorted and apart, so the only candidate is the last
// one that begins at or before the address.
#include "engine/devices/bus.hpp"

#include "engine/base/assert.hpp"
#include "engine/base/bits.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <string>

namespace ringside::devices {

namespace {

constexpr std::uint64_t last_port = 0xffff; // SDM Vol. 1, "I/O Port Addressing"
constexpr std::uint64_t offsets_of_a_device = 0x10000;

std::string hex(std::uint64_t value)
{
    std::array<char, 16> digits{};
    char* end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
    return "0x" + std::string(digits.data(), end);
}

std::uint64_t last_of(Claim const& claim)
{
    return claim.base + (claim.size - 1);
}

/// "uart16550 at 0x3f8-0x3ff"
std::string place_of(Claim const& claim)
{
    return std::string(claim.device->name()) + " at " + hex(claim.base) + "-" + hex(last_of(claim));
}

bool begins_before(std::uint64_t address, Claim const& claim)
{
    return address < claim.base;
}

} // namespace

Result<void> Bus::claim(std::uint64_t base, std::uint64_t size, Device& device, std::uint8_t number,
                        std::uint16_t offset)
{
    std::string const wanted = std::string(device.name()) + " at " + hex(base);
    if (size == 0)
        return fail(Blame::host, "cannot claim an empty range for " + wanted);
    if (size > offsets_of_a_device - offset)
        return fail(Blame::host, "cannot claim " + hex(size) + " bytes for " + wanted +
                                     ": its offsets would not fit in 16 bits");
    std::uint64_t const last_address = space_ == trace::Space::port ? last_port : ~0ULL;
    if (base > last_address || size - 1 > last_address - base)
        return fail(Blame::host, "cannot claim " + hex(size) + " bytes for " + wanted +
                                     ": the range ends behind the last address");

    Claim const fresh{
        .base = base, .size = size, .offset = offset, .device = &device, .number = number};
    auto const next = std::upper_bound(claims_.begin(), claims_.end(), base, begins_before);
    Claim const* neighbour = nullptr;
    if (next != claims_.end() && next->base <= last_of(fresh))
        neighbour = &*next;
    if (next != claims_.begin() && last_of(*std::prev(next)) >= base)
        neighbour = &*std::prev(next);
    if (neighbour != nullptr)
        return fail(Blame::host,
                    "cannot claim " + place_of(fresh) + ": it overlaps " + place_of(*neighbour));
    claims_.insert(next, fresh);
    return {};
}

Claim const* Bus::find(std::uint64_t address, unsigned width) const
{
    auto const next = std::upper_bound(claims_.begin(), claims_.end(), address, begins_before);
    if (next == claims_.begin())
        return nullptr;
    Claim const& candidate = *std::prev(next);
    std::uint64_t const within = address - candidate.base;
    bool const fits = within < candidate.size && width <= candidate.size - within;
    return fits ? &candidate : nullptr;
}

std::uint64_t Bus::read(std::uint64_t address, unsigned width)
{
    ASSERT(width >= 1 && width <= 8);
    Claim const* claim = find(address, width);
    if (claim == nullptr) {
        std::uint64_t const all_ones = truncate(~0ULL, width);
        tracer_.emit(trace::Unclaimed{.space = space_,
                                      .direction = trace::Direction::read,
                                      .width = static_cast<std::uint8_t>(width),
                                      .address = address,
                                      .value = all_ones});
        return all_ones;
    }
    auto const offset = static_cast<std::uint16_t>(claim->offset + (address - claim->base));
    std::uint64_t const value = truncate(claim->device->read(offset, width), width);
    tracer_.emit(trace::DeviceAccess{.device = claim->number,
                                     .width = static_cast<std::uint8_t>(width),
                                     .direction = trace::Direction::read,
                                     .offset = offset,
                                     .value = value});
    return value;
}

void Bus::write(std::uint64_t address, unsigned width, std::uint64_t value)
{
    ASSERT(width >= 1 && width <= 8);
    std::uint64_t const written = truncate(value, width);
    Claim const* claim = find(address, width);
    if (claim == nullptr) {
        tracer_.emit(trace::Unclaimed{.space = space_,
                                      .direction = trace::Direction::write,
                                      .width = static_cast<std::uint8_t>(width),
                                      .address = address,
                                      .value = written});
        return;
    }
    auto const offset = static_cast<std::uint16_t>(claim->offset + (address - claim->base));
    tracer_.emit(trace::DeviceAccess{.device = claim->number,
                                     .width = static_cast<std::uint8_t>(width),
                                     .direction = trace::Direction::write,
                                     .offset = offset,
                                     .value = written});
    claim->device->write(offset, width, written);
}

} // namespace ringside::devices

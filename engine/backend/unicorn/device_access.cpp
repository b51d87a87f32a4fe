#include "engine/backend/unicorn/device_access.hpp"

#include <algorithm>
#include <bit>

#include "engine/backend/unicorn/layout.hpp"
#include "engine/base/bits.hpp"

namespace ringside::unicorn {

namespace {

constexpr std::uint64_t widest_access = 8;

std::uint64_t alignment_of(x86::Operand const& operand)
{
    return std::min<std::uint64_t>(std::bit_floor(std::uint64_t{operand.width}), widest_access);
}

/// Cuts an operand at page borders, then each part into accesses of up to 8 bytes; adds those that
/// lie in a device.
x86::Outcome<void> add(std::vector<DeviceAccess>& accesses, x86::Operand const& operand,
                       ShadowTranslation const& translation)
{
    for (std::uint64_t done = 0; done < operand.width;) {
        std::uint64_t const linear = operand.linear + done;
        std::uint64_t const part =
            std::min(operand.width - done, layout::page_size - linear % layout::page_size);
        x86::Walk const walk = translation.peek(linear, x86::Access::read);
        if (!walk.ok())
            return tl::unexpected<x86::Fault>(to_fault(walk));
        bool const device = translation.host_page(walk.gpa) == nullptr;
        for (std::uint64_t at = 0; device && at < part; at += widest_access) {
            auto const width = static_cast<std::uint8_t>(std::min(part - at, widest_access));
            accesses.push_back({{walk.gpa + at, width}, alignment_of(operand)});
        }
        done += part;
    }
    return {};
}

/// The library may have asked for an aligned block around the access, not for the access itself.
bool belongs_to(DeviceWindow::Piece piece, DeviceAccess const& access)
{
    std::uint64_t const gpa = access.read.gpa.value;
    std::uint64_t const begin = align_down(gpa, access.alignment);
    std::uint64_t const end = align_up(gpa + access.read.width, access.alignment);
    return piece.gpa.value < end && piece.gpa.value + piece.width > begin;
}

} // namespace

x86::Outcome<std::vector<DeviceAccess>> device_loads(DeviceWindow::Piece piece,
                                                     x86::Decoded const* decoded,
                                                     x86::CpuState const& state,
                                                     ShadowTranslation const& translation)
{
    std::vector<DeviceAccess> accesses;
    if (decoded != nullptr)
        for (x86::Operand const& operand : x86::memory_operands(*decoded, state))
            if (operand.reads) {
                x86::Outcome<void> const added = add(accesses, operand, translation);
                if (!added)
                    return tl::unexpected<x86::Fault>(added.error());
            }
    bool const found = std::any_of(accesses.begin(), accesses.end(),
                                   [&](auto const& access) { return belongs_to(piece, access); });
    if (!found)
        accesses.push_back({{piece.gpa, piece.width}, piece.width});
    return accesses;
}

} // namespace ringside::unicorn

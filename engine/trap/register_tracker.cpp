#include "engine/trap/register_tracker.hpp"

namespace ringside::trap {

namespace {

constexpr std::uint64_t mask_of(trace::Register reg)
{
    return 1ULL << static_cast<unsigned>(reg);
}

void add(trace::RegistersChanged& event, unsigned index, std::uint64_t value)
{
    event.mask |= 1ULL << index;
    event.values.push(value);
}

bool same_system_state(x86::CpuState const& left, x86::CpuState const& right)
{
    return left.segments == right.segments && left.cr0 == right.cr0 && left.cr2 == right.cr2 &&
           left.cr3 == right.cr3 && left.cr4 == right.cr4 && left.cr8 == right.cr8 &&
           left.efer == right.efer && left.tr == right.tr && left.ldtr == right.ldtr &&
           left.gdtr == right.gdtr && left.idtr == right.idtr;
}

// The MSRs below are only as fresh as the backend's last full state (backend.hpp, Standing):
// keyframes tell them, exits do not.
constexpr std::uint64_t only_in_keyframes =
    mask_of(trace::Register::star) | mask_of(trace::Register::lstar) |
    mask_of(trace::Register::fmask) | mask_of(trace::Register::kernel_gs_base);

} // namespace

std::optional<trace::RegistersChanged> RegisterTracker::changes(x86::CpuState const& state)
{
    trace::RegistersChanged event;
    constexpr auto rip = static_cast<unsigned>(trace::Register::rip);
    constexpr auto rflags = static_cast<unsigned>(trace::Register::rflags);
    for (unsigned index = 0; index < state.gpr.size(); ++index)
        if (state.gpr[index] != told_.gpr[index])
            add(event, index, state.gpr[index]);
    if (state.rip != told_.rip)
        add(event, rip, state.rip);
    if (state.rflags != told_.rflags)
        add(event, rflags, state.rflags);

    if (!same_system_state(state, told_)) {
        trace::RegisterFile const now = x86::to_register_file(state);
        trace::RegisterFile const before = x86::to_register_file(told_);
        for (unsigned index = rflags + 1; index < now.size(); ++index)
            if (now[index] != before[index] && ((only_in_keyframes >> index) & 1U) == 0)
                add(event, index, now[index]);
    }
    if (event.mask == 0)
        return std::nullopt;
    told_ = state;
    return event;
}

} // namespace ringside::trap

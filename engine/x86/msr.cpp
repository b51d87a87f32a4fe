// The eight MSRs a small kernel needs: EFER, the four of SYSCALL, and the three that hold segment
// bases.
//
// SDM Vol. 4, "Architectural MSRs"; SDM Vol. 2B, WRMSR.
#include "engine/x86/msr.hpp"

#include "engine/base/assert.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/paging.hpp"

#include <algorithm>
#include <array>

namespace ringside::x86 {

namespace {

constexpr std::array<std::uint32_t, 8> modelled{msr::efer,    msr::star,          msr::lstar,
                                                msr::cstar,   msr::fmask,         msr::fs_base,
                                                msr::gs_base, msr::kernel_gs_base};

/// SDM Vol. 3A, "Extended Feature Enable Register". LMA says that long mode is active: it follows
/// LME and CR0.PG and ignores writes, as in KVM.
Outcome<void> write_efer(CpuState& state, std::uint64_t value)
{
    constexpr std::uint64_t defined = efer::sce | efer::lme | efer::lma | efer::nxe;
    if ((value & ~defined) != 0)
        return raise(vector::gp, 0);
    if (state.paging() && ((value ^ state.efer) & efer::lme) != 0)
        return raise(vector::gp, 0);
    state.efer = (value & ~efer::lma) | (state.efer & efer::lma);
    return {};
}

Outcome<void> write_address(std::uint64_t& place, std::uint64_t value)
{
    if (!is_canonical(value))
        return raise(vector::gp, 0);
    place = value;
    return {};
}

} // namespace

std::span<std::uint32_t const> modelled_msrs()
{
    return modelled;
}

bool is_modelled(std::uint32_t index)
{
    return std::find(modelled.begin(), modelled.end(), index) != modelled.end();
}

std::uint64_t read_msr(CpuState const& state, std::uint32_t index)
{
    ASSERT(is_modelled(index));
    switch (index) {
    case msr::efer:
        return state.efer;
    case msr::star:
        return state.star;
    case msr::lstar:
        return state.lstar;
    case msr::cstar:
        return state.cstar;
    case msr::fmask:
        return state.fmask;
    case msr::fs_base:
        return state[fs].base;
    case msr::gs_base:
        return state[gs].base;
    default:
        return state.kernel_gs_base;
    }
}

Outcome<void> write_msr(CpuState& state, std::uint32_t index, std::uint64_t value)
{
    ASSERT(is_modelled(index));
    switch (index) {
    case msr::efer:
        return write_efer(state, value);
    case msr::star:
        state.star = value;
        return {};
    case msr::lstar:
        return write_address(state.lstar, value);
    case msr::cstar:
        return write_address(state.cstar, value);
    case msr::fmask:
        if (value >> 32 != 0) // the upper half is reserved
            return raise(vector::gp, 0);
        state.fmask = value;
        return {};
    case msr::fs_base:
        return write_address(state[fs].base, value);
    case msr::gs_base:
        return write_address(state[gs].base, value);
    default:
        return write_address(state.kernel_gs_base, value);
    }
}

} // namespace ringside::x86

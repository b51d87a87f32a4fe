// Each write is checked against the state it would make, then made.
#include "engine/x86/control_registers.hpp"

#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/cpuid.hpp"
#include "engine/x86/segments.hpp"

namespace ringside::x86 {

namespace {

tl::unexpected<Fault> refused()
{
    return raise(vector::gp, 0);
}

// SDM Vol. 3A, "Initializing IA-32e Mode": the consistency checks of turning paging on.
bool may_enter_long_mode(CpuState const& state)
{
    bool const tss16 = state.tr.type() == system_type::tss16_available ||
                       state.tr.type() == system_type::tss16_busy;
    return (state.cr4 & cr4::pae) != 0 && !state[cs].long_mode() && !tss16;
}

/// In PAE mode a write of CR3 (or of what turns PAE paging on) loads the four top entries; a
/// present one with reserved bits set is refused. SDM Vol. 3A, "PDPTE Registers".
bool top_entries_are_valid(CpuState const& state, LinearMemory const& memory)
{
    constexpr std::uint64_t low_reserved = 0x1e6; // bits 1, 2 and 5 to 8
    constexpr std::uint64_t table_alignment = 32;
    if (state.paging_mode() != PagingMode::pae)
        return true;
    std::uint64_t const table = truncate(align_down(state.cr3, table_alignment), 4);
    for (unsigned index = 0; index < 4; ++index) {
        std::uint64_t const entry = memory.read_physical(Gpa(table + index * 8), 8);
        bool const reserved = (entry & low_reserved) != 0 || entry >> physical_address_bits != 0;
        if (bit(entry, 0) && reserved)
            return false;
    }
    return true;
}

} // namespace

Outcome<void> write_cr0(CpuState& state, LinearMemory const& memory, std::uint64_t value)
{
    constexpr std::uint64_t existing = cr0::pe | cr0::mp | cr0::em | cr0::ts | cr0::et | cr0::ne |
                                       cr0::wp | cr0::am | cr0::nw | cr0::cd | cr0::pg;
    bool const pg = (value & cr0::pg) != 0;
    if (value >> 32 != 0 || (pg && (value & cr0::pe) == 0) ||
        ((value & cr0::nw) != 0 && (value & cr0::cd) == 0))
        return refused();

    bool const long_mode = pg && (state.efer & efer::lme) != 0;
    if (long_mode && !state.paging() && !may_enter_long_mode(state))
        return refused();
    if (!pg && state.mode() == CpuMode::long64)
        return refused();

    std::uint64_t const changed = state.cr0 ^ value;
    state.cr0 = (value & existing) | cr0::et;
    state.efer = long_mode ? state.efer | efer::lma : state.efer & ~efer::lma;
    bool const loads_top_entries = (changed & (cr0::cd | cr0::nw | cr0::pg)) != 0;
    if (loads_top_entries && !top_entries_are_valid(state, memory))
        return refused();
    return {};
}

Outcome<void> write_cr3(CpuState& state, LinearMemory const& memory, std::uint64_t value)
{
    if (value >> physical_address_bits != 0)
        return refused();
    state.cr3 = value;
    if (!top_entries_are_valid(state, memory))
        return refused();
    return {};
}

std::uint64_t cr4_allowed()
{
    // SDM Vol. 2, CPUID, leaf 7: EBX and ECX name the later features.
    CpuidLeaf const features = cpuid(7, 0);
    std::uint64_t allowed = cr4::vme | cr4::pvi | cr4::tsd | cr4::de | cr4::pse | cr4::pae |
                            cr4::mce | cr4::pge | cr4::pce | cr4::osfxsr | cr4::osxmmexcpt;
    if (bit(features.ebx, 0))
        allowed |= cr4::fsgsbase;
    if (bit(features.ebx, 7))
        allowed |= cr4::smep;
    if (bit(features.ebx, 20))
        allowed |= cr4::smap;
    if (bit(features.ecx, 2))
        allowed |= cr4::umip;
    return allowed;
}

Outcome<void> write_cr4(CpuState& state, LinearMemory const& memory, std::uint64_t value)
{
    if ((value & ~cr4_allowed()) != 0)
        return refused();
    if (state.long_mode_active() && (value & cr4::pae) == 0)
        return refused();
    std::uint64_t const changed = state.cr4 ^ value;
    state.cr4 = value;
    bool const loads_top_entries = (changed & (cr4::pae | cr4::pge | cr4::pse | cr4::smep)) != 0;
    if (loads_top_entries && !top_entries_are_valid(state, memory))
        return refused();
    return {};
}

Outcome<void> write_cr8(CpuState& state, std::uint64_t value)
{
    constexpr std::uint64_t priority_bits = 0xf; // SDM Vol. 3A, "Task-Priority Register"
    if ((value & ~priority_bits) != 0)
        return refused();
    state.cr8 = value;
    return {};
}

} // namespace ringside::x86

// What the control registers and the hidden parts of segment registers say about how the CPU runs.
//
// Not modelled: virtual-8086 mode (RFLAGS.VM is ignored), and real mode with CS.D set, which runs
// as 16-bit code here as it does in KVM.
#include "engine/x86/cpu_state.hpp"

#include "engine/x86/control_bits.hpp"

#include <type_traits>

namespace ringside::x86 {

namespace {

/// Shows every register of the stream to `visit`, with its place in the state. One list serves
/// both directions of the conversion.
template <typename State, typename Visit>
void for_each_register(State& state, Visit visit)
{
    using trace::Register;
    auto const following = [](Register first, std::size_t distance) {
        return static_cast<Register>(static_cast<std::size_t>(first) + distance);
    };
    auto const visit_segment = [&](Register selector, auto& segment) {
        visit(selector, segment.selector);
        visit(following(selector, 1), segment.base);
        visit(following(selector, 2), segment.limit);
        visit(following(selector, 3), segment.attributes);
    };

    for (std::size_t index = 0; index < state.gpr.size(); ++index)
        visit(following(Register::rax, index), state.gpr[index]);
    visit(Register::rip, state.rip);
    visit(Register::rflags, state.rflags);
    visit(Register::cr0, state.cr0);
    visit(Register::cr2, state.cr2);
    visit(Register::cr3, state.cr3);
    visit(Register::cr4, state.cr4);
    visit(Register::cr8, state.cr8);
    visit(Register::efer, state.efer);
    for (std::size_t index = 0; index < state.segments.size(); ++index)
        visit_segment(following(Register::es_selector, 4 * index), state.segments[index]);
    visit_segment(Register::tr_selector, state.tr);
    visit_segment(Register::ldtr_selector, state.ldtr);
    visit(Register::gdtr_base, state.gdtr.base);
    visit(Register::gdtr_limit, state.gdtr.limit);
    visit(Register::idtr_base, state.idtr.base);
    visit(Register::idtr_limit, state.idtr.limit);
    visit(Register::star, state.star);
    visit(Register::lstar, state.lstar);
    visit(Register::fmask, state.fmask);
    visit(Register::kernel_gs_base, state.kernel_gs_base);
}

} // namespace

// SDM Vol. 3A, "Modes of Operation": PE, then EFER.LMA, then CS.L and CS.D decide.
CpuMode CpuState::mode() const
{
    Segment const& code = (*this)[cs];
    if (!protected_mode())
        return CpuMode::real;
    if (long_mode_active())
        return code.long_mode() ? CpuMode::long64 : CpuMode::compatibility;
    return code.big() ? CpuMode::protected32 : CpuMode::protected16;
}

CodeSize CpuState::code_size() const
{
    switch (mode()) {
    case CpuMode::real:
    case CpuMode::protected16:
        return CodeSize::bits16;
    case CpuMode::protected32:
        return CodeSize::bits32;
    case CpuMode::compatibility:
        return (*this)[cs].big() ? CodeSize::bits32 : CodeSize::bits16;
    case CpuMode::long64:
        return CodeSize::bits64;
    }
    return CodeSize::bits16;
}

// SDM Vol. 3A, "Paging Modes and Control Bits".
PagingMode CpuState::paging_mode() const
{
    if (!paging())
        return PagingMode::none;
    if ((cr4 & cr4::pae) == 0)
        return PagingMode::bits32;
    return long_mode_active() ? PagingMode::level4 : PagingMode::pae;
}

std::uint64_t CpuState::linear_rip() const
{
    if (mode() == CpuMode::long64) // CS.base counts as 0
        return rip;
    return truncate((*this)[cs].base + rip, 4);
}

// SDM Vol. 3A, Table "IA-32 and Intel 64 Processor States Following Power-up, Reset, or INIT".
CpuState real_mode_start(std::uint16_t ip)
{
    // Present, accessed, writable data; CS as present, accessed, readable code.
    constexpr std::uint16_t data = 0x93;
    constexpr std::uint16_t code = 0x9b;
    constexpr std::uint16_t local_table = 0x82;
    constexpr std::uint16_t busy_task = 0x8b;
    constexpr std::uint32_t limit = 0xffff;

    CpuState state;
    state.rip = ip;
    state.cr0 = 0x60000010; // CD, NW, ET: caches off, as after RESET; nothing here models caches
    for (Segment& segment : state.segments)
        segment = Segment{.selector = 0, .attributes = data, .limit = limit, .base = 0};
    state[cs].attributes = code;
    state.ldtr = Segment{.selector = 0, .attributes = local_table, .limit = limit, .base = 0};
    state.tr = Segment{.selector = 0, .attributes = busy_task, .limit = limit, .base = 0};
    state.gdtr = DescriptorTable{.base = 0, .limit = 0xffff};
    state.idtr = DescriptorTable{.base = 0, .limit = 0xffff};
    return state;
}

trace::RegisterFile to_register_file(CpuState const& state)
{
    trace::RegisterFile values{};
    for_each_register(state, [&](trace::Register name, auto const& value) {
        values[static_cast<std::size_t>(name)] = value;
    });
    return values;
}

void from_register_file(trace::RegisterFile const& values, CpuState& state)
{
    for_each_register(state, [&](trace::Register name, auto& place) {
        using Place = std::remove_reference_t<decltype(place)>;
        place = static_cast<Place>(values[static_cast<std::size_t>(name)]);
    });
}

} // namespace ringside::x86

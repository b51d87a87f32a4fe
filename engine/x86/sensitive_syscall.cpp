// Into the kernel and back without the stack: SYSCALL and SYSRET; and the instructions that are
// interrupts. SDM Vol. 2: SYSCALL, SYSRET, INT n/INTO/INT3/INT1.
//
// As on Intel CPUs, SYSCALL and SYSRET exist in 64-bit code only.
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/sensitive_instructions.hpp"

namespace ringside::x86::instruction {

namespace {

// The segments are made up, not read from the GDT: flat, present, accessed.
constexpr std::uint16_t kernel_code = 0xa09b, kernel_data = 0xc093;
constexpr std::uint16_t user_code64 = 0xa0fb, user_code32 = 0xc0fb, user_data = 0xc0f3;

Segment flat(std::uint64_t selector, std::uint16_t attributes)
{
    return {.selector = static_cast<std::uint16_t>(selector),
            .attributes = attributes,
            .limit = 0xffffffff,
            .base = 0};
}

Outcome<void> require_system_calls(Execution const& execution)
{
    if (!execution.in_64bit_code() || (execution.state.efer & efer::sce) == 0)
        return raise(vector::ud);
    return {};
}

} // namespace

Outcome<Effect> syscall(Execution& execution)
{
    GUEST_TRY(require_system_calls(execution));
    CpuState& state = execution.state;
    std::uint64_t const base = state.star >> 32;
    constexpr std::uint64_t without_rpl = 0xfffc; // SDM Vol. 2, SYSCALL: of CS, but not of SS
    state.gpr[rcx] = state.rip;
    state.gpr[r11] = state.rflags;
    state.rflags = (state.rflags & ~state.fmask) | rflags::fixed;
    state[cs] = flat(base & without_rpl, kernel_code);
    state[ss] = flat(base + 8, kernel_data);
    state.rip = state.lstar;
    return effect::Done{};
}

Outcome<Effect> sysret(Execution& execution)
{
    constexpr std::uint64_t restored = 0x3c7fd7; // SDM Vol. 2, SYSRET: all but RF, VM and reserved
    constexpr std::uint64_t user = 3;
    GUEST_TRY(require_system_calls(execution));
    GUEST_TRY(require_supervisor(execution));
    CpuState& state = execution.state;
    bool const to_64bit = execution.operand_width() == 8;
    if (to_64bit && !is_canonical(state.gpr[rcx]))
        return raise(vector::gp, 0);

    std::uint64_t const base = state.star >> 48;
    state.rip = truncate(state.gpr[rcx], to_64bit ? 8 : 4);
    state.rflags = (state.gpr[r11] & restored) | rflags::fixed;
    state[cs] = to_64bit ? flat((base + 16) | user, user_code64) : flat(base | user, user_code32);
    state[ss] = flat((base + 8) | user, user_data);
    return effect::Done{};
}

Outcome<Effect> int_n(Execution& execution)
{
    std::uint64_t const number = GUEST_TRY(read_operand(execution, 0, 1));
    return effect::SoftwareInterrupt{.vector = static_cast<std::uint8_t>(number)};
}

Outcome<Effect> int1(Execution&)
{
    return effect::SoftwareInterrupt{.vector = vector::db, .source = Source::exception};
}

Outcome<Effect> int3(Execution&)
{
    return effect::SoftwareInterrupt{.vector = vector::bp};
}

Outcome<Effect> into(Execution& execution)
{
    if ((execution.state.rflags & rflags::of) == 0)
        return effect::Done{};
    return effect::SoftwareInterrupt{.vector = vector::of};
}

} // namespace ringside::x86::instruction

// What the CPU is, what time it is, its model-specific registers, waiting, and calling the
// hypervisor. SDM Vol. 2: CPUID, RDMSR, WRMSR, RDTSC, RDTSCP, RDPMC, HLT, VMCALL.
//
// Not modelled: performance counters (every RDPMC names one that does not exist), IA32_TSC_AUX
// (reads 0).
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/cpuid.hpp"
#include "engine/x86/msr.hpp"
#include "engine/x86/sensitive_instructions.hpp"

namespace ringside::x86::instruction {

namespace {

std::uint32_t low_half(std::uint64_t value)
{
    return static_cast<std::uint32_t>(value);
}

/// EDX:EAX, each zero-extended.
void set_result_pair(CpuState& state, std::uint64_t value)
{
    state.gpr[rax] = low_half(value);
    state.gpr[rdx] = value >> 32;
}

Outcome<void> require_time_stamp(Execution const& execution)
{
    if ((execution.state.cr4 & cr4::tsd) != 0)
        return require_supervisor(execution);
    return {};
}

bool has_rdtscp()
{
    constexpr std::uint32_t extended_features = 0x80000001;
    return bit(x86::cpuid(extended_features, 0).edx, 27);
}

} // namespace

Outcome<Effect> cpuid(Execution& execution)
{
    CpuState& state = execution.state;
    CpuidLeaf const leaf = x86::cpuid(low_half(state.gpr[rax]), low_half(state.gpr[rcx]));
    state.gpr[rax] = leaf.eax;
    state.gpr[rbx] = leaf.ebx;
    state.gpr[rcx] = leaf.ecx;
    state.gpr[rdx] = leaf.edx;
    return effect::Done{};
}

Outcome<Effect> rdmsr(Execution& execution)
{
    GUEST_TRY(require_supervisor(execution));
    std::uint32_t const index = low_half(execution.state.gpr[rcx]);
    if (!is_modelled(index))
        return effect::MsrRead{.index = index};
    set_result_pair(execution.state, read_msr(execution.state, index));
    return effect::Done{};
}

Outcome<Effect> wrmsr(Execution& execution)
{
    GUEST_TRY(require_supervisor(execution));
    CpuState& state = execution.state;
    std::uint32_t const index = low_half(state.gpr[rcx]);
    std::uint64_t const value = low_half(state.gpr[rax]) | std::uint64_t{low_half(state.gpr[rdx])}
                                                               << 32;
    if (!is_modelled(index))
        return effect::MsrWrite{.index = index, .value = value};
    GUEST_TRY(write_msr(state, index, value));
    return effect::Done{.translations_stale = index == msr::efer};
}

void complete_rdmsr(CpuState& state, Decoded const& decoded, std::uint64_t value)
{
    set_result_pair(state, value);
    finish_instruction(state, decoded);
}

Outcome<Effect> rdtsc(Execution& execution)
{
    GUEST_TRY(require_time_stamp(execution));
    set_result_pair(execution.state, execution.instructions_so_far);
    return effect::Done{};
}

Outcome<Effect> rdtscp(Execution& execution)
{
    if (!has_rdtscp())
        return raise(vector::ud);
    GUEST_TRY(require_time_stamp(execution));
    set_result_pair(execution.state, execution.instructions_so_far);
    execution.state.gpr[rcx] = 0;
    return effect::Done{};
}

Outcome<Effect> rdpmc(Execution&)
{
    return raise(vector::gp, 0);
}

Outcome<Effect> hlt(Execution& execution)
{
    GUEST_TRY(require_supervisor(execution));
    return effect::Halt{};
}

Outcome<Effect> vmcall(Execution& execution)
{
    return effect::Hypercall{.number = execution.state.gpr[rax]};
}

} // namespace ringside::x86::instruction

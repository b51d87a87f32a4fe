// From a mnemonic to the function that emulates it, on a scratch copy of the state; the copy
// becomes the state when nothing faulted and nobody outside is needed.
#include "engine/x86/sensitive.hpp"

#include "engine/base/assert.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/sensitive_instructions.hpp"

#include <array>

namespace ringside::x86 {

namespace {

// MOV, PUSH, POP, JMP, CALL and RET have plain forms too: only their sensitive ones come here.

Outcome<Effect> move(Execution& execution)
{
    ZydisDecodedOperand const& to = execution.operand(0);
    ZydisDecodedOperand const& from = execution.operand(1);
    if (is_register(to, ZYDIS_REGCLASS_SEGMENT))
        return instruction::move_to_segment(execution);
    if (is_register(from, ZYDIS_REGCLASS_SEGMENT))
        return instruction::move_from_segment(execution);
    if (is_register(to, ZYDIS_REGCLASS_CONTROL))
        return instruction::move_to_control(execution);
    if (is_register(from, ZYDIS_REGCLASS_CONTROL))
        return instruction::move_from_control(execution);
    if (is_register(to, ZYDIS_REGCLASS_DEBUG))
        return instruction::move_to_debug(execution);
    ASSERT(is_register(from, ZYDIS_REGCLASS_DEBUG));
    return instruction::move_from_debug(execution);
}

/// What the CPUID table denies.
Outcome<Effect> undefined(Execution&)
{
    return raise(vector::ud);
}

struct Entry {
    ZydisMnemonic mnemonic;
    Handler handler;
};

// Grouped by family, several on a line.
// clang-format off
constexpr auto entries = std::to_array<Entry>({
    {ZYDIS_MNEMONIC_IN, instruction::in}, {ZYDIS_MNEMONIC_OUT, instruction::out},
    {ZYDIS_MNEMONIC_INSB, instruction::ins}, {ZYDIS_MNEMONIC_OUTSB, instruction::outs},
    {ZYDIS_MNEMONIC_INSW, instruction::ins}, {ZYDIS_MNEMONIC_OUTSW, instruction::outs},
    {ZYDIS_MNEMONIC_INSD, instruction::ins}, {ZYDIS_MNEMONIC_OUTSD, instruction::outs},

    {ZYDIS_MNEMONIC_CLI, instruction::cli}, {ZYDIS_MNEMONIC_STI, instruction::sti},
    {ZYDIS_MNEMONIC_PUSHF, instruction::pushf}, {ZYDIS_MNEMONIC_POPF, instruction::popf},
    {ZYDIS_MNEMONIC_PUSHFD, instruction::pushf}, {ZYDIS_MNEMONIC_POPFD, instruction::popf},
    {ZYDIS_MNEMONIC_PUSHFQ, instruction::pushf}, {ZYDIS_MNEMONIC_POPFQ, instruction::popf},
    {ZYDIS_MNEMONIC_STAC, instruction::stac}, {ZYDIS_MNEMONIC_CLAC, instruction::clac},

    {ZYDIS_MNEMONIC_LMSW, instruction::lmsw}, {ZYDIS_MNEMONIC_SMSW, instruction::smsw},
    {ZYDIS_MNEMONIC_CLTS, instruction::clts}, {ZYDIS_MNEMONIC_INVLPG, instruction::invlpg},
    {ZYDIS_MNEMONIC_INVD, instruction::wbinvd}, {ZYDIS_MNEMONIC_WBINVD, instruction::wbinvd},

    {ZYDIS_MNEMONIC_LGDT, instruction::lgdt}, {ZYDIS_MNEMONIC_SGDT, instruction::sgdt},
    {ZYDIS_MNEMONIC_LIDT, instruction::lidt}, {ZYDIS_MNEMONIC_SIDT, instruction::sidt},
    {ZYDIS_MNEMONIC_LLDT, instruction::lldt}, {ZYDIS_MNEMONIC_SLDT, instruction::sldt},
    {ZYDIS_MNEMONIC_LTR, instruction::ltr}, {ZYDIS_MNEMONIC_STR, instruction::str},
    {ZYDIS_MNEMONIC_LAR, instruction::lar}, {ZYDIS_MNEMONIC_LSL, instruction::lsl},
    {ZYDIS_MNEMONIC_VERR, instruction::verr}, {ZYDIS_MNEMONIC_VERW, instruction::verw},
    {ZYDIS_MNEMONIC_ARPL, instruction::arpl},

    {ZYDIS_MNEMONIC_MOV, move},
    {ZYDIS_MNEMONIC_PUSH, instruction::push_segment},
    {ZYDIS_MNEMONIC_POP, instruction::pop_segment},
    {ZYDIS_MNEMONIC_LDS, instruction::load_far_pointer},
    {ZYDIS_MNEMONIC_LES, instruction::load_far_pointer},
    {ZYDIS_MNEMONIC_LFS, instruction::load_far_pointer},
    {ZYDIS_MNEMONIC_LGS, instruction::load_far_pointer},
    {ZYDIS_MNEMONIC_LSS, instruction::load_far_pointer},
    {ZYDIS_MNEMONIC_SWAPGS, instruction::swapgs},
    {ZYDIS_MNEMONIC_RDFSBASE, instruction::rdfsbase},
    {ZYDIS_MNEMONIC_RDGSBASE, instruction::rdgsbase},
    {ZYDIS_MNEMONIC_WRFSBASE, instruction::wrfsbase},
    {ZYDIS_MNEMONIC_WRGSBASE, instruction::wrgsbase},

    {ZYDIS_MNEMONIC_CPUID, instruction::cpuid}, {ZYDIS_MNEMONIC_HLT, instruction::hlt},
    {ZYDIS_MNEMONIC_RDMSR, instruction::rdmsr}, {ZYDIS_MNEMONIC_WRMSR, instruction::wrmsr},
    {ZYDIS_MNEMONIC_RDTSC, instruction::rdtsc}, {ZYDIS_MNEMONIC_RDTSCP, instruction::rdtscp},
    {ZYDIS_MNEMONIC_RDPMC, instruction::rdpmc},
    {ZYDIS_MNEMONIC_VMCALL, instruction::vmcall}, {ZYDIS_MNEMONIC_VMMCALL, instruction::vmcall},

    {ZYDIS_MNEMONIC_JMP, instruction::far_jump}, {ZYDIS_MNEMONIC_CALL, instruction::far_call},
    {ZYDIS_MNEMONIC_RET, instruction::far_return}, {ZYDIS_MNEMONIC_IRET, instruction::iret},
    {ZYDIS_MNEMONIC_IRETD, instruction::iret}, {ZYDIS_MNEMONIC_IRETQ, instruction::iret},
    {ZYDIS_MNEMONIC_INT, instruction::int_n}, {ZYDIS_MNEMONIC_INT1, instruction::int1},
    {ZYDIS_MNEMONIC_INT3, instruction::int3}, {ZYDIS_MNEMONIC_INTO, instruction::into},
    {ZYDIS_MNEMONIC_SYSCALL, instruction::syscall}, {ZYDIS_MNEMONIC_SYSRET, instruction::sysret},
});
// clang-format on

constexpr auto handlers = [] {
    std::array<Handler, ZYDIS_MNEMONIC_MAX_VALUE + 1> by_mnemonic{};
    by_mnemonic.fill(undefined);
    for (Entry const& entry : entries)
        by_mnemonic[entry.mnemonic] = entry.handler;
    return by_mnemonic;
}();

Fault refuse(CpuState& state, Fault const& fault)
{
    // SDM Vol. 3B, "Debug Status Register (DR6)": BD tells that MOV DRn met DR7.GD.
    constexpr std::uint64_t debug_register_access = 1ULL << 13;
    if (fault.vector == vector::db)
        state.dr[6] |= debug_register_access;
    return fault;
}

/// Puts the scratch state in place of the real one, for effects that are the whole instruction.
struct Commit {
    CpuState& state;
    CpuState const& scratch;

    Effect operator()(effect::Done done) const
    {
        done.translations_stale |= Paging::of(state) != Paging::of(scratch);
        state = scratch;
        return done;
    }
    Effect operator()(effect::SoftwareInterrupt const& interrupt) const
    {
        state = scratch;
        return interrupt;
    }
    Effect operator()(Fault const& fault) const { return refuse(state, fault); }
    // These are completed later: see complete().
    Effect operator()(effect::PortIn const& effect) const { return effect; }
    Effect operator()(effect::PortOut const& effect) const { return effect; }
    Effect operator()(effect::Halt const& effect) const { return effect; }
    Effect operator()(effect::MsrRead const& effect) const { return effect; }
    Effect operator()(effect::MsrWrite const& effect) const { return effect; }
    Effect operator()(effect::Hypercall const& effect) const { return effect; }
};

struct Completion {
    CpuState& state;
    memory::GuestMemory& memory;
    Decoded const& decoded;
    std::span<std::uint64_t const> values;

    Outcome<void> operator()(effect::PortIn const& effect) const
    {
        ASSERT(values.size() == effect.elements);
        return instruction::complete_in(state, memory, decoded, values);
    }
    Outcome<void> operator()(effect::PortOut const&) const
    {
        instruction::complete_out(state, decoded);
        return {};
    }
    Outcome<void> operator()(effect::MsrRead const&) const
    {
        ASSERT(values.size() == 1);
        instruction::complete_rdmsr(state, decoded, values.front());
        return {};
    }
    Outcome<void> operator()(effect::Hypercall const&) const
    {
        if (!values.empty())
            state.gpr[rax] = values.front();
        return finish();
    }
    Outcome<void> operator()(effect::MsrWrite const&) const { return finish(); }
    Outcome<void> operator()(effect::Halt const&) const { return finish(); }
    // These were complete when execute() returned.
    Outcome<void> operator()(effect::Done const&) const { return {}; }
    Outcome<void> operator()(effect::SoftwareInterrupt const&) const { return {}; }
    Outcome<void> operator()(Fault const&) const { return {}; }

    Outcome<void> finish() const
    {
        finish_instruction(state, decoded);
        return {};
    }
};

} // namespace

Effect execute(CpuState& state, memory::GuestMemory& memory, Decoded const& decoded,
               std::uint64_t instructions_so_far)
{
    CpuState scratch = state;
    LinearMemory linear(memory, scratch);
    Execution execution{.state = scratch,
                        .memory = linear,
                        .decoded = decoded,
                        .instructions_so_far = instructions_so_far};
    finish_instruction(scratch, decoded);
    Handler const handler = handlers[decoded.instruction.mnemonic];
    Outcome<Effect> const outcome = handler(execution);
    if (!outcome)
        return refuse(state, outcome.error());
    return std::visit(Commit{.state = state, .scratch = scratch}, *outcome);
}

Outcome<void> complete(CpuState& state, memory::GuestMemory& memory, Decoded const& decoded,
                       Effect const& effect, std::span<std::uint64_t const> values)
{
    return std::visit(
        Completion{.state = state, .memory = memory, .decoded = decoded, .values = values}, effect);
}

} // namespace ringside::x86

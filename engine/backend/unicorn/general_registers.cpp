#include "engine/backend/unicorn/general_registers.hpp"

#include "engine/base/assert.hpp"
#include "engine/x86/control_bits.hpp"

namespace ringside::unicorn {

namespace {

constexpr std::uint64_t kept_by_us = x86::rflags::tf | x86::rflags::rf;

} // namespace

GeneralRegisters::GeneralRegisters(Engine& engine)
    : engine_(engine), names_{UC_X86_REG_RAX,    UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX,
                              UC_X86_REG_RSP,    UC_X86_REG_RBP, UC_X86_REG_RSI, UC_X86_REG_RDI,
                              UC_X86_REG_R8,     UC_X86_REG_R9,  UC_X86_REG_R10, UC_X86_REG_R11,
                              UC_X86_REG_R12,    UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15,
                              UC_X86_REG_RFLAGS, UC_X86_REG_RIP}
{
    for (std::size_t index = 0; index < count; ++index)
        places_[index] = &held_[index];
}

void GeneralRegisters::load(x86::CpuState& state)
{
    uc_err const error = uc_reg_read_batch(engine_.handle(), names_.data(), places_.data(), count);
    ASSERT(error == UC_ERR_OK);
    known_ = true;

    for (std::size_t index = 0; index < state.gpr.size(); ++index)
        state.gpr[index] = held_[index];
    state.rflags = held_[flags_at] | (state.rflags & kept_by_us);
    state.rip = held_[rip_at];
}

void GeneralRegisters::store(x86::CpuState const& state)
{
    for (std::size_t index = 0; index < state.gpr.size(); ++index)
        if (!known_ || held_[index] != state.gpr[index])
            write(index, state.gpr[index]);
    std::uint64_t const flags = state.rflags & ~kept_by_us;
    if (!known_ || held_[flags_at] != flags)
        write(flags_at, flags);
    known_ = true;
}

void GeneralRegisters::write(std::size_t index, std::uint64_t value)
{
    held_[index] = value;
    uc_err const error = uc_reg_write(engine_.handle(), names_[index], &value);
    ASSERT(error == UC_ERR_OK);
}

} // namespace ringside::unicorn

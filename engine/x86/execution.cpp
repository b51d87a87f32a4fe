// Operands, by way of Zydis' description of them.
#include "engine/x86/execution.hpp"

#include "engine/base/assert.hpp"
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"

namespace ringside::x86 {

namespace {

std::uint64_t address_part(Execution const& execution, ZydisRegister name)
{
    if (name == ZYDIS_REGISTER_NONE)
        return 0;
    if (name == ZYDIS_REGISTER_RIP || name == ZYDIS_REGISTER_EIP)
        return execution.state.rip; // already behind the instruction
    return read_register(execution.state, name);
}

} // namespace

void finish_instruction(CpuState& state, Decoded const& decoded)
{
    set_rip(state, state.rip + decoded.length());
    state.rflags &= ~rflags::rf;
    state.interrupt_shadow = false;
}

Outcome<void> require_supervisor(Execution const& execution)
{
    if (execution.state.cpl() != 0)
        return raise(vector::gp, 0);
    return {};
}

Outcome<void> require_protected_mode(Execution const& execution)
{
    if (!execution.state.protected_mode())
        return raise(vector::ud);
    return {};
}

Outcome<void> require_64bit_code(Execution const& execution)
{
    if (!execution.in_64bit_code())
        return raise(vector::ud);
    return {};
}

Outcome<void> require_visible_tables(Execution const& execution)
{
    if ((execution.state.cr4 & cr4::umip) != 0 && execution.state.cpl() != 0)
        return raise(vector::gp, 0);
    return {};
}

Privilege data_privilege(CpuState const& state)
{
    return state.cpl() == 3 ? Privilege::user : Privilege::supervisor;
}

Place place_of(Execution const& execution, ZydisDecodedOperand const& operand)
{
    ASSERT(is_memory(operand));
    std::uint64_t const offset = address_part(execution, operand.mem.base) +
                                 address_part(execution, operand.mem.index) * operand.mem.scale +
                                 static_cast<std::uint64_t>(operand.mem.disp.value);
    auto const segment = static_cast<SegmentIndex>(ZydisRegisterGetId(operand.mem.segment));
    return {.segment = segment, .offset = truncate(offset, execution.address_width())};
}

Place field_of(Execution const& execution, Place place, unsigned distance)
{
    return {.segment = place.segment,
            .offset = truncate(place.offset + distance, execution.address_width())};
}

Outcome<std::uint64_t> read_memory(Execution const& execution, Place place, unsigned width)
{
    CpuState const& state = execution.state;
    std::uint64_t const linear =
        GUEST_TRY(checked_address(state, place.segment, place.offset, width, Access::read));
    return execution.memory.read(linear, width, data_privilege(state));
}

Outcome<void> write_memory(Execution& execution, Place place, std::uint64_t value, unsigned width)
{
    CpuState const& state = execution.state;
    std::uint64_t const linear =
        GUEST_TRY(checked_address(state, place.segment, place.offset, width, Access::write));
    return execution.memory.write(linear, value, width, data_privilege(state));
}

bool is_memory(ZydisDecodedOperand const& operand)
{
    return operand.type == ZYDIS_OPERAND_TYPE_MEMORY;
}

bool is_register(ZydisDecodedOperand const& operand, ZydisRegisterClass register_class)
{
    return operand.type == ZYDIS_OPERAND_TYPE_REGISTER &&
           ZydisRegisterGetClass(operand.reg.value) == register_class;
}

unsigned register_number(ZydisDecodedOperand const& operand)
{
    return static_cast<unsigned>(ZydisRegisterGetId(operand.reg.value));
}

Outcome<std::uint64_t> read_operand(Execution const& execution, std::size_t index, unsigned width)
{
    ZydisDecodedOperand const& operand = execution.operand(index);
    if (is_memory(operand))
        return read_memory(execution, place_of(execution, operand), width);
    if (operand.type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return truncate(operand.imm.value.u, width);
    return read_register(execution.state, operand.reg.value);
}

Outcome<void> write_operand(Execution& execution, std::size_t index, std::uint64_t value,
                            unsigned width)
{
    ZydisDecodedOperand const& operand = execution.operand(index);
    if (is_memory(operand))
        return write_memory(execution, place_of(execution, operand), value, width);
    write_register(execution.state, operand.reg.value, value);
    return {};
}

} // namespace ringside::x86

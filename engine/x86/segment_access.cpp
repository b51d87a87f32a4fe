// Offsets in segments: the checks of a data access, and the stack, which is nothing but data
// accesses through SS.
#include "engine/x86/segments.hpp"

#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"

namespace ringside::x86 {

namespace {

tl::unexpected<Fault> refused(SegmentIndex index)
{
    return raise(index == ss ? vector::ss : vector::gp, 0);
}

// SDM Vol. 3A, "Type Checking": read-only data and code refuse writes, execute-only code refuses
// reads. Real mode does not look at the type.
bool type_allows(CpuState const& state, Segment const& segment, Access access)
{
    if (!state.protected_mode())
        return true;
    if (!segment.present() || !segment.is_code_or_data())
        return false;
    bool const second_bit = bit(segment.type(), 1); // writable data, or readable code
    return access == Access::write ? !segment.is_code() && second_bit
                                   : !segment.is_code() || second_bit;
}

// SDM Vol. 3A, "Limit Checking". An expand-down segment holds the offsets above its limit. In a
// segment of 4 GiB an access may wrap around.
bool limit_allows(Segment const& segment, std::uint64_t offset, unsigned width)
{
    constexpr std::uint64_t four_gib_limit = 0xffff'ffff;
    bool const expand_down =
        segment.is_code_or_data() && !segment.is_code() && bit(segment.type(), 2);
    std::uint64_t limit = segment.limit;
    if (expand_down) {
        if (offset <= limit)
            return false;
        limit = segment.big() ? four_gib_limit : 0xffff;
    }
    return limit == four_gib_limit || offset + width - 1 <= limit;
}

// SDM Vol. 3A, "Segment Loading Instructions in IA-32e Mode": in 64-bit code only FS and GS have a
// base, and no segment has a limit.
std::uint64_t base_of(CpuState const& state, SegmentIndex index)
{
    bool const flat = state.mode() == CpuMode::long64 && index != fs && index != gs;
    return flat ? 0 : state[index].base;
}

/// How many bytes of RSP count. SDM Vol. 1, "Address-Size Attributes for Stack".
unsigned stack_width(CpuState const& state)
{
    if (state.mode() == CpuMode::long64)
        return 8;
    return state[ss].big() ? 4 : 2;
}

} // namespace

std::uint64_t linear_address(CpuState const& state, SegmentIndex index, std::uint64_t offset)
{
    std::uint64_t const linear = base_of(state, index) + offset;
    return state.mode() == CpuMode::long64 ? linear : truncate(linear, 4);
}

Outcome<std::uint64_t> checked_address(CpuState const& state, SegmentIndex index,
                                       std::uint64_t offset, unsigned width, Access access)
{
    std::uint64_t const linear = linear_address(state, index, offset);
    if (state.mode() == CpuMode::long64) {
        if (!is_canonical(linear) || !is_canonical(linear + width - 1))
            return refused(index);
        return linear;
    }
    if (!type_allows(state, state[index], access) || !limit_allows(state[index], offset, width))
        return refused(index);
    return linear;
}

void set_rip(CpuState& state, std::uint64_t offset)
{
    state.rip = state.mode() == CpuMode::long64 ? offset : truncate(offset, 4);
}

void set_stack_pointer(CpuState& state, std::uint64_t value)
{
    unsigned const width = stack_width(state);
    std::uint64_t const kept = width == 2 ? state.gpr[rsp] & ~0xffffULL : 0;
    state.gpr[rsp] = kept | truncate(value, width);
}

void move_stack_pointer(CpuState& state, std::uint64_t bytes)
{
    set_stack_pointer(state, state.gpr[rsp] + bytes);
}

Outcome<void> push(CpuState& state, LinearMemory& memory, std::uint64_t value, unsigned width,
                   Privilege privilege)
{
    std::uint64_t const offset = truncate(state.gpr[rsp] - width, stack_width(state));
    std::uint64_t const linear =
        GUEST_TRY(checked_address(state, ss, offset, width, Access::write));
    GUEST_TRY(memory.write(linear, value, width, privilege));
    set_stack_pointer(state, offset);
    return {};
}

Outcome<std::uint64_t> pop(CpuState& state, LinearMemory const& memory, unsigned width,
                           Privilege privilege)
{
    std::uint64_t const offset = truncate(state.gpr[rsp], stack_width(state));
    std::uint64_t const linear = GUEST_TRY(checked_address(state, ss, offset, width, Access::read));
    std::uint64_t const value = GUEST_TRY(memory.read(linear, width, privilege));
    move_stack_pointer(state, width);
    return value;
}

} // namespace ringside::x86

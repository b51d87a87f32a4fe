// Loading a segment register: read the descriptor, check it for the register and the privilege,
// mark it accessed, keep it in the hidden part.
#include "engine/x86/segments.hpp"

#include "engine/base/assert.hpp"
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"

#include <algorithm>

namespace ringside::x86 {

namespace {

constexpr unsigned accessed_bit = 0, busy_bit = 1;
constexpr unsigned granularity_bit = 15;
constexpr unsigned type_position = 40; ///< of the type field in a descriptor

DescriptorTable table_of(CpuState const& state, std::uint16_t selector)
{
    if (!bit(selector, 2))
        return state.gdtr;
    // An LDT larger than 64 KiB cannot be reached by a 13-bit index.
    return {.base = state.ldtr.base,
            .limit = static_cast<std::uint16_t>(std::min<std::uint32_t>(state.ldtr.limit, 0xffff))};
}

std::uint64_t descriptor_address(CpuState const& state, std::uint16_t selector)
{
    return table_of(state, selector).base + (selector & 0xfff8U);
}

bool table_holds(CpuState const& state, std::uint16_t selector, unsigned size)
{
    bool const no_table = bit(selector, 2) && state.ldtr.attributes == 0;
    return !no_table && (selector & 0xfff8U) + size - 1 <= table_of(state, selector).limit;
}

Outcome<void> set_type_bit(CpuState const& state, LinearMemory& memory, Segment& segment,
                           unsigned index)
{
    if (bit(segment.type(), index))
        return {};
    segment.attributes = static_cast<std::uint16_t>(segment.attributes | (1U << index));
    std::uint64_t const address = descriptor_address(state, segment.selector);
    std::uint64_t const descriptor = GUEST_TRY(memory.read_table(address, 8));
    return memory.write_table(address, descriptor | (1ULL << (type_position + index)), 8);
}

Outcome<void> load_stack_segment(CpuState& state, LinearMemory& memory, std::uint16_t selector)
{
    unsigned const cpl = state.cpl();
    // SDM Vol. 2, MOV: in 64-bit mode below CPL 3 SS may be null, with RPL = CPL.
    bool const may_be_null = state.mode() == CpuMode::long64 && cpl < 3;
    if (is_null(selector) && may_be_null && (selector & 3U) == cpl) {
        state[ss] = null_stack_segment(selector, cpl);
        return {};
    }
    Segment segment = GUEST_TRY(fetch_stack_segment(state, memory, selector, cpl, vector::gp));
    GUEST_TRY(mark_accessed(state, memory, segment));
    state[ss] = segment;
    return {};
}

Outcome<void> load_data_segment(CpuState& state, LinearMemory& memory, SegmentIndex index,
                                std::uint16_t selector)
{
    if (is_null(selector)) {
        state[index] = Segment{.selector = selector, .attributes = 0, .limit = 0, .base = 0};
        return {};
    }
    Segment segment = GUEST_TRY(fetch_descriptor(state, memory, selector, vector::gp));
    unsigned const weakest = std::max(state.cpl(), segment.rpl());
    if (!is_readable(segment) || (!is_conforming_code(segment) && weakest > segment.dpl()))
        return raise(vector::gp, selector_error(selector));
    if (!segment.present())
        return raise(vector::np, selector_error(selector));
    GUEST_TRY(mark_accessed(state, memory, segment));
    state[index] = segment;
    return {};
}

} // namespace

// SDM Vol. 3A, Table "Code- and Data-Segment Types".
bool is_writable_data(Segment const& segment)
{
    constexpr unsigned writable_bit = 1;
    return segment.is_code_or_data() && !segment.is_code() && bit(segment.type(), writable_bit);
}

bool is_readable(Segment const& segment)
{
    constexpr unsigned readable_bit = 1;
    return segment.is_code_or_data() && (!segment.is_code() || bit(segment.type(), readable_bit));
}

bool is_conforming_code(Segment const& segment)
{
    constexpr unsigned conforming_bit = 2;
    return segment.is_code() && bit(segment.type(), conforming_bit);
}

// SDM Vol. 3A, Figure "Segment Descriptor".
Segment decode_descriptor(std::uint64_t descriptor, std::uint16_t selector)
{
    auto const access = bits(descriptor, 40, 8);
    auto const flags = bits(descriptor, 52, 4);
    auto limit =
        static_cast<std::uint32_t>(bits(descriptor, 0, 16) | bits(descriptor, 48, 4) << 16);
    if (bit(descriptor, 55))
        limit = (limit << 12) | 0xfffU;
    return {.selector = selector,
            .attributes = static_cast<std::uint16_t>(access | flags << 12),
            .limit = limit,
            .base = bits(descriptor, 16, 24) | bits(descriptor, 56, 8) << 24};
}

std::uint64_t encode_descriptor(Segment const& segment)
{
    std::uint64_t const limit =
        bit(segment.attributes, granularity_bit) ? segment.limit >> 12 : segment.limit;
    return bits(limit, 0, 16) | bits(segment.base, 0, 24) << 16 |
           bits(segment.attributes, 0, 8) << 40 | bits(limit, 16, 4) << 48 |
           bits(segment.attributes, 12, 4) << 52 | bits(segment.base, 24, 8) << 56;
}

Outcome<std::optional<Segment>> find_descriptor(CpuState const& state, LinearMemory const& memory,
                                                std::uint16_t selector)
{
    if (!table_holds(state, selector, 8))
        return std::nullopt;
    std::uint64_t const address = descriptor_address(state, selector);
    Segment segment = decode_descriptor(GUEST_TRY(memory.read_table(address, 8)), selector);
    if (segment.is_code_or_data() || !state.long_mode_active())
        return segment;
    // SDM Vol. 3A, "System Descriptors in IA-32e Mode": the base continues in the next 8 bytes.
    if (!table_holds(state, selector, 16))
        return std::nullopt;
    segment.base |= GUEST_TRY(memory.read_table(address + 8, 4)) << 32;
    return segment;
}

Outcome<Segment> fetch_descriptor(CpuState const& state, LinearMemory const& memory,
                                  std::uint16_t selector, std::uint8_t vector)
{
    std::optional<Segment> const found = GUEST_TRY(find_descriptor(state, memory, selector));
    if (!found)
        return raise(vector, selector_error(selector));
    return *found;
}

Outcome<void> mark_accessed(CpuState const& state, LinearMemory& memory, Segment& segment)
{
    ASSERT(segment.is_code_or_data());
    return set_type_bit(state, memory, segment, accessed_bit);
}

Outcome<void> mark_busy(CpuState const& state, LinearMemory& memory, Segment& segment)
{
    ASSERT(!segment.is_code_or_data());
    return set_type_bit(state, memory, segment, busy_bit);
}

Outcome<Segment> fetch_stack_segment(CpuState const& state, LinearMemory const& memory,
                                     std::uint16_t selector, unsigned cpl, std::uint8_t vector)
{
    if (is_null(selector))
        return raise(vector, 0);
    Segment segment = GUEST_TRY(fetch_descriptor(state, memory, selector, vector));
    if (segment.rpl() != cpl || segment.dpl() != cpl || !is_writable_data(segment))
        return raise(vector, selector_error(selector));
    if (!segment.present())
        return raise(vector::ss, selector_error(selector));
    return segment;
}

Segment null_stack_segment(std::uint16_t selector, unsigned cpl)
{
    constexpr unsigned dpl_position = 5;
    return {.selector = selector,
            .attributes = static_cast<std::uint16_t>(cpl << dpl_position),
            .limit = 0,
            .base = 0};
}

void load_real_segment(CpuState& state, SegmentIndex index, std::uint16_t selector)
{
    // A segment that protected mode left null becomes an ordinary one again.
    constexpr std::uint16_t present_writable_data = 0x93;
    if (!state[index].present())
        state[index] = {
            .selector = 0, .attributes = present_writable_data, .limit = 0xffff, .base = 0};
    state[index].selector = selector;
    state[index].base = std::uint64_t{selector} << 4;
}

Outcome<void> load_segment(CpuState& state, LinearMemory& memory, SegmentIndex index,
                           std::uint16_t selector)
{
    ASSERT(index != cs);
    if (state.protected_mode())
        return index == ss ? load_stack_segment(state, memory, selector)
                           : load_data_segment(state, memory, index, selector);
    load_real_segment(state, index, selector);
    return {};
}

} // namespace ringside::x86

// SDM Vol. 2, INT n, "Operation": the order of the checks, and what each one raises.
//
//   IDT gate:  | offset 63:32 (long mode only, next 8 bytes) |
//              | offset 31:16 | P DPL 0 type | IST | selector | offset 15:0 |
#include "engine/x86/gates.hpp"

#include "engine/base/bits.hpp"
#include "engine/x86/code_segments.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/segments.hpp"

#include <array>

namespace ringside::x86 {

namespace {

struct Gate {
    std::uint64_t offset = 0;
    std::uint16_t selector = 0;
    unsigned type = 0; ///< with the S bit, which is 0 in a gate
    unsigned dpl = 0;
    unsigned stack = 0; ///< index into the interrupt stack table, 0: none
    bool present = false;

    bool is_interrupt_gate() const { return !bit(type, 0); }
    unsigned width() const { return bit(type, 3) ? 4 : 2; } ///< of a push outside long mode
};

struct Frame {
    std::array<std::uint64_t, 6> values{};
    std::size_t count = 0;

    void add(std::uint64_t value) { values[count++] = value; }
};

/// SDM Vol. 3A, "Error Code": the index of a gate, with the IDT bit.
std::uint16_t gate_error(std::uint8_t vector)
{
    return static_cast<std::uint16_t>(vector * 8U + 2U);
}

Gate decode_gate(std::uint64_t low, std::uint64_t high)
{
    return {.offset = bits(low, 0, 16) | bits(low, 48, 16) << 16 | bits(high, 0, 32) << 32,
            .selector = static_cast<std::uint16_t>(bits(low, 16, 16)),
            .type = static_cast<unsigned>(bits(low, 40, 5)),
            .dpl = static_cast<unsigned>(bits(low, 45, 2)),
            .stack = static_cast<unsigned>(bits(low, 32, 3)),
            .present = bit(low, 47)};
}

bool is_gate_type(unsigned type, bool long_mode)
{
    if (type == system_type::interrupt_gate || type == system_type::trap_gate)
        return true;
    return !long_mode &&
           (type == system_type::interrupt_gate16 || type == system_type::trap_gate16);
}

Outcome<Gate> fetch_gate(CpuState const& state, LinearMemory const& memory, GateEntry const& entry)
{
    bool const long_mode = state.long_mode_active();
    unsigned const size = long_mode ? 16 : 8;
    std::uint16_t const error = gate_error(entry.vector);
    unsigned const start = entry.vector * size;
    if (start + size - 1 > state.idtr.limit)
        return raise(vector::gp, error);

    std::uint64_t const address = state.idtr.base + start;
    std::uint64_t const low = GUEST_TRY(memory.read_table(address, 8));
    std::uint64_t const high = long_mode ? GUEST_TRY(memory.read_table(address + 8, 8)) : 0;
    Gate gate = decode_gate(low, high);
    if (!is_gate_type(gate.type, long_mode))
        return raise(vector::gp, error);
    if (entry.check == GateCheck::descriptor && gate.dpl < state.cpl())
        return raise(vector::gp, error);
    if (!gate.present)
        return raise(vector::np, error);
    if (gate.width() == 2)
        gate.offset = truncate(gate.offset, 2);
    return gate;
}

Outcome<std::uint64_t> read_tss(CpuState const& state, LinearMemory const& memory, unsigned offset,
                                unsigned width)
{
    if (offset + width - 1 > state.tr.limit)
        return raise(vector::ts, selector_error(state.tr.selector));
    return memory.read_table(state.tr.base + offset, width);
}

/// SS and ESP of an inner privilege level. SDM Vol. 3A, "Task-State Segment (TSS)" and "16-Bit
/// Task-State Segment (TSS)".
Outcome<void> switch_to_tss_stack(CpuState& state, LinearMemory& memory, unsigned cpl)
{
    bool const tss16 = state.tr.type() == system_type::tss16_available ||
                       state.tr.type() == system_type::tss16_busy;
    unsigned const pointer_width = tss16 ? 2 : 4;
    unsigned const pointer_at = tss16 ? 2 + cpl * 4 : 4 + cpl * 8;
    // One check covers both fields.
    GUEST_TRY(read_tss(state, memory, pointer_at + pointer_width, 2));
    std::uint64_t const pointer = GUEST_TRY(read_tss(state, memory, pointer_at, pointer_width));
    auto const selector = static_cast<std::uint16_t>(
        GUEST_TRY(read_tss(state, memory, pointer_at + pointer_width, 2)));

    Segment stack = GUEST_TRY(fetch_stack_segment(state, memory, selector, cpl, vector::ts));
    GUEST_TRY(mark_accessed(state, memory, stack));
    state[ss] = stack;
    state.gpr[rsp] = pointer;
    return {};
}

/// The stack of a handler in long mode. SDM Vol. 3A, "Stack Switching in IA-32e Mode" and
/// "Interrupt Stack Table".
Outcome<std::uint64_t> long_mode_stack(CpuState const& state, LinearMemory const& memory,
                                       Gate const& gate, unsigned cpl)
{
    constexpr unsigned rsp0_at = 4, ist1_at = 36;
    if (gate.stack != 0)
        return read_tss(state, memory, ist1_at + (gate.stack - 1) * 8, 8);
    if (cpl < state.cpl())
        return read_tss(state, memory, rsp0_at + cpl * 8, 8);
    return state.gpr[rsp];
}

Outcome<void> push_frame(CpuState& state, LinearMemory& memory, Frame const& frame, unsigned width)
{
    Privilege const privilege = state.cpl() == 3 ? Privilege::user : Privilege::supervisor;
    for (std::size_t index = 0; index < frame.count; ++index)
        GUEST_TRY(push(state, memory, frame.values[index], width, privilege));
    return {};
}

Frame frame_of(CpuState const& interrupted, GateEntry const& entry, bool with_stack)
{
    Frame frame;
    if (with_stack) {
        frame.add(interrupted[ss].selector);
        frame.add(interrupted.gpr[rsp]);
    }
    frame.add(entry.flags);
    frame.add(interrupted[cs].selector);
    frame.add(interrupted.rip);
    if (entry.error_code)
        frame.add(*entry.error_code);
    return frame;
}

Outcome<void> enter_in_protected_mode(CpuState& state, LinearMemory& memory, GateEntry const& entry,
                                      Gate const& gate, Segment const& code)
{
    bool const inner = code.rpl() < state.cpl();
    Frame const frame = frame_of(state, entry, inner);
    if (inner)
        GUEST_TRY(switch_to_tss_stack(state, memory, code.rpl()));
    GUEST_TRY(check_target(state, code, gate.offset));

    Outcome<void> const pushed = push_frame(state, memory, frame, gate.width());
    // The stack of an inner level that has no room is named; the current one is not.
    if (!pushed && pushed.error().vector == vector::ss && inner)
        return raise(vector::ss, selector_error(state[ss].selector));
    return pushed;
}

Outcome<void> enter_in_long_mode(CpuState& state, LinearMemory& memory, GateEntry const& entry,
                                 Gate const& gate, Segment const& code)
{
    constexpr std::uint64_t stack_alignment = 16;
    constexpr unsigned width = 8;
    unsigned const cpl = code.rpl();
    Frame const frame = frame_of(state, entry, true);
    std::uint64_t const top = GUEST_TRY(long_mode_stack(state, memory, gate, cpl));
    GUEST_TRY(check_target(state, code, gate.offset));
    if (cpl < state.cpl())
        state[ss] = null_stack_segment(static_cast<std::uint16_t>(cpl), cpl);
    state[cs] = code; // the pushes are already those of 64-bit code
    state.gpr[rsp] = align_down(top, stack_alignment);
    return push_frame(state, memory, frame, width);
}

Outcome<void> enter_through_gate(CpuState& state, LinearMemory& memory, GateEntry const& entry)
{
    Gate const gate = GUEST_TRY(fetch_gate(state, memory, entry));
    Segment code = GUEST_TRY(fetch_code_segment(state, memory, gate.selector, Transfer::interrupt));
    GUEST_TRY(mark_accessed(state, memory, code));
    GUEST_TRY(state.long_mode_active() ? enter_in_long_mode(state, memory, entry, gate, code)
                                       : enter_in_protected_mode(state, memory, entry, gate, code));
    state[cs] = code;
    state.rip = gate.offset;
    state.rflags &= ~(rflags::tf | rflags::nt | rflags::rf | rflags::vm);
    if (gate.is_interrupt_gate())
        state.rflags &= ~rflags::if_;
    return {};
}

// SDM Vol. 3A, "Interrupt and Exception Handling in Real-Address Mode".
Outcome<void> enter_through_vector_table(CpuState& state, LinearMemory& memory,
                                         GateEntry const& entry)
{
    constexpr unsigned entry_size = 4, width = 2;
    unsigned const start = entry.vector * entry_size;
    if (start + entry_size - 1 > state.idtr.limit)
        return raise(vector::gp, gate_error(entry.vector));
    std::uint64_t const handler = GUEST_TRY(memory.read_table(state.idtr.base + start, entry_size));

    GateEntry without_error = entry;
    without_error.error_code.reset();
    GUEST_TRY(push_frame(state, memory, frame_of(state, without_error, false), width));
    load_real_segment(state, cs, static_cast<std::uint16_t>(handler >> 16));
    state.rip = truncate(handler, width);
    state.rflags &= ~(rflags::if_ | rflags::tf | rflags::ac | rflags::rf);
    return {};
}

} // namespace

Outcome<void> enter_handler(CpuState& state, LinearMemory& memory, GateEntry const& entry)
{
    return state.protected_mode() ? enter_through_gate(state, memory, entry)
                                  : enter_through_vector_table(state, memory, entry);
}

} // namespace ringside::x86

// The lists of fields of everything a State holds.
#include "engine/machine/state.hpp"

#include "engine/machine/packed.hpp"

namespace ringside {

namespace x86 {

template <typename Archive>
void describe(Archive& archive, Segment& segment)
{
    archive(segment.selector, segment.attributes, segment.limit, segment.base);
}

template <typename Archive>
void describe(Archive& archive, DescriptorTable& table)
{
    archive(table.base, table.limit);
}

template <typename Archive>
void describe(Archive& archive, CpuState& state)
{
    archive(state.gpr, state.rip, state.rflags, state.segments, state.tr, state.ldtr, state.gdtr,
            state.idtr, state.cr0, state.cr2, state.cr3, state.cr4, state.cr8, state.efer,
            state.star, state.lstar, state.cstar, state.fmask, state.kernel_gs_base, state.dr,
            state.interrupt_shadow, state.nmi_blocked);
}

template <typename Archive>
void describe(Archive& archive, FpuState& state)
{
    archive(state.control, state.status, state.in_use, state.mxcsr, state.st, state.xmm);
}

template <typename Archive>
void describe(Archive& archive, Fault& fault)
{
    archive(fault.vector, fault.error_code, fault.cr2);
}

template <typename Archive>
void describe(Archive& archive, Interrupt& interrupt)
{
    archive(machine::Limited{interrupt.source, 2}, interrupt.what);
}

} // namespace x86

namespace backend {

template <typename Archive>
void describe(Archive& archive, SavedVcpu& vcpu)
{
    archive(vcpu.registers, vcpu.fpu, vcpu.pending, vcpu.instructions);
}

} // namespace backend

namespace sched {

template <typename Archive>
void describe(Archive& archive, Scheduler::State::Entry& entry)
{
    archive(machine::Limited{entry.place, 2}, entry.since, entry.turn);
}

template <typename Archive>
void describe(Archive& archive, Scheduler::State& state)
{
    archive(state.entries);
    if (!state.plausible())
        archive.refuse();
}

} // namespace sched

namespace trap {

template <typename Archive>
void describe(Archive& archive, ExitStory::KnownInstruction& known)
{
    archive(known.rip, machine::Limited{known.length, 15}, known.bytes,
            machine::Limited{known.code_size, 2});
}

template <typename Archive>
void describe(Archive& archive, ExitStory::State& state)
{
    archive(state.exits, state.mode, state.told, state.known);
    if (state.mode && *state.mode > trace::CpuMode::long64)
        archive.refuse();
}

} // namespace trap

namespace x86 {

template <typename Archive>
void describe(Archive& archive, Rights& rights)
{
    archive(rights.writable, rights.user, rights.executable);
}

template <typename Archive>
void describe(Archive& archive, ModelTlb::Slot& slot)
{
    archive(slot.valid, slot.page, machine::Limited{slot.page_shift, 30}, slot.rights, slot.dirty);
}

template <typename Archive>
void describe(Archive& archive, Paging& paging)
{
    archive(machine::Limited{paging.mode, 3}, paging.cr3, paging.write_protect,
            paging.page_size_extensions, paging.no_execute, paging.smep, paging.smap,
            machine::Limited{paging.physical_bits, 52});
}

template <typename Archive>
void describe(Archive& archive, ModelTlb::State& state)
{
    archive(state.slots, state.paging);
}

} // namespace x86

namespace machine {

template <typename Archive>
void describe(Archive& archive, Interrupts::Pending& pending)
{
    archive(pending.irq, Limited{pending.reason, 2});
}

template <typename Archive>
void describe(Archive& archive, WalkTracer::State& state)
{
    archive(state.tlb, state.last_page, state.last_cr3);
}

template <typename Archive>
void describe(Archive& archive, State& state)
{
    archive(state.vcpu, state.devices, state.clock.now, state.clock.counted, state.scheduler,
            state.interrupts, state.story, state.walks, state.fruitless_jumps, state.input_asked);
}

std::vector<std::byte> pack(State const& state)
{
    constexpr std::size_t about = 16 * 1024;
    std::vector<std::byte> bytes;
    bytes.reserve(about);
    Packer packer(bytes);
    packer(state);
    return bytes;
}

Result<State> unpack_state(std::span<std::byte const> bytes)
{
    State state;
    Unpacker unpacker(bytes);
    unpacker(state);
    if (!unpacker.complete())
        return fail(Blame::input, "the state of a machine is damaged");
    return state;
}

} // namespace machine

} // namespace ringside

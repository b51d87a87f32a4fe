// Tells page walks that nobody makes visible: with nested paging the CPU walks tables silently.
//
//   at exits   one walk of the next instruction's address whenever its page or CR3 is new: nearly
//   free stepping   (--walks) the vCPU is single-stepped; before each instruction its fetch and
//   every memory
//              operand ask a model TLB, and each miss is walked and told
//
// Both are *reconstructed* from the same state on both backends, so the streams match. Not told:
// the first instruction of an interrupt handler (the backends enter it at different moments), and
// walks the CPU makes while it delivers an interrupt.
#pragma once

#include <cstdint>

#include "engine/backend/backend.hpp"
#include "engine/memory/guest_memory.hpp"
#include "engine/trace/tracer.hpp"
#include "engine/x86/model_tlb.hpp"

namespace ringside::machine {

class WalkTracer {
public:
    WalkTracer(memory::GuestMemory& memory, trace::Tracer& tracer)
        : memory_(memory), tracer_(tracer)
    {
    }

    struct State {
        x86::ModelTlb::State tlb;
        std::uint64_t last_page = ~0ULL;
        std::uint64_t last_cr3 = ~0ULL;
    };
    State state() const { return {tlb_.state(), last_page_, last_cr3_}; }
    void restore(State const& state)
    {
        tlb_.restore(state.tlb);
        last_page_ = state.last_page;
        last_cr3_ = state.last_cr3;
    }

    /// After an exit is finished: where the guest goes on.
    void at_exit(x86::CpuState const& state);
    /// Before one instruction is stepped.
    void before_instruction(x86::CpuState const& state);

private:
    void touch(x86::Paging const& paging, Gva gva, x86::Access access, x86::Privilege privilege);
    void touch_operands(x86::CpuState const& state, x86::Paging const& paging);

    memory::GuestMemory& memory_;
    trace::Tracer& tracer_;
    x86::ModelTlb tlb_;
    std::uint64_t last_page_ = ~0ULL;
    std::uint64_t last_cr3_ = ~0ULL;
};

} // namespace ringside::machine

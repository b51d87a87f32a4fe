// One virtual CPU of the classic monitor: the loop that runs the guest directly, and takes over
// wherever it may not.
//
//     enter ──► run directly ──► Stop ─┬─ sensitive ──► emulate ──┬─ done ─────────► go on
//                   ▲                  ├─ exception ─► deliver    └─ needs the VMM ► Exit
//                   └──────────────────┴─ device, budget ──────────────────────────► Exit
//
// The CPU state lives here, in `standing_`; the library holds a copy of the general registers while
// it runs. finish() completes what enter() left half done: it gives an emulated instruction its
// answer, or runs a device load again with it. An exception that comes out of that waits for the
// next enter(), as it does under KVM.
//
// Not modelled: NMIs, breakpoints in DR0 to DR3, SMM.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/backend/unicorn/device_access.hpp"
#include "engine/backend/unicorn/machinery.hpp"
#include "engine/x86/sensitive.hpp"

namespace ringside::unicorn {

class UnicornVcpu;
using VcpuList = std::vector<UnicornVcpu*>; ///< who wants to hear of writes to guest memory

class UnicornVcpu final : public backend::Vcpu {
public:
    /// Enters itself into `others` for as long as it lives.
    static Result<std::unique_ptr<UnicornVcpu>> create(memory::GuestMemory& memory,
                                                       trace::Tracer& tracer, backend::Slice slice,
                                                       VcpuList& others);
    ~UnicornVcpu() override;

    Result<backend::Exit> enter(backend::Budget budget) override;
    Result<void> finish(backend::Answer answer) override;
    backend::Standing const& standing() const override { return standing_; }
    backend::InterruptWindowState window() const override { return standing_.window; }
    Result<x86::CpuState> state() override { return standing_.registers; }
    Result<void> set_state(x86::CpuState const& state) override;
    Result<void> inject(std::uint8_t vector) override;
    Result<std::optional<backend::SavedVcpu>> save() override;
    Result<void> abandon() override;
    Result<void> restore(backend::SavedVcpu const& saved) override;

    void memory_written(Gpa gpa, std::uint64_t size) { parts_.invalidation.written(gpa, size); }
    void forget_translations() { parts_.translation.flush(); }
    void notice_next_writes() { parts_.translation.notice_next_writes(); }

private:
    using MaybeExit = std::optional<backend::Exit>; ///< none: go on running
    using Instruction = SensitiveFinder::Instruction;

    /// An emulated instruction that waits for the VMM.
    struct Emulation {
        x86::Decoded const* decoded = nullptr; ///< kept by the finder
        x86::Effect effect;
        std::vector<std::uint64_t> values;
    };
    struct AfterStop;   // a run ended in enter()
    struct AfterEffect; // an instruction was emulated

    UnicornVcpu(memory::GuestMemory& memory, trace::Tracer& tracer, backend::Slice slice,
                VcpuList& others, std::unique_ptr<Engine> engine);

    // vcpu.cpp: the loop
    x86::CpuState& registers() { return standing_.registers; }
    Result<MaybeExit> turn();
    bool single_stepping() const;
    backend::Exit budget_spent();
    backend::Exit hand_out();
    void look_around();
    void note_instruction(std::uint64_t linear);

    // vcpu_stops.cpp: what to do where direct execution ended
    MaybeExit after(Stop const& stop);
    MaybeExit examine();
    MaybeExit unreadable();
    MaybeExit emulate(Instruction const& instruction);
    MaybeExit begin_load(DeviceWindow::Piece piece);
    void post_stores();
    x86::Fault fault_of(stop::Untranslated const& untranslated);

    // vcpu_delivery.cpp: exceptions and interrupts
    MaybeExit raise(x86::Fault const& fault);
    MaybeExit deliver(x86::Interrupt const& interrupt, std::uint8_t length = 0);
    void trap_if_stepped(bool trap_flag_was_set);

    // vcpu_saved.cpp: save(), abandon() and restore()

    // vcpu_finish.cpp: the second halves
    void finish_emulation(backend::Answer answer);
    Result<void> finish_load(backend::Answer answer);
    void after_replay(Stop const& stop);
    void leave_finished_repeat();

    memory::GuestMemory& memory_;
    trace::Tracer& tracer_;
    backend::Slice slice_;
    VcpuList& others_;

    Machinery parts_;

    backend::Standing standing_;
    backend::Budget budget_ = backend::Budget::slice;
    std::uint64_t deadline_ = 0; ///< of the budget, in executed instructions
    std::uint64_t stepped_ = 0;  ///< instructions of this slice that were single-stepped
    bool examined_ = false;      ///< nothing speaks against the next instruction

    std::deque<backend::Exit> outbox_; ///< further exits of the instruction at hand
    bool answer_due_ = false;          ///< an exit was handed out and not finished
    std::optional<Emulation> emulation_;
    std::vector<DeviceAccess> loads_; ///< of the instruction at hand, awaiting their answers
    std::size_t loads_answered_ = 0;
    std::optional<x86::Fault> pending_fault_; ///< raised while an instruction was finished
};

} // namespace ringside::unicorn

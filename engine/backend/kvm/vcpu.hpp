// One virtual CPU under KVM, as the contract wants it.
//
// finish() only leaves the answer in the run page: an exit that nobody looks at costs one system
// call. When somebody asks how the guest stands, the exit's instruction is completed first, so that
// RIP and the registers are where they belong.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/backend/backend.hpp"
#include "engine/backend/kvm/exiting_instruction.hpp"
#include "engine/backend/kvm/kvm_backend.hpp"
#include "engine/backend/kvm/runner.hpp"
#include "engine/base/fd.hpp"
#include "engine/base/mapping.hpp"
#include "engine/base/result.hpp"
#include "engine/memory/guest_memory.hpp"

namespace ringside::kvm {

class Vcpu final : public backend::Vcpu {
public:
    Vcpu(Fd fd, Mapping run_page, memory::GuestMemory& memory, backend::Slice slice,
         Options options);
    /// Once, before anything else.
    Result<void> prepare();

    Result<backend::Exit> enter(backend::Budget budget) override;
    Result<void> finish(backend::Answer answer) override;
    backend::Standing const& standing() const override;
    backend::InterruptWindowState window() const override;
    Result<x86::CpuState> state() override;
    Result<void> set_state(x86::CpuState const& state) override;
    Result<void> inject(std::uint8_t vector) override;
    Result<std::optional<backend::SavedVcpu>> save() override;
    Result<void> abandon() override;
    Result<void> restore(backend::SavedVcpu const& saved) override;

private:
    /// May KVM still have to complete the instruction of the last exit?
    enum class Completion : std::uint8_t { done, due, unclear };
    static Completion completion_of(backend::Exit const& exit);

    Result<void> look() const;
    Result<Candidates> clear_up(Candidates found) const;
    Result<void> settle() const;
    Result<backend::InterruptWindowState> find_window() const;
    Result<void> bring_up_to_date() const;
    Result<void> tell_trouble();

    backend::Exit exit_;
    bool awaits_finish_ = false;
    bool state_was_set_ = false; ///< since the last run, so that the run page knows nothing of it
    bool event_pending_ = false; ///< in the state that was set

    // What asking brings up to date; the guest is none the wiser.
    mutable Runner runner_;
    mutable backend::Standing standing_;
    mutable bool instruction_known_ = true; ///< standing_.instruction is the last exit's
    mutable bool settled_ = true;           ///< RIP is behind the last exit's instruction
    mutable bool may_repeat_ = false;       ///< it may be a REP in the middle of its work
    mutable std::uint64_t version_ = 0;     ///< of the registers in standing_
    mutable Completion completion_ = Completion::done;
    mutable std::optional<Error> trouble_; ///< the host's refusal, told by the next call that can
};

} // namespace ringside::kvm

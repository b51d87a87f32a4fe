// Gets a virtual CPU into the guest and out of it: KVM_RUN and everything that decides when it is
// called and what its return means.
//
// The raw exit that KVM reports stays in the run page until the next KVM_RUN. A string port access
// is handed out element by element from there. KVM completes an instruction that exited at the head
// of the next KVM_RUN; complete() is a KVM_RUN that does this and nothing else.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/backend/backend.hpp"
#include "engine/backend/kvm/decode.hpp"
#include "engine/backend/kvm/exiting_instruction.hpp"
#include "engine/backend/kvm/fault_stops.hpp"
#include "engine/backend/kvm/kvm_backend.hpp"
#include "engine/backend/kvm/run_page.hpp"
#include "engine/backend/kvm/slice_timer.hpp"
#include "engine/backend/kvm/state_door.hpp"
#include "engine/base/fd.hpp"
#include "engine/base/mapping.hpp"
#include "engine/base/result.hpp"
#include "engine/memory/guest_memory.hpp"

namespace ringside::kvm {

class Runner {
public:
    Runner(Fd fd, Mapping run_page, memory::GuestMemory& memory, backend::Slice slice,
           Options options);
    /// Once, before anything else: gives the vCPU the machine's CPUID table.
    Result<void> prepare();

    /// The next exit: the next element of the raw one, or what comes of running guest code.
    Result<backend::Exit> run(backend::Budget budget);
    /// Leaves the answer to the last exit where KVM will look for it.
    void answer(backend::Answer answer) { store_answer(page_, element_, answer); }
    /// Completes the instruction of the last exit and runs no further one. It may turn out to need
    /// another exit (a read-modify-write, an access that crosses a page): run() hands that out
    /// next.
    Result<void> complete();
    /// Has KVM finish the instruction of the last exit, whatever further exits that takes, and
    /// forgets them: the vCPU will be given another state, and KVM must not complete the old
    /// instruction into it.
    Result<void> abandon();

    /// Delivered by the next run().
    void inject(std::uint8_t vector) { injected_ = vector; }

    bool has_more_exits() const { return element_ + 1 < elements_ || page_has_next_exit_; }
    bool has_injected() const { return injected_.has_value(); }
    std::optional<std::uint8_t> injected() const { return injected_; }
    bool is_stepping() const { return stepping_; }
    /// The instruction that the last single step executed.
    backend::ExitingInstruction const& stepped() const { return stepped_; }
    kvm_run const& report() const { return page_.fields(); }
    StateDoor& door() { return door_; }
    InstructionFinder& finder() { return finder_; }

private:
    Result<void> get_ready(bool stepping);
    Result<void> prepare_to_step();
    Result<void> set_stepping(bool on, FaultStops const& stops);
    Result<void> deliver_injected();
    Result<bool> deliver_before_step();
    Result<bool> run_until_exit();
    Result<std::optional<backend::Exit>> interpret(bool stepping);
    Result<std::optional<backend::Exit>> emulate(backend::exit::Unhandled unhandled, bool stepping);
    Result<backend::Exit> end_step(backend::exit::Debug debug);

    // In the order of construction: C++ tears them down in the reverse one.
    Fd fd_;
    Mapping mapping_;
    RunPage page_;
    memory::GuestMemory& memory_;
    Options options_;
    SliceTimer timer_;
    StateDoor door_;
    InstructionFinder finder_;

    std::uint32_t element_ = 0; ///< of the raw exit in the run page
    std::uint32_t elements_ = 1;
    unsigned rings_ = 0; ///< of the timer, in this run()
    bool page_has_next_exit_ = false;
    std::optional<std::uint8_t> injected_;

    bool stepping_ = false; ///< as KVM has been told
    FaultStops stops_{};    ///< as KVM has been told
    x86::CpuState before_step_;
    backend::ExitingInstruction stepped_;
};

} // namespace ringside::kvm

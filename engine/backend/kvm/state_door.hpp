// How the registers of a virtual CPU are read and written, as cheaply as the host's KVM allows.
//
// With KVM_CAP_SYNC_REGS the kernel copies them into the run page at an exit, when it is asked to
// before the run; an ioctl for each kind costs as much as an exit on some hosts. The copy is not
// free either, so it is asked for only while somebody looks: read() after one exit is taken as a
// sign that there will be one after the next.
#pragma once

#include <cstdint>

#include "engine/backend/backend.hpp"
#include "engine/backend/kvm/run_page.hpp"
#include "engine/backend/kvm/state_conversion.hpp"
#include "engine/base/fd.hpp"
#include "engine/base/result.hpp"
#include "engine/x86/cpu_state.hpp"

namespace ringside::kvm {

class StateDoor {
public:
    /// `vcpu` and `run` must outlive this. Without `sync_registers` everything goes by ioctl.
    StateDoor(Fd const& vcpu, kvm_run& run, bool sync_registers)
        : vcpu_(vcpu), run_(run), sync_registers_(sync_registers)
    {
    }
    /// Once, on a new vCPU, before anything else.
    Result<void> remember_reset_state();

    /// Call before every KVM_RUN: what was read is old afterwards.
    void about_to_run();
    /// The next exit's registers will be wanted, though nobody looked at the last one's.
    void expect_reader() { reader_expected_ = true; }

    /// General, segment and control registers; the rest is as of the last read_all(). Valid until
    /// the next call.
    Result<x86::CpuState const*> read();
    Result<x86::CpuState const*> read_all();
    /// STI or MOV SS was the last instruction.
    Result<bool> in_interrupt_shadow();
    /// Grows whenever read() has something new to tell.
    std::uint64_t version() const { return version_; }

    /// Sets what read() reads, and ends a shadow: an interrupt has been delivered. Events that KVM
    /// had queued for the guest are gone.
    Result<void> write(x86::CpuState const& state);
    /// Moves RIP over the instruction it is at.
    Result<void> skip(std::uint8_t length);
    Result<void> write_all(x86::CpuState const& state);

    /// A vCPU between two instructions, whole: with its x87 and SSE registers and what it has
    /// accepted and not yet delivered.
    Result<backend::SavedVcpu> save();
    Result<void> restore(backend::SavedVcpu const& saved);

private:
    Result<void> write_registers(x86::CpuState const& state);

    Fd const& vcpu_;
    kvm_run& run_;
    bool sync_registers_;
    bool reader_expected_ = false;
    bool in_page_ = false; ///< the run page holds the registers as they are now
    bool current_ = false; ///< state_ does
    std::uint64_t version_ = 0;
    x86::CpuState state_;
    kvm_sregs reset_{}; ///< as KVM made the vCPU
};

} // namespace ringside::kvm

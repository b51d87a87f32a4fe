// The enumerations of the stream. Their numbers are part of the schema: append, never reorder.
// Every one has a `name_of()`, which JSON, text, filters and the viewer share.
#pragma once

#include <cstdint>
#include <string_view>

namespace ringside::trace {

/// Decides what may be lost when the recorder cannot keep up, and what parity compares.
enum class Category : std::uint8_t {
    lifecycle,    ///< never dropped
    definition,   ///< never dropped: later records need it
    keyframe,     ///< never dropped
    exit,         ///< blocks in stepping and grading, drops newest in live use
    detail,       ///< drops first
    walk,         ///< drops first
    scheduling,   ///< drops first
    software_vmm, ///< seen by the Unicorn backend only: not compared between backends; drops first
};

enum class BackendKind : std::uint8_t { kvm, unicorn, scripted };
enum class Clock : std::uint8_t { exits, instructions, host };
enum class SlotKind : std::uint8_t { ram, read_only, unmapped };
enum class Space : std::uint8_t { port, mmio };
enum class Access : std::uint8_t { read_only, write_only, read_write };
enum class Direction : std::uint8_t { read, write };
enum class CodeSize : std::uint8_t { bits16, bits32, bits64 };

enum class StopCause : std::uint8_t {
    guest_exit,      ///< it wrote its result to the exit port
    halted_for_ever, ///< every vCPU is halted and nothing can wake one
    triple_fault,
    limit,        ///< --limit-exits or --limit-time
    asked,        ///< a controller or a signal asked
    entry_failed, ///< the backend could not run the guest's state
    failed,       ///< our fault or the host's
};

/// Why the story goes on in another way than it went before.
enum class BranchCause : std::uint8_t {
    edited,   ///< somebody wrote a register or memory while the machine stood still
    diverged, ///< gone through again, the guest did something else: it can see the host's clock
};

enum class ExitKind : std::uint8_t {
    port_in,
    port_out,
    mmio_read,
    mmio_write,
    halt,
    interrupt_window,
    budget_spent,
    debug,
    msr_read,
    msr_write,
    hypercall,
    triple_fault,
    entry_failed,
    unhandled,
};

enum class VerdictKind : std::uint8_t { resume, answer, park, fault, stop };

enum class CpuMode : std::uint8_t {
    real,
    protected16,
    protected32,
    compatibility,
    long64,
};

enum class PagingMode : std::uint8_t { none, bits32, pae, level4 };
enum class WalkOrigin : std::uint8_t { observed, reconstructed, probed };
enum class WalkAccess : std::uint8_t { read, write, fetch };

/// The rule that made a walk fail.
enum class WalkProblem : std::uint8_t {
    none,
    not_present,
    write_protected,
    supervisor_only,
    no_execute,
    smep,
    reserved_bits,
    non_canonical,
    table_unmapped,
    smap,
};

/// Why a pending interrupt cannot be delivered now.
enum class NotNow : std::uint8_t {
    interrupts_off, ///< RFLAGS.IF is 0
    shadow,         ///< the instruction after STI or MOV SS
    backend_busy, ///< the backend is not ready to inject (KVM: ready_for_interrupt_injection is 0)
};

enum class SchedulingStep : std::uint8_t { enqueued, picked, ran, preempted, halted, woken, idle };

/// Where a record was lost. The first three happen while recording, the last two to one reader.
enum class DropReason : std::uint8_t {
    ring_full,    ///< the recorder could not keep up
    reader_slow,  ///< a live viewer did not read fast enough
    file_refused, ///< the disk was full, or the pipe closed
    reader_late,  ///< happened before this viewer came
    unreadable,   ///< the trace is damaged here, or written by a newer version
};

std::string_view name_of(Category);
std::string_view name_of(BackendKind);
std::string_view name_of(Clock);
std::string_view name_of(SlotKind);
std::string_view name_of(Space);
std::string_view name_of(Access);
std::string_view name_of(Direction);
std::string_view name_of(CodeSize);
std::string_view name_of(StopCause);
std::string_view name_of(BranchCause);
std::string_view name_of(ExitKind);
std::string_view name_of(VerdictKind);
std::string_view name_of(CpuMode);
std::string_view name_of(PagingMode);
std::string_view name_of(WalkOrigin);
std::string_view name_of(WalkAccess);
std::string_view name_of(WalkProblem);
std::string_view name_of(NotNow);
std::string_view name_of(SchedulingStep);
std::string_view name_of(DropReason);

} // namespace ringside::trace

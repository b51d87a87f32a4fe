#include "engine/trace/names.hpp"

#include <array>
#include <cstddef>

namespace ringside::trace {

namespace {

/// A number outside the table comes from a damaged or newer trace.
template <std::size_t Count, typename Enumeration>
std::string_view look_up(std::array<std::string_view, Count> const& table, Enumeration value)
{
    auto const index = static_cast<std::size_t>(value);
    return index < Count ? table[index] : std::string_view("unknown");
}

} // namespace

std::string_view name_of(Category value)
{
    static constexpr auto table =
        std::to_array<std::string_view>({"lifecycle", "definition", "keyframe", "exit", "detail",
                                         "walk", "scheduling", "software-vmm"});
    return look_up(table, value);
}

std::string_view name_of(BackendKind value)
{
    static constexpr auto table = std::to_array<std::string_view>({"KVM", "Unicorn", "scripted"});
    return look_up(table, value);
}

std::string_view name_of(Clock value)
{
    static constexpr auto table =
        std::to_array<std::string_view>({"exits", "instructions", "host"});
    return look_up(table, value);
}

std::string_view name_of(SlotKind value)
{
    static constexpr auto table = std::to_array<std::string_view>({"RAM", "read-only", "unmapped"});
    return look_up(table, value);
}

std::string_view name_of(Space value)
{
    static constexpr auto table = std::to_array<std::string_view>({"port", "MMIO"});
    return look_up(table, value);
}

std::string_view name_of(Access value)
{
    static constexpr auto table =
        std::to_array<std::string_view>({"read-only", "write-only", "read-write"});
    return look_up(table, value);
}

std::string_view name_of(Direction value)
{
    static constexpr auto table = std::to_array<std::string_view>({"read", "write"});
    return look_up(table, value);
}

std::string_view name_of(CodeSize value)
{
    static constexpr auto table = std::to_array<std::string_view>({"16-bit", "32-bit", "64-bit"});
    return look_up(table, value);
}

std::string_view name_of(StopCause value)
{
    static constexpr auto table =
        std::to_array<std::string_view>({"guest-exit", "halted-for-ever", "triple-fault", "limit",
                                         "asked", "entry-failed", "failed"});
    return look_up(table, value);
}

std::string_view name_of(BranchCause value)
{
    static constexpr auto table = std::to_array<std::string_view>({"edited", "diverged"});
    return look_up(table, value);
}

std::string_view name_of(ExitKind value)
{
    static constexpr auto table = std::to_array<std::string_view>(
        {"port-in", "port-out", "mmio-read", "mmio-write", "halt", "interrupt-window",
         "budget-spent", "debug", "msr-read", "msr-write", "hypercall", "triple-fault",
         "entry-failed", "unhandled"});
    return look_up(table, value);
}

std::string_view name_of(VerdictKind value)
{
    static constexpr auto table =
        std::to_array<std::string_view>({"resume", "answer", "park", "fault", "stop"});
    return look_up(table, value);
}

std::string_view name_of(CpuMode value)
{
    static constexpr auto table = std::to_array<std::string_view>(
        {"real", "protected 16-bit", "protected 32-bit", "compatibility", "long 64-bit"});
    return look_up(table, value);
}

std::string_view name_of(PagingMode value)
{
    static constexpr auto table =
        std::to_array<std::string_view>({"none", "32-bit", "PAE", "4-level"});
    return look_up(table, value);
}

std::string_view name_of(WalkOrigin value)
{
    static constexpr auto table =
        std::to_array<std::string_view>({"observed", "reconstructed", "probed"});
    return look_up(table, value);
}

std::string_view name_of(WalkAccess value)
{
    static constexpr auto table = std::to_array<std::string_view>({"read", "write", "fetch"});
    return look_up(table, value);
}

std::string_view name_of(WalkProblem value)
{
    static constexpr auto table = std::to_array<std::string_view>(
        {"none", "not-present", "write-protected", "supervisor-only", "no-execute", "SMEP",
         "reserved-bits", "non-canonical", "table-unmapped", "SMAP"});
    return look_up(table, value);
}

std::string_view name_of(NotNow value)
{
    static constexpr auto table =
        std::to_array<std::string_view>({"interrupts-off", "shadow", "backend-busy"});
    return look_up(table, value);
}

std::string_view name_of(SchedulingStep value)
{
    static constexpr auto table = std::to_array<std::string_view>(
        {"enqueued", "picked", "ran", "preempted", "halted", "woken", "idle"});
    return look_up(table, value);
}

std::string_view name_of(DropReason value)
{
    static constexpr auto table = std::to_array<std::string_view>(
        {"ring-full", "reader-slow", "file-refused", "reader-late", "unreadable"});
    return look_up(table, value);
}

} // namespace ringside::trace

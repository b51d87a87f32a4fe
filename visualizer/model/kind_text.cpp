#include "visualizer/model/kind_text.hpp"

#include "visualizer/model/format.hpp"

#include <array>
#include <cstddef>

namespace ringside::visualizer {

// Exit reasons: SDM Vol. 3D, "VMX Basic Exit Reasons". kvm_run: KVM API, "The kvm_run structure".
KindText const& text_of(trace::ExitKind kind)
{
    static constexpr std::array<KindText, 14> table = {{
        {"every port access exits", "30, I/O instruction", "KVM_EXIT_IO",
         "decoded IN and stopped in front of it", "PortIn", "Asks the port bus who answers",
         "SDM Vol. 3C, \"Instructions That Cause VM Exits Conditionally\""},
        {"every port access exits", "30, I/O instruction", "KVM_EXIT_IO",
         "decoded OUT and stopped in front of it", "PortOut", "Hands it to the port bus",
         "SDM Vol. 3C, \"Instructions That Cause VM Exits Conditionally\""},
        {"no RAM backs that physical address", "48, EPT violation", "KVM_EXIT_MMIO",
         "found no RAM behind the address it should load from", "MmioRead",
         "Asks the MMIO bus who answers", "SDM Vol. 3C, \"EPT Violations\""},
        {"no writable RAM backs that physical address", "48, EPT violation", "KVM_EXIT_MMIO",
         "found no writable RAM behind the address it should store to", "MmioWrite",
         "Hands it to the MMIO bus", "SDM Vol. 3C, \"EPT Violations\""},
        {"HLT exits, so that the host's CPU need not wait", "12, HLT", "KVM_EXIT_HLT",
         "decoded HLT and stopped", "Halt", "Looks for something that could wake it",
         "SDM Vol. 3C, \"Instructions That Cause VM Exits Conditionally\""},
        {"we asked to be told when it can take an interrupt", "7, interrupt window",
         "KVM_EXIT_IRQ_WINDOW_OPEN", "reached an instruction with interrupts on", "InterruptWindow",
         "The waiting interrupt is next", "SDM Vol. 3C, \"Other Causes of VM Exits\""},
        {"its time slice was spent", "1, external interrupt, or 52, timer",
         "KVM_EXIT_INTR: our timer's signal", "ran as many instructions as it was given",
         "BudgetSpent", "Lets the scheduler choose again", "SDM Vol. 3C, \"VMX-Preemption Timer\""},
        {"a single step or a breakpoint ended", "0, exception: #DB", "KVM_EXIT_DEBUG",
         "ran one instruction, as asked", "Debug", "Notes it and goes on",
         "SDM Vol. 3B, \"Debug Exceptions\""},
        {"reading this MSR exits", "31, RDMSR", "KVM_EXIT_X86_RDMSR",
         "decoded RDMSR of a register the machine does not model", "MsrRead",
         "The machine does not model this MSR", "SDM Vol. 3C, \"MSR-Bitmap Address\""},
        {"writing this MSR exits", "32, WRMSR", "KVM_EXIT_X86_WRMSR",
         "decoded WRMSR of a register the machine does not model", "MsrWrite",
         "The machine does not model this MSR", "SDM Vol. 3C, \"MSR-Bitmap Address\""},
        {"the guest called the VMM on purpose", "18, VMCALL", "KVM_EXIT_HYPERCALL",
         "decoded VMCALL", "Hypercall", "Looks the number up", "SDM Vol. 3C, \"VMCALL\""},
        {"a fault met no handler, nor did the double fault that followed", "2, triple fault",
         "KVM_EXIT_SHUTDOWN", "failed to deliver a double fault", "TripleFault",
         "A PC would reset now: the machine stops",
         "SDM Vol. 3A, \"Interrupt 8: Double Fault Exception\""},
        {"the CPU refused the guest's state and ran nothing",
         "33, VM-entry failure due to invalid guest state", "KVM_EXIT_FAIL_ENTRY",
         "refused the state", "EntryFailed", "Nothing ran: the machine stops",
         "SDM Vol. 3C, \"VM-Entry Failures\""},
        {"of something the backend has no name for", "not known", "another exit reason",
         "stopped for another reason", "Unhandled", "Reported whole: the machine stops",
         "KVM API, \"The kvm_run structure\""},
    }};
    auto const index = static_cast<std::size_t>(kind);
    return table[index < table.size() ? index : table.size() - 1];
}

bool is_read(trace::ExitKind kind)
{
    return kind == trace::ExitKind::port_in || kind == trace::ExitKind::mmio_read ||
           kind == trace::ExitKind::msr_read;
}

bool is_port(trace::ExitKind kind)
{
    return kind == trace::ExitKind::port_in || kind == trace::ExitKind::port_out;
}

bool is_mmio(trace::ExitKind kind)
{
    return kind == trace::ExitKind::mmio_read || kind == trace::ExitKind::mmio_write;
}

// SDM Vol. 3A, "Exception and Interrupt Vectors", Table "Protected-Mode Exceptions and Interrupts".
std::string vector_text(std::uint8_t vector)
{
    static constexpr auto table = std::to_array<std::string_view>(
        {"#DE divide error", "#DB debug", "NMI", "#BP breakpoint", "#OF overflow",
         "#BR bound range", "#UD invalid opcode", "#NM no FPU", "#DF double fault", "",
         "#TS invalid TSS", "#NP segment not present", "#SS stack fault", "#GP general protection",
         "#PF page fault", "", "#MF FPU error", "#AC alignment check", "#MC machine check"});
    if (vector < table.size() && !table[vector].empty())
        return std::string(table[vector]);
    return "vector " + hex(vector);
}

std::string_view short_reason(trace::NotNow reason)
{
    switch (reason) {
    case trace::NotNow::interrupts_off:
        return "IF=0";
    case trace::NotNow::shadow:
        return "STI shadow";
    case trace::NotNow::backend_busy:
        return "not ready";
    }
    return "unknown";
}

std::string_view long_reason(trace::NotNow reason)
{
    switch (reason) {
    case trace::NotNow::interrupts_off:
        return "the guest has interrupts off (RFLAGS.IF = 0)";
    case trace::NotNow::shadow:
        return "the instruction after STI or MOV SS must run first";
    case trace::NotNow::backend_busy:
        return "the backend is not ready to inject one";
    }
    return "of a reason this viewer does not know";
}

} // namespace ringside::visualizer

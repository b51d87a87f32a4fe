// The glossary's part about leaving guest mode: exit reasons, classes, verdicts, ends of a run.
//
// Manual: Intel SDM Vol. 3C, chapters "VMX Non-Root Operation" and "VM Exits"; KVM API
// documentation, "The kvm_run structure".
#include "visualizer/model/glossary.hpp"

namespace ringside::visualizer {

namespace {

constexpr auto O = Evidence::observed;
constexpr auto D = Evidence::derived;
constexpr auto E = Evidence::emulated;

constexpr std::string_view conditional =
    "SDM Vol. 3C, \"Instructions That Cause VM Exits Conditionally\"";
constexpr std::string_view kvm_run = "KVM API, \"The kvm_run structure\"";

constexpr auto terms = std::to_array<Term>({
    {"exit.port-in", "port-in: the guest executed IN or INS",
     "Every port read leaves guest mode here, because no port is handed through; the VMM answers "
     "and the value goes into the guest's register or memory.",
     O, conditional, "exits#ports", ""},
    {"exit.port-out", "port-out: the guest executed OUT or OUTS",
     "Every port write leaves guest mode here, so that a device of ours can take the value; RIP "
     "then stands behind the instruction.",
     O, conditional, "exits#ports", ""},
    {"exit.mmio-read", "mmio-read: a load from an address without RAM",
     "The guest-physical address lies in no memory slot, so the hardware faults in the second "
     "translation and the VMM asks a device what to load.",
     O, "SDM Vol. 3C, \"EPT Violations\"", "exits#mmio", ""},
    {"exit.mmio-write", "mmio-write: a store to an address without writable RAM",
     "The guest-physical address lies in no writable slot, so the store becomes a message to "
     "whatever device claims the address.",
     O, "SDM Vol. 3C, \"EPT Violations\"", "exits#mmio", ""},
    {"exit.halt", "halt: the guest executed HLT",
     "The guest has nothing to do until an interrupt; the VMM takes the CPU back instead of "
     "letting it sleep.",
     O, conditional, "exits#halt", ""},
    {"exit.interrupt-window", "interrupt-window: the guest can take an interrupt now",
     "An interrupt was waiting while the guest had them off, so the VMM asked to be told the "
     "moment that changes.",
     O, "SDM Vol. 3C, \"Other Causes of VM Exits\"", "interrupts#window", ""},
    {"exit.budget-spent", "budget-spent: the time slice is over",
     "A timer signal (KVM) or an instruction count (Unicorn) ended the slice, so that neither a "
     "loop nor another vCPU can be starved.",
     O, "SDM Vol. 3C, \"VMX-Preemption Timer\"", "scheduling#slices", ""},
    {"exit.debug", "debug: a single step or a breakpoint ended",
     "The debugger asked the CPU to stop here; the guest did nothing to cause it.", O,
     "SDM Vol. 3B, \"Debug Exceptions\"", "debugging#stepping", ""},
    {"exit.msr-read", "msr-read: RDMSR of a register the VMM keeps",
     "The guest read a model-specific register that is not handed through, and the VMM must say "
     "what it holds or raise #GP.",
     O, "SDM Vol. 3C, \"MSR-Bitmap Address\"", "exits#msr", ""},
    {"exit.msr-write", "msr-write: WRMSR of a register the VMM keeps",
     "The guest wrote a model-specific register that is not handed through, and the VMM must take "
     "it or raise #GP.",
     O, "SDM Vol. 3C, \"MSR-Bitmap Address\"", "exits#msr", ""},
    {"exit.hypercall", "hypercall: the guest called the VMM on purpose",
     "VMCALL is the one exit a guest makes only because it knows that a VMM is there.", O,
     "SDM Vol. 3C, \"VMCALL\"", "exits#hypercalls", ""},
    {"exit.triple-fault", "triple-fault: a fault found no handler, twice",
     "The first fault could not be delivered, nor could the double fault; a PC resets, our "
     "machine stops and shows why.",
     O, "SDM Vol. 3A, \"Interrupt 8: Double Fault Exception\"", "exits#triple-fault", ""},
    {"exit.entry-failed", "entry-failed: the CPU refused the guest's state",
     "The state the VMM loaded breaks a rule that is checked on entry, so not one instruction ran.",
     O, "SDM Vol. 3C, \"VM-Entry Failures\"", "exits#entry", ""},
    {"exit.unhandled", "unhandled: a reason without a name here",
     "The backend reported something the VMM has no answer to; the number is kept and the machine "
     "stops.",
     O, kvm_run, "exits#unhandled", ""},

    {"class.I", "I: port I/O", "The guest used IN or OUT; every port access leaves guest mode.", O,
     conditional, "exits#ports", ""},
    {"class.M", "M: memory-mapped I/O", "The guest touched a physical address that no RAM backs.",
     O, "SDM Vol. 3C, \"EPT Violations\"", "exits#mmio", ""},
    {"class.H", "H: halt and idle",
     "The guest executed HLT, or its time slice was over: it waits for its turn.", O, conditional,
     "exits#halt", ""},
    {"class.C", "C: control",
     "A model-specific register, a control register or the CPU's mode "
     "changed hands.",
     O, "SDM Vol. 3A, \"Control Registers\"", "modes#control", ""},
    {"class.Q", "Q: interrupt", "An interrupt was raised, held back, injected or ended.", O,
     "SDM Vol. 3A, \"Interrupt and Exception Handling\"", "interrupts#path", ""},
    {"class.P", "P: page walk", "A linear address was translated through the guest's page tables.",
     D, "SDM Vol. 3A, \"Paging\"", "paging#walk", ""},
    {"class.X", "X: exception",
     "The guest faulted, or shut down after a fault it could not handle.", O,
     "SDM Vol. 3A, \"Interrupt and Exception Handling\"", "interrupts#exceptions", ""},
    {"class..", "dot: everything else", "Markers, single steps, hypercalls, losses.", O, kvm_run,
     "traces#rows", ""},

    {"verdict.resume", "verdict resume: go on",
     "The trap layer did its work and has nothing to hand back to the guest.", O, kvm_run,
     "exits#verdicts", ""},
    {"verdict.answer", "verdict answer: go on with a value",
     "The guest waits for a value, and the trap layer hands it over before the next entry.", O,
     kvm_run, "exits#verdicts", ""},
    {"verdict.park", "verdict park: sleep until an interrupt",
     "The vCPU is taken off the run queue until a device wakes it.", O, kvm_run,
     "scheduling#parked", ""},
    {"verdict.fault", "verdict fault: answer with an exception",
     "What the guest tried is not there, and it is told so by #GP or #UD, as by a real CPU.", E,
     "SDM Vol. 3A, \"Interrupt and Exception Handling\"", "exits#verdicts", ""},
    {"verdict.stop", "verdict stop: the run loop ends",
     "The guest wrote its result, shut down, or cannot go on.", O, kvm_run, "exits#verdicts", ""},

    {"stop.guest-exit", "guest-exit: the guest wrote its result",
     "A write to the exit port ends the run; the value becomes the process's exit code.", O,
     "guest-programs/abi/ringside.h, exit port", "traces#ends", "event.machine-stopped"},
    {"stop.halted-for-ever", "halted-for-ever: nothing can wake it",
     "Every vCPU is halted and no timer is armed, so no interrupt will ever come.", D,
     "SDM Vol. 2, \"HLT\"", "traces#ends", "event.machine-stopped"},
    {"stop.triple-fault", "triple-fault: the CPU shut down",
     "A PC would reset; the machine stops so that one can look.", O,
     "SDM Vol. 3A, \"Interrupt 8: Double Fault Exception\"", "traces#ends", "exit.triple-fault"},
    {"stop.limit", "limit: as far as was asked", "A limit on exits or time was reached.", O,
     "ringside run --help", "traces#ends", "event.machine-stopped"},
    {"stop.asked", "asked: somebody asked", "A controller or a signal asked the machine to stop.",
     O, "ringside run --help", "traces#ends", "event.machine-stopped"},
    {"stop.entry-failed", "entry-failed: the state was refused",
     "The CPU would not enter the guest with this state.", O, "SDM Vol. 3C, \"VM-Entry Failures\"",
     "traces#ends", "exit.entry-failed"},
    {"stop.failed", "failed: our fault or the host's",
     "The engine or the host could not go on; the reason stands beside it.", O, kvm_run,
     "traces#ends", "event.machine-stopped"},
});

} // namespace

std::span<Term const> exit_terms()
{
    return terms;
}

} // namespace ringside::visualizer

// The glossary's part about the stream: every kind of event, by the name the schema gives it.
#include "visualizer/model/glossary.hpp"

namespace ringside::visualizer {

namespace {

constexpr auto O = Evidence::observed;
constexpr auto D = Evidence::derived;
constexpr auto E = Evidence::emulated;

constexpr std::string_view events = "engine/trace/events.hpp";
constexpr std::string_view handling = "SDM Vol. 3A, \"Interrupt and Exception Handling\"";

constexpr auto terms = std::to_array<Term>({
    {"event.machine-created", "machine-created: the first event",
     "The machine was built: how much RAM, how many CPUs, who runs the guest's instructions.", O,
     "KVM API, \"KVM_CREATE_VM\"", "traces#life", ""},
    {"event.slot-mapped", "slot-mapped: a range of guest-physical memory",
     "A memory slot says which guest-physical addresses the host backs with memory, and how.", O,
     "KVM API, \"KVM_SET_USER_MEMORY_REGION\"", "memory#slots", ""},
    {"event.device-defined", "device-defined: a device and its addresses",
     "A device claims a range of ports or addresses and gets the number later events use.", O,
     events, "devices#bus", ""},
    {"event.register-defined", "register-defined: a register of a device",
     "The device's own table: which register answers at which offset, and how it may be used.", O,
     events, "devices#registers", ""},
    {"event.machine-stopped", "machine-stopped: the last event",
     "The run ended, and why; what the process returns is here.", O, events, "traces#ends", ""},
    {"event.branched", "branched: the story goes on in another way",
     "The machine had gone back and was changed, or did something else this time; what was told of "
     "later exits is another branch.",
     O, events, "debugging#branches", ""},
    {"event.exit", "exit: the CPU left guest mode",
     "One exit begins: what the guest tried, at which instruction, and everything up to the "
     "matching end belongs to it.",
     O, "SDM Vol. 3C, \"VM Exits\"", "exits#what", ""},
    {"event.exit-end", "exit-end: the VMM is done with it",
     "The verdict, the value handed back, and where the guest goes on.", O,
     "SDM Vol. 3C, \"VM Entries\"", "exits#verdicts", ""},
    {"event.instruction", "instruction: the bytes that exited",
     "The machine code at the exiting address, told the first time and when it changed.", O,
     "SDM Vol. 2, \"Instruction Format\"", "exits#instruction", ""},
    {"event.registers", "registers: what changed",
     "The registers that differ from the last telling, each with its new value.", O,
     "KVM API, \"KVM_GET_REGS\"", "modes#registers", ""},
    {"event.keyframe", "keyframe: every register at once",
     "A complete register file, so that a reader can start in the middle of the stream.", O,
     "KVM API, \"KVM_GET_SREGS\"", "traces#keyframes", ""},
    {"event.device-state", "device-state: a device, whole",
     "A device's saved state at a keyframe, in the device's own bytes.", O, events,
     "traces#keyframes", ""},
    {"event.mode-changed", "mode-changed: real, protected, long",
     "Between two exits the control bits and CS came to mean another mode.", D,
     "SDM Vol. 3A, \"Modes of Operation\"", "modes#switch", ""},
    {"event.device-access", "device-access: a device answered",
     "The bus found the device that claims the address, and this register took or gave the value.",
     E, events, "devices#bus", ""},
    {"event.unclaimed", "unclaimed: nobody answered",
     "No device claims the address: a read gives all ones, a write goes nowhere, as on a PC's bus.",
     E, "SDM Vol. 1, \"Input/Output\"", "devices#unclaimed", ""},
    {"event.device-note", "device-note: inside a device",
     "Something happened in a device that no register shows: a timer expired, a mode was set.", E,
     events, "devices#notes", ""},
    {"event.console", "console: one character", "The guest printed it, or somebody typed it.", E,
     "16550D datasheet, \"Registers\"", "devices#uart", ""},
    {"event.irq-line", "irq-line: a device's interrupt line moved",
     "The wire from a device to the interrupt controller went up or down.", E,
     "8259A datasheet, \"Interrupt Request Register\"", "interrupts#line", ""},
    {"event.irq-pending", "irq-pending: an interrupt waits",
     "The controller has a request and the CPU cannot take it yet; the reason is told once.", E,
     handling, "interrupts#not-delivered", ""},
    {"event.irq-injected", "irq-injected: the VMM delivered it",
     "The VMM handed the vector to the CPU; the next guest instruction is the handler's first.", O,
     "KVM API, \"KVM_INTERRUPT\"", "interrupts#injection", ""},
    {"event.irq-eoi", "irq-eoi: the handler is done",
     "The guest wrote an end-of-interrupt command, and requests of lower rank may come again.", E,
     "8259A datasheet, \"End of Interrupt\"", "interrupts#eoi", ""},
    {"event.walk", "walk: one translation",
     "One walk through the guest's page tables with every entry as it was read.", D,
     "SDM Vol. 3A, \"Paging\"", "paging#walk", ""},
    {"event.marker", "marker: the guest says where it is",
     "The guest wrote a text to the teaching port; it changes nothing and helps the reader.", O,
     "guest-programs/abi/ringside.h, teaching port", "traces#markers", ""},
    {"event.symbol", "symbol: a name for an address",
     "The guest named an address, and the window shows the name wherever the address appears.", O,
     "guest-programs/abi/ringside.h, teaching port", "traces#markers", ""},
    {"event.assertion", "assertion: the guest checked itself",
     "The guest claimed something and tells whether it held.", O,
     "guest-programs/abi/ringside.h, teaching port", "traces#markers", ""},
    {"event.tracing", "tracing: on or off", "The guest asked for events, or for silence.", O,
     "guest-programs/abi/ringside.h, teaching port", "traces#markers", ""},
    {"event.sched", "sched: who runs next", "The scheduler queued, picked, stopped or woke a vCPU.",
     O, "engine/sched", "scheduling#queue", ""},
    {"event.emulated", "emulated: a sensitive instruction",
     "The software VMM stopped before an instruction that must not run as it is and did its work; "
     "on KVM the hardware or the kernel does this out of our sight.",
     E,
     "G. J. Popek, R. P. Goldberg, \"Formal Requirements for Virtualizable Third Generation "
     "Architectures\"",
     "software-vmm#sensitive", ""},
    {"event.delivered", "delivered: through the guest's IDT",
     "The software VMM pushed the frame and went through the gate itself; on KVM the CPU does.", E,
     handling, "interrupts#gates", ""},
    {"event.dropped", "dropped: records are missing",
     "Something was emitted and could not be kept; the number is exact, the content is gone.", O,
     events, "traces#loss", ""},
});

} // namespace

std::span<Term const> event_terms()
{
    return terms;
}

} // namespace ringside::visualizer

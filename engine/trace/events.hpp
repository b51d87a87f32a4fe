// Every event of the stream: one struct each, its fields described once, listed once in `Event`.
//
// Adding an event touches this file (and moves the schema version). Records are read in the order
// they were emitted; an exit is a span: ExitBegin, what happened inside it, ExitEnd.
#pragma once

#include <variant>

#include "engine/trace/fields.hpp"
#include "engine/trace/list.hpp"
#include "engine/trace/names.hpp"
#include "engine/trace/registers.hpp"

namespace ringside::trace {

inline constexpr std::uint16_t schema_major = 0;
inline constexpr std::uint16_t schema_minor = 2;

// ---------------------------------------------------------------- the machine's life

struct MachineCreated {
    static constexpr std::uint8_t id = 1;
    static constexpr std::string_view name = "machine-created";
    static constexpr Category category = Category::lifecycle;
    std::uint64_t memory_bytes = 0;
    Clock clock = Clock::exits;
    BackendKind backend = BackendKind::unicorn;
    std::uint8_t vcpus = 1;
    Text guest;
    bool operator==(MachineCreated const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"memory_bytes", &MachineCreated::memory_bytes, Show::decimal, "RAM in bytes"},
        Field{"clock", &MachineCreated::clock, Show::name, "what moves virtual time"},
        Field{"backend", &MachineCreated::backend, Show::name, "who runs the guest's instructions"},
        Field{"vcpus", &MachineCreated::vcpus, Show::decimal, "virtual CPUs"},
        Field{"guest", &MachineCreated::guest, Show::text, "the guest program's name"},
    };
};

struct SlotMapped {
    static constexpr std::uint8_t id = 2;
    static constexpr std::string_view name = "slot-mapped";
    static constexpr Category category = Category::lifecycle;
    std::uint64_t gpa = 0;
    std::uint64_t size = 0;
    SlotKind kind = SlotKind::ram;
    Text label;
    bool operator==(SlotMapped const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"gpa", &SlotMapped::gpa, Show::hex, "first guest-physical address"},
        Field{"size", &SlotMapped::size, Show::hex, "bytes"},
        Field{"kind", &SlotMapped::kind, Show::name, "what the range is backed by"},
        Field{"label", &SlotMapped::label, Show::text, "what it is for"},
    };
};

struct DeviceDefined {
    static constexpr std::uint8_t id = 3;
    static constexpr std::string_view name = "device-defined";
    static constexpr Category category = Category::definition;
    std::uint8_t device = 0;
    Space space = Space::port;
    std::uint64_t base = 0;
    std::uint64_t size = 0;
    Text label;
    bool operator==(DeviceDefined const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"device", &DeviceDefined::device, Show::decimal,
              "the number other events use for it"},
        Field{"space", &DeviceDefined::space, Show::name, "port or memory-mapped"},
        Field{"base", &DeviceDefined::base, Show::hex, "first port or guest-physical address"},
        Field{"size", &DeviceDefined::size, Show::hex, "ports or bytes claimed"},
        Field{"label", &DeviceDefined::label, Show::text, "the device's name"},
    };
};

struct RegisterDefined {
    static constexpr std::uint8_t id = 4;
    static constexpr std::string_view name = "register-defined";
    static constexpr Category category = Category::definition;
    std::uint8_t device = 0;
    std::uint16_t offset = 0;
    Access access = Access::read_write;
    Text label; ///< "LSR: Line Status Register"
    bool operator==(RegisterDefined const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"device", &RegisterDefined::device, Show::decimal, "the device it belongs to"},
        Field{"offset", &RegisterDefined::offset, Show::hex, "offset from the device's base"},
        Field{"access", &RegisterDefined::access, Show::name, "how the guest may use it"},
        Field{"label", &RegisterDefined::label, Show::text, "short name: full name"},
    };
};

struct MachineStopped {
    static constexpr std::uint8_t id = 5;
    static constexpr std::string_view name = "machine-stopped";
    static constexpr Category category = Category::lifecycle;
    StopCause cause = StopCause::guest_exit;
    std::uint8_t code = 0;
    Text reason;
    bool operator==(MachineStopped const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"cause", &MachineStopped::cause, Show::name, "what ended the run"},
        Field{"code", &MachineStopped::code, Show::decimal, "the process's exit code"},
        Field{"reason", &MachineStopped::reason, Show::text, "the same as a sentence"},
    };
};

/// The machine had gone back, and goes on in another way: what was told of later exits is another
/// branch of the story. A keyframe follows.
struct Branched {
    static constexpr std::uint8_t id = 6;
    static constexpr std::string_view name = "branched";
    static constexpr Category category = Category::lifecycle;
    std::uint64_t exits = 0;  ///< what both branches have in common
    std::uint32_t branch = 0; ///< 1 for the first; 0 is the story before it
    BranchCause cause = BranchCause::edited;
    bool operator==(Branched const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"exits", &Branched::exits, Show::decimal, "exits that both branches have in common"},
        Field{"branch", &Branched::branch, Show::decimal, "number of the branch that begins here"},
        Field{"cause", &Branched::cause, Show::name, "why the story goes on in another way"},
    };
};

// ---------------------------------------------------------------- one exit

struct ExitBegin {
    static constexpr std::uint8_t id = 10;
    static constexpr std::string_view name = "exit";
    static constexpr Category category = Category::exit;
    ExitKind kind = ExitKind::halt;
    std::uint8_t width = 0;
    std::uint8_t length = 0;
    std::uint16_t element = 0;
    std::uint16_t elements = 1;
    std::uint64_t address = 0;
    std::uint64_t value = 0;
    std::uint64_t rip = 0;
    bool operator==(ExitBegin const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"kind", &ExitBegin::kind, Show::name, "why the CPU left guest mode"},
        Field{"width", &ExitBegin::width, Show::decimal, "bytes moved by a port or memory access"},
        Field{"length", &ExitBegin::length, Show::decimal,
              "length of the exiting instruction, 0 if unknown"},
        Field{"element", &ExitBegin::element, Show::decimal, "which element of a REP INS this is"},
        Field{"elements", &ExitBegin::elements, Show::decimal,
              "how many elements the hardware exit carried"},
        Field{"address", &ExitBegin::address, Show::hex, "port, guest-physical address or MSR"},
        Field{"value", &ExitBegin::value, Show::hex, "what the guest wrote"},
        Field{"rip", &ExitBegin::rip, Show::address,
              "linear address of the exiting instruction, 0 if unknown"},
    };
};

struct ExitEnd {
    static constexpr std::uint8_t id = 11;
    static constexpr std::string_view name = "exit-end";
    static constexpr Category category = Category::exit;
    VerdictKind verdict = VerdictKind::resume;
    std::uint64_t answer = 0;
    std::uint64_t next_rip = 0;
    std::uint64_t began = 0;
    bool operator==(ExitEnd const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"verdict", &ExitEnd::verdict, Show::name, "what the trap layer decided"},
        Field{"answer", &ExitEnd::answer, Show::hex, "the value handed back to the guest"},
        Field{"next_rip", &ExitEnd::next_rip, Show::address,
              "RIP after the instruction was finished"},
        Field{"began", &ExitEnd::began, Show::decimal, "sequence number of the exit's beginning"},
    };
};

/// The bytes of an exiting instruction, told the first time it exits and whenever they changed.
struct Instruction {
    static constexpr std::uint8_t id = 12;
    static constexpr std::string_view name = "instruction";
    static constexpr Category category = Category::definition;
    std::uint64_t rip = 0;
    CodeSize code_size = CodeSize::bits64;
    List<std::uint8_t, 15> bytes;
    bool operator==(Instruction const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"rip", &Instruction::rip, Show::address, "linear address"},
        Field{"code_size", &Instruction::code_size, Show::name,
              "default operand size of the code segment"},
        Field{"bytes", &Instruction::bytes, Show::list, "machine code"},
    };
};

/// Registers that changed since the last RegistersChanged or Keyframe of this vCPU.
struct RegistersChanged {
    static constexpr std::uint8_t id = 13;
    static constexpr std::string_view name = "registers";
    static constexpr Category category = Category::detail;
    std::uint64_t mask = 0; ///< bit n: Register(n) follows, in ascending order
    List<std::uint64_t, register_count> values;
    bool operator==(RegistersChanged const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"mask", &RegistersChanged::mask, Show::hex, "one bit for each register that changed"},
        Field{"values", &RegistersChanged::values, Show::list,
              "their new values in ascending order"},
    };
};

/// All registers, so that a reader can start here.
struct Keyframe {
    static constexpr std::uint8_t id = 14;
    static constexpr std::string_view name = "keyframe";
    static constexpr Category category = Category::keyframe;
    List<std::uint64_t, register_count> values;
    bool operator==(Keyframe const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"values", &Keyframe::values, Show::list,
              "every register, in the order of the register table"},
    };
};

/// A device's saved state at a keyframe, as the device's own bytes.
struct DeviceState {
    static constexpr std::uint8_t id = 15;
    static constexpr std::string_view name = "device-state";
    static constexpr Category category = Category::keyframe;
    std::uint8_t device = 0;
    List<std::uint8_t, 192> bytes;
    bool operator==(DeviceState const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"device", &DeviceState::device, Show::decimal, "which device"},
        Field{"bytes", &DeviceState::bytes, Show::list, "its saved state"},
    };
};

struct ModeChanged {
    static constexpr std::uint8_t id = 16;
    static constexpr std::string_view name = "mode-changed";
    static constexpr Category category = Category::exit;
    CpuMode from = CpuMode::real;
    CpuMode to = CpuMode::real;
    bool operator==(ModeChanged const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"from", &ModeChanged::from, Show::name, "mode at the exit before"},
        Field{"to", &ModeChanged::to, Show::name, "mode now"},
    };
};

// ---------------------------------------------------------------- devices

struct DeviceAccess {
    static constexpr std::uint8_t id = 20;
    static constexpr std::string_view name = "device-access";
    static constexpr Category category = Category::exit;
    std::uint8_t device = 0;
    std::uint8_t width = 0;
    Direction direction = Direction::read;
    std::uint16_t offset = 0;
    std::uint64_t value = 0;
    bool operator==(DeviceAccess const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"device", &DeviceAccess::device, Show::decimal, "which device answered"},
        Field{"width", &DeviceAccess::width, Show::decimal, "bytes"},
        Field{"direction", &DeviceAccess::direction, Show::name, "read or write"},
        Field{"offset", &DeviceAccess::offset, Show::hex, "register, from the device's base"},
        Field{"value", &DeviceAccess::value, Show::hex, "what was read or written"},
    };
};

/// Nobody claims this port or address: reads give all ones, writes go nowhere.
struct Unclaimed {
    static constexpr std::uint8_t id = 21;
    static constexpr std::string_view name = "unclaimed";
    static constexpr Category category = Category::exit;
    Space space = Space::port;
    Direction direction = Direction::read;
    std::uint8_t width = 0;
    std::uint64_t address = 0;
    std::uint64_t value = 0;
    bool operator==(Unclaimed const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"space", &Unclaimed::space, Show::name, "port or memory-mapped"},
        Field{"direction", &Unclaimed::direction, Show::name, "read or write"},
        Field{"width", &Unclaimed::width, Show::decimal, "bytes"},
        Field{"address", &Unclaimed::address, Show::hex, "port or guest-physical address"},
        Field{"value", &Unclaimed::value, Show::hex, "all ones, or what was written into nowhere"},
    };
};

/// Something worth telling happened inside a device: a timer expired, a FIFO filled, a mode was
/// set.
struct DeviceNote {
    static constexpr std::uint8_t id = 22;
    static constexpr std::string_view name = "device-note";
    static constexpr Category category = Category::detail;
    std::uint8_t device = 0;
    std::uint64_t value = 0;
    Text what;
    bool operator==(DeviceNote const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"device", &DeviceNote::device, Show::decimal, "which device"},
        Field{"value", &DeviceNote::value, Show::hex, "a number that belongs to it"},
        Field{"what", &DeviceNote::what, Show::text, "what happened"},
    };
};

struct ConsoleByte {
    static constexpr std::uint8_t id = 23;
    static constexpr std::string_view name = "console";
    static constexpr Category category = Category::exit;
    Direction direction = Direction::write;
    std::uint8_t byte = 0;
    bool operator==(ConsoleByte const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"direction", &ConsoleByte::direction, Show::name,
              "write: the guest printed it; read: it was typed"},
        Field{"byte", &ConsoleByte::byte, Show::hex, "the character"},
    };
};

// ---------------------------------------------------------------- interrupts

struct LineChanged {
    static constexpr std::uint8_t id = 30;
    static constexpr std::string_view name = "irq-line";
    static constexpr Category category = Category::exit;
    std::uint8_t irq = 0;
    bool level = false;
    bool operator==(LineChanged const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"irq", &LineChanged::irq, Show::decimal, "input pin of the PIC pair"},
        Field{"level", &LineChanged::level, Show::yes_no, "raised or lowered"},
    };
};

/// An interrupt is requested and cannot be delivered yet. Told once for each reason.
struct InterruptPending {
    static constexpr std::uint8_t id = 31;
    static constexpr std::string_view name = "irq-pending";
    static constexpr Category category = Category::exit;
    std::uint8_t irq = 0;
    NotNow reason = NotNow::interrupts_off;
    bool operator==(InterruptPending const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"irq", &InterruptPending::irq, Show::decimal, "the one that would be next"},
        Field{"reason", &InterruptPending::reason, Show::name, "why the guest cannot take it now"},
    };
};

struct InterruptInjected {
    static constexpr std::uint8_t id = 32;
    static constexpr std::string_view name = "irq-injected";
    static constexpr Category category = Category::exit;
    std::uint8_t irq = 0;
    std::uint8_t vector = 0;
    bool operator==(InterruptInjected const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"irq", &InterruptInjected::irq, Show::decimal, "input pin of the PIC pair"},
        Field{"vector", &InterruptInjected::vector, Show::hex, "entry of the guest's IDT"},
    };
};

struct EndOfInterrupt {
    static constexpr std::uint8_t id = 33;
    static constexpr std::string_view name = "irq-eoi";
    static constexpr Category category = Category::exit;
    std::uint8_t irq = 0;
    bool operator==(EndOfInterrupt const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"irq", &EndOfInterrupt::irq, Show::decimal, "the one that is no longer in service"},
    };
};

// ---------------------------------------------------------------- page walks

struct WalkStep {
    std::uint64_t entry_gpa = 0;
    std::uint64_t entry = 0;
    bool operator==(WalkStep const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"entry_gpa", &WalkStep::entry_gpa, Show::hex, "where the entry lies"},
        Field{"entry", &WalkStep::entry, Show::hex, "its value before the walk"},
    };
};

/// One walk of the guest's page tables with every entry as it was read.
struct PageWalk {
    static constexpr std::uint8_t id = 40;
    static constexpr std::string_view name = "walk";
    static constexpr Category category = Category::walk;
    WalkOrigin origin = WalkOrigin::reconstructed;
    WalkAccess access = WalkAccess::read;
    PagingMode paging = PagingMode::none;
    bool user = false;
    bool ok = false;
    std::uint8_t error_code = 0; ///< of the #PF this walk raises when not ok
    WalkProblem problem = WalkProblem::none;
    std::uint8_t page_shift = 12;
    std::uint64_t gva = 0;
    std::uint64_t gpa = 0;
    std::uint64_t cr3 = 0;
    List<WalkStep, 4> steps;
    bool operator==(PageWalk const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"origin", &PageWalk::origin, Show::name, "observed, reconstructed or probed"},
        Field{"access", &PageWalk::access, Show::name, "read, write or fetch"},
        Field{"paging", &PageWalk::paging, Show::name, "paging mode"},
        Field{"user", &PageWalk::user, Show::yes_no, "made by CPL 3"},
        Field{"ok", &PageWalk::ok, Show::yes_no, "translated, or a fault"},
        Field{"error_code", &PageWalk::error_code, Show::hex,
              "page-fault error code when it failed"},
        Field{"problem", &PageWalk::problem, Show::name, "which rule refused it"},
        Field{"page_shift", &PageWalk::page_shift, Show::decimal, "log2 of the page's size"},
        Field{"gva", &PageWalk::gva, Show::address, "guest-virtual address"},
        Field{"gpa", &PageWalk::gpa, Show::hex, "guest-physical address"},
        Field{"cr3", &PageWalk::cr3, Show::hex, "root of the tables"},
        Field{"steps", &PageWalk::steps, Show::list,
              "each entry read: where it lies and its value"},
    };
};

// ---------------------------------------------------------------- what the guest tells us

struct Marker {
    static constexpr std::uint8_t id = 50;
    static constexpr std::string_view name = "marker";
    static constexpr Category category = Category::lifecycle;
    Text text;
    bool operator==(Marker const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"text", &Marker::text, Show::text, "the guest's own words at this point"},
    };
};

struct Symbol {
    static constexpr std::uint8_t id = 51;
    static constexpr std::string_view name = "symbol";
    static constexpr Category category = Category::definition;
    std::uint64_t address = 0;
    Text text;
    bool operator==(Symbol const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"address", &Symbol::address, Show::address, "linear address"},
        Field{"text", &Symbol::text, Show::text, "its name"},
    };
};

struct Assertion {
    static constexpr std::uint8_t id = 52;
    static constexpr std::string_view name = "assertion";
    static constexpr Category category = Category::lifecycle;
    bool held = false;
    Text text;
    bool operator==(Assertion const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"held", &Assertion::held, Show::yes_no, "what the guest found"},
        Field{"text", &Assertion::text, Show::text, "what it claimed"},
    };
};

struct TracingSwitched {
    static constexpr std::uint8_t id = 53;
    static constexpr std::string_view name = "tracing";
    static constexpr Category category = Category::lifecycle;
    bool on = true;
    bool operator==(TracingSwitched const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"on", &TracingSwitched::on, Show::yes_no,
              "the guest asked for events, or for silence"},
    };
};

// ---------------------------------------------------------------- scheduling

struct Scheduling {
    static constexpr std::uint8_t id = 60;
    static constexpr std::string_view name = "sched";
    static constexpr Category category = Category::scheduling;
    SchedulingStep step = SchedulingStep::picked;
    std::uint8_t runnable = 0; ///< length of the run queue after it
    std::uint64_t amount = 0;  ///< virtual nanoseconds: ran how long, or slept how long
    bool operator==(Scheduling const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"step", &Scheduling::step, Show::name, "what the scheduler did"},
        Field{"runnable", &Scheduling::runnable, Show::decimal, "vCPUs ready to run after it"},
        Field{"amount", &Scheduling::amount, Show::time,
              "how long it ran or slept, in virtual time"},
    };
};

// ---------------------------------------------------------------- what only a software VMM sees

/// The Unicorn backend stopped before a sensitive instruction and emulated it. On KVM the hardware,
/// or the kernel, did that out of our sight.
struct Emulated {
    static constexpr std::uint8_t id = 70;
    static constexpr std::string_view name = "emulated";
    static constexpr Category category = Category::software_vmm;
    std::uint64_t rip = 0;
    Text mnemonic;
    bool operator==(Emulated const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"rip", &Emulated::rip, Show::address, "linear address"},
        Field{"mnemonic", &Emulated::mnemonic, Show::text, "the sensitive instruction"},
    };
};

/// The Unicorn backend delivered an exception or interrupt through the guest's IDT itself.
struct Delivered {
    static constexpr std::uint8_t id = 71;
    static constexpr std::string_view name = "delivered";
    static constexpr Category category = Category::software_vmm;
    std::uint8_t vector = 0;
    bool has_error_code = false;
    std::uint16_t error_code = 0;
    std::uint64_t from_rip = 0;
    std::uint64_t to_rip = 0;
    std::uint64_t cr2 = 0;
    bool operator==(Delivered const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"vector", &Delivered::vector, Show::hex, "entry of the guest's IDT"},
        Field{"has_error_code", &Delivered::has_error_code, Show::yes_no,
              "an error code was pushed"},
        Field{"error_code", &Delivered::error_code, Show::hex, "the error code"},
        Field{"from_rip", &Delivered::from_rip, Show::address, "RIP in the pushed frame"},
        Field{"to_rip", &Delivered::to_rip, Show::address, "the handler"},
        Field{"cr2", &Delivered::cr2, Show::address, "faulting address of a page fault"},
    };
};

// ---------------------------------------------------------------- loss

/// Records that were emitted and could not be kept. Written by the recorder, never by the engine.
struct Dropped {
    static constexpr std::uint8_t id = 80;
    static constexpr std::string_view name = "dropped";
    static constexpr Category category = Category::lifecycle;
    std::uint64_t first_seq = 0;
    std::uint64_t count = 0;
    DropReason reason = DropReason::ring_full;
    bool operator==(Dropped const&) const = default;
    static constexpr auto fields = std::tuple{
        Field{"first_seq", &Dropped::first_seq, Show::decimal,
              "sequence number of the first lost record"},
        Field{"count", &Dropped::count, Show::decimal, "how many were lost"},
        Field{"reason", &Dropped::reason, Show::name, "where they were lost"},
    };
};

/// The closed set. Visit it exhaustively with a named struct.
using Event =
    std::variant<MachineCreated, SlotMapped, DeviceDefined, RegisterDefined, MachineStopped,
                 Branched, ExitBegin, ExitEnd, Instruction, RegistersChanged, Keyframe, DeviceState,
                 ModeChanged, DeviceAccess, Unclaimed, DeviceNote, ConsoleByte, LineChanged,
                 InterruptPending, InterruptInjected, EndOfInterrupt, PageWalk, Marker, Symbol,
                 Assertion, TracingSwitched, Scheduling, Emulated, Delivered, Dropped>;

/// One event with its place in the order of things.
struct Record {
    std::uint64_t seq = 0; ///< per vCPU, without gaps: a loss is a Dropped record
    std::uint8_t vcpu = 0;
    std::uint64_t time = 0; ///< virtual nanoseconds
    std::uint64_t host =
        0; ///< host nanoseconds since the recorder started; 0 where not stamped. Never compared.
    Event event;
};

} // namespace ringside::trace

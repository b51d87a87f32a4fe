#include "visualizer/model/sentence.hpp"

#include "visualizer/model/format.hpp"
#include "visualizer/model/kind_text.hpp"
#include "visualizer/model/never_a_row.hpp"
#include "visualizer/model/row_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace ringside::visualizer {

namespace {

using trace::ExitKind;

// "port 0x3f8 (COM1 THR)" from the list's "0x3f8 COM1 THR".
std::string target(TraceModel const& model, Moment const& moment)
{
    std::string const space = is_port(moment.kind) ? "port " : "guest-physical ";
    std::string const what = access_text(model, moment);
    std::size_t const gap = what.find(' ');
    if (gap == std::string::npos || moment.unclaimed)
        return space + hex(moment.address);
    return fmt::format("{}{} ({})", space, what.substr(0, gap), what.substr(gap + 1));
}

std::string deed(TraceModel const& model, Moment const& moment)
{
    switch (moment.kind) {
    case ExitKind::port_in:
    case ExitKind::mmio_read:
        return "The guest read " + target(model, moment);
    case ExitKind::port_out:
    case ExitKind::mmio_write:
        return fmt::format("The guest wrote {} to {}", value_text(moment), target(model, moment));
    case ExitKind::halt:
        return "The guest executed HLT";
    case ExitKind::interrupt_window:
        return "The guest can take an interrupt again";
    case ExitKind::budget_spent:
        return "The guest ran straight on";
    case ExitKind::debug:
        return "The guest ran one instruction";
    case ExitKind::msr_read:
        return "The guest read MSR " + hex(moment.address);
    case ExitKind::msr_write:
        return fmt::format("The guest wrote {} to MSR {}", hex(moment.value), hex(moment.address));
    case ExitKind::hypercall:
        return "The guest made hypercall " + hex(moment.address);
    case ExitKind::triple_fault:
        return "The guest shut down";
    case ExitKind::entry_failed:
        return "The guest could not be entered";
    case ExitKind::unhandled:
        break;
    }
    return "The guest stopped for reason " + hex(moment.address);
}

std::string cause(TraceModel const& model, Moment const& moment)
{
    KindText const& text = text_of(moment.kind);
    if (model.catalogue().on_kvm())
        return fmt::format("the CPU left guest mode because {}", text.cause);
    return fmt::format("the software CPU {}", text.software_stop);
}

// What came of it, by the most telling event inside the span.
struct Outcome {
    TraceModel const& model;
    Moment const& moment;
    std::string text;
    int weight = 0;

    void say(int new_weight, std::string new_text)
    {
        if (new_weight > weight) {
            weight = new_weight;
            text = std::move(new_text);
        }
    }
    void look_at(RecordIndex index)
    {
        RecordStore const& records = model.records();
        std::string const device = device_text(model, moment);
        if (auto const access = records.get<trace::DeviceAccess>(index))
            say(1, access->direction == trace::Direction::read
                       ? device + " answered " + value_text(moment)
                       : device + " took it");
        if (auto const nobody = records.get<trace::Unclaimed>(index))
            say(1, nobody->direction == trace::Direction::read
                       ? "no device claims it, so it read all ones"
                       : "no device claims it, so it went nowhere");
        if (auto const end = records.get<trace::EndOfInterrupt>(index))
            say(2, fmt::format("that ended interrupt {} in the PIC", end->irq));
        if (auto const byte = records.get<trace::ConsoleByte>(index))
            say(2, byte->direction == trace::Direction::write ? device + " printed it"
                                                              : device + " handed over a key");
        if (auto const marker = records.get<trace::Marker>(index))
            say(3, fmt::format("that set the marker \"{}\"", printable(marker->text.text())));
        if (auto const symbol = records.get<trace::Symbol>(index))
            say(3, fmt::format("that named {} \"{}\"", hex(symbol->address),
                               printable(symbol->text.text())));
        if (auto const claim = records.get<trace::Assertion>(index))
            say(3, fmt::format("that claimed \"{}\", which {}", printable(claim->text.text()),
                               claim->held ? "held" : "failed"));
    }
};

std::string outcome(TraceModel const& model, Moment const& moment)
{
    static constexpr RecordIndex furthest = 64; // an exit that never ended may be very long
    Outcome outcome{model, moment, {}};
    RecordIndex const last = std::min(moment.last, moment.first + furthest);
    for (RecordIndex index = moment.first; index <= last; ++index)
        outcome.look_at(index);
    if (moment.open)
        outcome.say(9, "the VMM is still working on it");
    if (moment.verdict == trace::VerdictKind::stop)
        outcome.say(9, "that stopped the machine");
    if (moment.verdict == trace::VerdictKind::park)
        outcome.say(9, "the VMM put the vCPU to sleep until an interrupt comes");
    if (moment.verdict == trace::VerdictKind::fault)
        outcome.say(9, "the VMM answered with an exception");
    return outcome.text;
}

std::string walk_sentence(trace::PageWalk const& walk)
{
    std::string const start =
        fmt::format("To {} {} the CPU translates it through {} table {}",
                    walk.access == trace::WalkAccess::fetch
                        ? "fetch from"
                        : std::string(trace::name_of(walk.access)) +
                              (walk.access == trace::WalkAccess::write ? " to" : " from"),
                    hex(walk.gva), walk.steps.count, walk.steps.count == 1 ? "entry" : "entries");
    if (walk.ok)
        return fmt::format("{} and arrives at guest-physical {}.", start, hex(walk.gpa));
    if (walk.problem == trace::WalkProblem::non_canonical)
        return fmt::format("{} is not canonical: the CPU raises #GP without a walk.",
                           hex(walk.gva));
    return fmt::format("{}; the last one refuses ({}), and #PF with error code {} follows.", start,
                       trace::name_of(walk.problem), hex(walk.error_code));
}

struct SentenceOf : NeverARow<std::string> {
    using NeverARow<std::string>::operator();
    TraceModel const& model;
    Moment const& moment;

    SentenceOf(TraceModel const& of, Moment const& at) : model(of), moment(at) {}

    std::string operator()(trace::MachineCreated const& e) const
    {
        return fmt::format("The machine was created for {}: {} of RAM, {} vCPU, run by {}.",
                           printable(e.guest.text()), bytes_size(e.memory_bytes), e.vcpus,
                           trace::name_of(e.backend));
    }
    std::string operator()(trace::MachineStopped const& e) const
    {
        return fmt::format("The machine stopped: {}.", printable(e.reason.text()));
    }
    std::string operator()(trace::Branched const& e) const
    {
        return fmt::format("Branch {} begins behind exit {}: {}.", e.branch, e.exits,
                           trace::name_of(e.cause));
    }
    std::string operator()(trace::ModeChanged const& e) const
    {
        return fmt::format("The CPU went from {} to {} mode.", trace::name_of(e.from),
                           trace::name_of(e.to));
    }
    std::string operator()(trace::LineChanged const& e) const
    {
        return e.level ? fmt::format("A device raised its interrupt line, IRQ {}: it wants the "
                                     "guest's attention.",
                                     e.irq)
                       : fmt::format("The interrupt line IRQ {} went down again.", e.irq);
    }
    std::string operator()(trace::InterruptPending const& e) const
    {
        return fmt::format("Interrupt {} waits in the PIC: {}.", e.irq, long_reason(e.reason));
    }
    std::string operator()(trace::InterruptInjected const& e) const
    {
        return fmt::format(
            "The VMM injected interrupt {} as vector {}: the next instruction is the "
            "handler's first.",
            e.irq, hex(e.vector));
    }
    std::string operator()(trace::PageWalk const& e) const { return walk_sentence(e); }
    std::string operator()(trace::Marker const& e) const
    {
        return fmt::format("The guest set a marker: \"{}\".", printable(e.text.text()));
    }
    std::string operator()(trace::Assertion const& e) const
    {
        return fmt::format("The guest claimed \"{}\", and that {}.", printable(e.text.text()),
                           e.held ? "held" : "failed");
    }
    std::string operator()(trace::TracingSwitched const& e) const
    {
        return e.on ? "The guest switched tracing on." : "The guest switched tracing off.";
    }
    std::string operator()(trace::Emulated const& e) const
    {
        return fmt::format("The software VMM emulated \"{}\", a sensitive instruction; on KVM the "
                           "hardware or the kernel does this out of our sight.",
                           printable(e.mnemonic.text()));
    }
    std::string operator()(trace::Delivered const& e) const
    {
        constexpr std::uint8_t page_fault = 14;
        std::string const where =
            e.vector == page_fault ? " over address " + hex(e.cr2) : std::string();
        return fmt::format("{}{} interrupted the guest at {}; its handler at {} is next.",
                           vector_text(e.vector), where, hex(e.from_rip), hex(e.to_rip));
    }
    std::string operator()(trace::Dropped const& e) const
    {
        return fmt::format("{} records from sequence number {} on are missing: {}.",
                           grouped(moment.value), e.first_seq, trace::name_of(e.reason));
    }
    std::string operator()(trace::ExitBegin const&) const
    {
        std::string const came_of_it = outcome(model, moment);
        return fmt::format("{}; {}{}{}.", deed(model, moment), cause(model, moment),
                           came_of_it.empty() ? "" : "; ", came_of_it);
    }
};

} // namespace

std::string sentence(TraceModel const& model, Moment const& moment)
{
    return std::visit(SentenceOf(model, moment), model.records().event(moment.first));
}

} // namespace ringside::visualizer

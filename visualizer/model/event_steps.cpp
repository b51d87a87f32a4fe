#include "visualizer/model/event_steps.hpp"

#include <variant>

#include <fmt/format.h>

#include "visualizer/model/cpu_view.hpp"
#include "visualizer/model/format.hpp"
#include "visualizer/model/kind_text.hpp"

namespace ringside::visualizer {

namespace {

using Told = std::optional<Step>;

struct StepOf {
    TraceModel const& model;
    Moment const& moment;
    RecordIndex index;

    Told step(Actor actor, Evidence evidence, std::string title, std::string detail) const
    {
        return Step{actor, evidence, std::move(title), std::move(detail), index, {}, {}};
    }
    Told vmm(std::string title, std::string detail) const
    {
        return step(Actor::vmm, Evidence::observed, std::move(title), std::move(detail));
    }
    Told device(std::string title, std::string detail) const
    {
        return step(Actor::device, Evidence::emulated, std::move(title), std::move(detail));
    }
    Evidence by_the_cpu() const
    {
        return model.catalogue().on_kvm() ? Evidence::observed : Evidence::emulated;
    }

    Told operator()(trace::DeviceAccess const& e) const
    {
        Catalogue const& catalogue = model.catalogue();
        bool const read = e.direction == trace::Direction::read;
        bool const first = moment.device == e.device && moment.offset == e.offset;
        auto const* known =
            first ? moment.reg : catalogue.register_at(e.device, e.offset, e.direction);
        std::string const name = known != nullptr ? known->short_name : "offset " + hex(e.offset);
        std::string const letter = read ? std::string() : character(e.value, e.width);
        Told told = device(fmt::format("{} {}", catalogue.device_name(e.device), name),
                           fmt::format("{} {}{}{}.", read ? "Answers" : "Takes", hex(e.value),
                                       letter.empty() ? "" : " ", letter));
        if (known != nullptr)
            told->note = known->long_name + ".";
        return told;
    }
    Told operator()(trace::Unclaimed const& e) const
    {
        return vmm("Nobody answers", e.direction == trace::Direction::read
                                         ? "No device claims it: all ones."
                                         : "No device claims it: the value is gone.");
    }
    Told operator()(trace::DeviceNote const& e) const
    {
        return device(model.catalogue().device_name(e.device),
                      fmt::format("{} ({}).", printable(e.what.text()), hex(e.value)));
    }
    Told operator()(trace::ConsoleByte const& e) const
    {
        std::string const shown = fmt::format("{} {}", hex(e.byte), character(e.byte));
        return e.direction == trace::Direction::write
                   ? device("Console", "Prints " + shown + ".")
                   : device("Keyboard", "Somebody typed " + shown + ".");
    }
    Told operator()(trace::LineChanged const& e) const
    {
        return device(fmt::format("IRQ {} {}", e.irq, e.level ? "up" : "down"),
                      e.level ? "Asks the PIC for an interrupt."
                              : "No longer asks for an interrupt.");
    }
    Told operator()(trace::InterruptPending const& e) const
    {
        return vmm(fmt::format("IRQ {} must wait", e.irq),
                   fmt::format("Not delivered: {}.", long_reason(e.reason)));
    }
    Told operator()(trace::InterruptInjected const& e) const
    {
        return vmm(fmt::format("Injects IRQ {}", e.irq),
                   fmt::format("As vector {} of the IDT, by the PIC's word.", hex(e.vector)));
    }
    Told operator()(trace::EndOfInterrupt const& e) const
    {
        return device("PIC: EOI", fmt::format("IRQ {} is done; the next may come.", e.irq));
    }
    Told operator()(trace::PageWalk const& e) const
    {
        bool const observed = e.origin == trace::WalkOrigin::observed;
        return step(Actor::cpu, observed ? Evidence::emulated : Evidence::derived,
                    fmt::format("Walk for {}", hex(e.gva)),
                    e.ok ? fmt::format("{} entries, then guest-physical {} ({}).", e.steps.count,
                                       hex(e.gpa), trace::name_of(e.origin))
                         : fmt::format("Refused: {} ({}).", trace::name_of(e.problem),
                                       trace::name_of(e.origin)));
    }
    Told operator()(trace::RegistersChanged const&) const
    {
        return step(Actor::cpu, by_the_cpu(), "Registers changed",
                    changed_registers_text(model, index) + ".");
    }
    Told operator()(trace::ModeChanged const& e) const
    {
        return step(Actor::cpu, Evidence::derived, "Mode changed",
                    fmt::format("From {} to {}.", trace::name_of(e.from), trace::name_of(e.to)));
    }
    Told operator()(trace::Marker const& e) const
    {
        return vmm("Marker", fmt::format("The guest says \"{}\".", printable(e.text.text())));
    }
    Told operator()(trace::Symbol const& e) const
    {
        return vmm("Symbol", fmt::format("The guest names {} \"{}\".", hex(e.address),
                                         printable(e.text.text())));
    }
    Told operator()(trace::Assertion const& e) const
    {
        return vmm(e.held ? "Assertion held" : "Assertion failed",
                   fmt::format("\"{}\".", printable(e.text.text())));
    }
    Told operator()(trace::TracingSwitched const& e) const
    {
        return vmm("Tracing", e.on ? "Switched on by the guest." : "Switched off by the guest.");
    }
    Told operator()(trace::Scheduling const& e) const
    {
        std::string detail = fmt::format("{} ready to run", e.runnable);
        if (e.amount != 0)
            detail += ", " + duration(e.amount);
        return vmm(fmt::format("Scheduler: {}", trace::name_of(e.step)), detail + ".");
    }
    Told operator()(trace::Emulated const& e) const
    {
        return step(Actor::cpu, Evidence::emulated, printable(e.mnemonic.text()),
                    fmt::format("Sensitive, at {}: our x86 code carries it out.", hex(e.rip)));
    }
    Told operator()(trace::Delivered const& e) const
    {
        std::string detail =
            fmt::format("Through the IDT from {} to {}", hex(e.from_rip), hex(e.to_rip));
        if (e.has_error_code)
            detail += ", error code " + hex(e.error_code);
        return step(Actor::cpu, Evidence::emulated, vector_text(e.vector), detail + ".");
    }
    Told operator()(trace::Dropped const& e) const
    {
        return vmm("Records are missing", fmt::format("{} from number {} on: {}.", grouped(e.count),
                                                      e.first_seq, trace::name_of(e.reason)));
    }
    Told operator()(trace::MachineCreated const& e) const
    {
        return vmm("Machine created",
                   fmt::format("{} of RAM, {} vCPU, clock: {}.", bytes_size(e.memory_bytes),
                               e.vcpus, trace::name_of(e.clock)));
    }
    Told operator()(trace::MachineStopped const& e) const
    {
        return vmm("Machine stopped",
                   fmt::format("{}, exit code {}.", printable(e.reason.text()), e.code));
    }
    Told operator()(trace::Branched const& e) const
    {
        return vmm("Another branch", fmt::format("branch {} begins behind exit {}: {}.", e.branch,
                                                 e.exits, trace::name_of(e.cause)));
    }
    Told operator()(trace::ExitBegin const&) const { return std::nullopt; }
    Told operator()(trace::ExitEnd const&) const { return std::nullopt; }
    Told operator()(trace::Instruction const&) const { return std::nullopt; }
    Told operator()(trace::Keyframe const&) const { return std::nullopt; }
    Told operator()(trace::DeviceState const&) const { return std::nullopt; }
    Told operator()(trace::SlotMapped const&) const { return std::nullopt; }
    Told operator()(trace::DeviceDefined const&) const { return std::nullopt; }
    Told operator()(trace::RegisterDefined const&) const { return std::nullopt; }
};

} // namespace

std::optional<Step> step_of(TraceModel const& model, Moment const& moment, RecordIndex index)
{
    return std::visit(StepOf{model, moment, index}, model.records().event(index));
}

std::string changed_registers_text(TraceModel const& model, RecordIndex index)
{
    static constexpr std::size_t enough = 4;
    std::uint8_t const vcpu = model.records().head(index).vcpu;
    RegisterState const before = index == 0 ? RegisterState{} : model.registers_at(vcpu, index - 1);
    std::vector<RegisterChange> const all = changes(before, model.registers_at(vcpu, index));
    std::string text;
    for (std::size_t number = 0; number < all.size() && number < enough; ++number)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", trace::name_of(all[number].which),
                            hex(all[number].now));
    if (all.size() > enough)
        text += fmt::format(" and {} more", all.size() - enough);
    return text.empty() ? "nothing" : text;
}

} // namespace ringside::visualizer

#include "visualizer/model/row_text.hpp"

#include "visualizer/model/format.hpp"
#include "visualizer/model/kind_text.hpp"
#include "visualizer/model/never_a_row.hpp"

#include <fmt/format.h>

#include <variant>

namespace ringside::visualizer {

namespace {

using trace::ExitKind;

// "COM1 THR" of an address, known from the device's claim even before the access is recorded.
std::string target_text(TraceModel const& model, Moment const& moment)
{
    auto const space = is_port(moment.kind) ? trace::Space::port : trace::Space::mmio;
    auto const direction = is_read(moment.kind) ? trace::Direction::read : trace::Direction::write;
    Catalogue const& catalogue = model.catalogue();
    if (moment.unclaimed)
        return "unclaimed";
    if (moment.device == no_device) {
        auto const device = catalogue.device_at(space, moment.address);
        return device ? catalogue.device_name(*device) : std::string();
    }
    std::string const name = catalogue.device_name(moment.device);
    auto const* known = catalogue.register_at(moment.device, moment.offset, direction);
    return known != nullptr ? name + " " + known->short_name : name;
}

std::string joined(std::string first, std::string const& second)
{
    return second.empty() ? first : first + " " + second;
}

std::string exit_what(TraceModel const& model, Moment const& moment)
{
    if (is_port(moment.kind) || is_mmio(moment.kind))
        return joined(hex(moment.address), target_text(model, moment));
    switch (moment.kind) {
    case ExitKind::msr_read:
    case ExitKind::msr_write:
        return "MSR " + hex(moment.address);
    case ExitKind::hypercall:
        return "number " + hex(moment.address);
    case ExitKind::halt:
        return "waits for an interrupt";
    case ExitKind::budget_spent:
        return "its slice is over";
    case ExitKind::interrupt_window:
        return "can take an interrupt";
    case ExitKind::triple_fault:
        return "shut down";
    case ExitKind::debug:
        return "DR6 " + hex(moment.address);
    default:
        return "reason " + hex(moment.address);
    }
}

// The events that are rows without being exits.
struct WhatOf : NeverARow<std::string> {
    using NeverARow<std::string>::operator();
    TraceModel const& model;
    Moment const& moment;

    std::string operator()(trace::MachineCreated const& e) const
    {
        return fmt::format("{} on {}, {}", printable(e.guest.text()), trace::name_of(e.backend),
                           bytes_size(e.memory_bytes));
    }
    std::string operator()(trace::MachineStopped const& e) const
    {
        return fmt::format("{}, code {}", trace::name_of(e.cause), e.code);
    }
    std::string operator()(trace::ModeChanged const& e) const
    {
        return fmt::format("{} to {}", trace::name_of(e.from), trace::name_of(e.to));
    }
    std::string operator()(trace::LineChanged const& e) const
    {
        return fmt::format("IRQ {} {}", e.irq, e.level ? "raised" : "lowered");
    }
    std::string operator()(trace::InterruptPending const& e) const
    {
        return fmt::format("IRQ {} held: {}", e.irq, short_reason(e.reason));
    }
    std::string operator()(trace::InterruptInjected const& e) const
    {
        return fmt::format("IRQ {} as vector {}", e.irq, hex(e.vector));
    }
    std::string operator()(trace::PageWalk const& e) const
    {
        return e.ok ? fmt::format("{} to {}", hex(e.gva), hex(e.gpa))
                    : fmt::format("{}: {}", hex(e.gva), trace::name_of(e.problem));
    }
    std::string operator()(trace::Marker const& e) const { return printable(e.text.text()); }
    std::string operator()(trace::Assertion const& e) const
    {
        return fmt::format("{}: {}", e.held ? "held" : "FAILED", printable(e.text.text()));
    }
    std::string operator()(trace::TracingSwitched const& e) const { return e.on ? "on" : "off"; }
    std::string operator()(trace::Emulated const& e) const { return printable(e.mnemonic.text()); }
    std::string operator()(trace::Delivered const& e) const
    {
        std::string text = vector_text(e.vector);
        if (e.has_error_code)
            text += fmt::format(" error {}", hex(e.error_code));
        return e.vector == 14 ? text + " at " + hex(e.cr2) : text;
    }
    std::string operator()(trace::Dropped const& e) const
    {
        return fmt::format("{} records, {}", grouped(e.count), trace::name_of(e.reason));
    }
    std::string operator()(trace::ExitBegin const&) const { return exit_what(model, moment); }
};

} // namespace

std::string what_text(TraceModel const& model, Moment const& moment)
{
    return std::visit(WhatOf{{}, model, moment}, model.records().event(moment.first));
}

std::string value_text(Moment const& moment)
{
    bool const moves_data = moment.is_exit() && moment.width != 0;
    if (!moves_data || (moment.open && is_read(moment.kind)))
        return {};
    return joined(hex(moment.value), character(moment.value, moment.width));
}

std::string place_text(TraceModel const& model, Moment const& moment)
{
    if (moment.rip == 0)
        return {};
    std::string const symbol = model.catalogue().symbol_at(moment.rip);
    return symbol.empty() ? hex(moment.rip) : symbol;
}

std::string device_text(TraceModel const& model, Moment const& moment)
{
    return moment.device == no_device ? std::string()
                                      : model.catalogue().device_name(moment.device);
}

} // namespace ringside::visualizer

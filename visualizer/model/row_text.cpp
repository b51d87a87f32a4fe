#include "visualizer/model/row_text.hpp"

#include "engine/trace/schema.hpp"
#include "visualizer/model/format.hpp"
#include "visualizer/model/kind_text.hpp"
#include "visualizer/model/never_a_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <variant>

namespace ringside::visualizer {

namespace {

using trace::ExitKind;

// "COM1 THR" of an address, known from the device's claim even before the access is recorded.
std::string target_text(TraceModel const& model, Moment const& moment)
{
    auto const space = is_port(moment.kind) ? trace::Space::port : trace::Space::mmio;
    Catalogue const& catalogue = model.catalogue();
    if (moment.unclaimed)
        return "unclaimed";
    if (moment.device == no_device) {
        auto const device = catalogue.device_at(space, moment.address);
        return device ? catalogue.device_name(*device) : std::string();
    }
    std::string const name = catalogue.device_name(moment.device);
    return moment.reg != nullptr ? name + " " + moment.reg->short_name : name;
}

std::string joined(std::string first, std::string const& second)
{
    return second.empty() ? first : first + " " + second;
}

std::string exit_what(TraceModel const& model, Moment const& moment)
{
    if (is_port(moment.kind) || is_mmio(moment.kind))
        return access_text(model, moment);
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

constexpr std::uint8_t page_fault = 14;

// "#PF" of "#PF page fault"; a vector without a name as it is.
std::string short_vector(std::uint8_t vector)
{
    std::string const text = vector_text(vector);
    return text.starts_with('#') ? text.substr(0, text.find(' ')) : text;
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
    std::string operator()(trace::Branched const& e) const
    {
        return fmt::format("{}, behind exit {}: {}", e.branch, e.exits, trace::name_of(e.cause));
    }
    std::string operator()(trace::ModeChanged const& e) const
    {
        return fmt::format("{} \u2192 {}", trace::name_of(e.from), trace::name_of(e.to));
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
        std::string const symbol = model.catalogue().symbol_at(e.gva);
        std::string const from = symbol.empty() ? hex(e.gva) : symbol;
        return e.ok ? fmt::format("{} \u2192 {}", from, hex(e.gpa))
                    : fmt::format("{}: {}", from, trace::name_of(e.problem));
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
        std::string text = short_vector(e.vector);
        if (e.vector == page_fault)
            text += " at " + hex(e.cr2);
        return e.has_error_code ? text + fmt::format(", error {}", hex(e.error_code)) : text;
    }
    std::string operator()(trace::Dropped const& e) const
    {
        return fmt::format("{} records, {}", grouped(moment.value), trace::name_of(e.reason));
    }
    std::string operator()(trace::ExitBegin const&) const { return exit_what(model, moment); }
};

// What the guest told the tool in this exit: more telling than the port it used.
std::string told_text(TraceModel const& model, Moment const& moment)
{
    RecordStore const& records = model.records();
    RecordIndex const last = std::min(moment.last, moment.first + 16);
    for (RecordIndex index = moment.first; index <= last; ++index) {
        if (auto const marker = records.get<trace::Marker>(index))
            return fmt::format("marker \"{}\"", printable(marker->text.text()));
        if (auto const symbol = records.get<trace::Symbol>(index))
            return fmt::format("symbol \"{}\"", printable(symbol->text.text()));
        if (auto const claim = records.get<trace::Assertion>(index))
            return fmt::format("{} \"{}\"", claim->held ? "assertion held" : "ASSERTION FAILED",
                               printable(claim->text.text()));
    }
    return {};
}

std::string_view short_exit_kind(ExitKind kind)
{
    static constexpr auto table = std::to_array<std::string_view>(
        {"in", "out", "load", "store", "hlt", "window", "slice", "debug", "rdmsr", "wrmsr",
         "vmcall", "triple", "refused", "unknown"});
    auto const index = static_cast<std::size_t>(kind);
    return index < table.size() ? table[index] : "unknown";
}

struct ShortKindOf : NeverARow<std::string_view> {
    using NeverARow<std::string_view>::operator();
    std::string_view operator()(trace::MachineCreated const&) const { return "start"; }
    std::string_view operator()(trace::MachineStopped const&) const { return "stop"; }
    std::string_view operator()(trace::Branched const&) const { return "branch"; }
    std::string_view operator()(trace::ModeChanged const&) const { return "mode"; }
    std::string_view operator()(trace::LineChanged const&) const { return "line"; }
    std::string_view operator()(trace::InterruptPending const&) const { return "held"; }
    std::string_view operator()(trace::InterruptInjected const&) const { return "inject"; }
    std::string_view operator()(trace::PageWalk const&) const { return "walk"; }
    std::string_view operator()(trace::Marker const&) const { return "marker"; }
    std::string_view operator()(trace::Assertion const&) const { return "assert"; }
    std::string_view operator()(trace::TracingSwitched const&) const { return "trace"; }
    std::string_view operator()(trace::Emulated const&) const { return "emul."; }
    std::string_view operator()(trace::Delivered const&) const { return "deliver"; }
    std::string_view operator()(trace::Dropped const&) const { return "lost"; }
    std::string_view operator()(trace::ExitBegin const&) const { return "exit"; }
};

} // namespace

std::string_view short_kind(Moment const& moment)
{
    if (moment.is_exit())
        return short_exit_kind(moment.kind);
    std::string_view name;
    trace::with_event_type(moment.event, [&](auto tag) {
        using Event = typename decltype(tag)::type;
        name = ShortKindOf()(Event{});
    });
    return name;
}

std::string access_text(TraceModel const& model, Moment const& moment)
{
    return joined(hex(moment.address), target_text(model, moment));
}

std::string what_text(TraceModel const& model, Moment const& moment)
{
    if (moment.told)
        if (std::string told = told_text(model, moment); !told.empty())
            return told;
    if (moment.is_exit())
        return exit_what(model, moment); // without a look at the record
    return std::visit(WhatOf{{}, model, moment}, model.records().event(moment.first));
}

std::string value_text(Moment const& moment)
{
    bool const moves_data = moment.is_exit() && moment.width != 0;
    if (!moves_data || (moment.open && is_read(moment.kind)))
        return {};
    // A status byte that happens to be printable is no character.
    bool const is_text =
        !is_read(moment.kind) || (moment.reg != nullptr && moment.reg->short_name == "RBR");
    return joined(hex(moment.value), is_text ? character(moment.value, moment.width) : "");
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

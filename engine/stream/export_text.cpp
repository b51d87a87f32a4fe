#include "engine/stream/export_text.hpp"

#include <cstdio>

#include "engine/trace/schema.hpp"

namespace ringside::stream {

namespace {

std::string hex(std::uint64_t value)
{
    char text[20];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
    return text;
}

std::string clean(std::string_view raw)
{
    std::string text;
    for (char const character : raw)
        text += (character >= ' ' && character <= '~') ? character : '?';
    return text;
}

std::string item_text(trace::WalkStep const& step)
{
    return hex(step.entry_gpa) + ":" + hex(step.entry);
}
template <typename Integer>
std::string item_text(Integer value)
{
    return hex(value);
}

template <typename T>
std::string field_text(T const& value, trace::Show show)
{
    if constexpr (std::is_same_v<T, trace::Text>) {
        return "\"" + clean(value.text()) + "\"";
    } else if constexpr (std::is_same_v<T, bool>) {
        return value ? "yes" : "no";
    } else if constexpr (std::is_enum_v<T>) {
        return std::string(name_of(value));
    } else if constexpr (std::is_integral_v<T>) {
        bool const as_hex = show == trace::Show::hex || show == trace::Show::address;
        return as_hex ? hex(value) : std::to_string(value);
    } else {
        std::string text = "[";
        for (auto const& item : value.view())
            text += (text.size() > 1 ? " " : "") + item_text(item);
        return text + "]";
    }
}

/// " 'H'" for a printable byte.
std::string character(std::uint64_t value)
{
    bool const printable = value >= ' ' && value <= '~';
    return printable ? std::string(" '") + static_cast<char>(value) + "'" : "";
}

} // namespace

std::string time_text(std::uint64_t nanoseconds)
{
    char text[40];
    std::snprintf(text, sizeof text, "%.3f us", static_cast<double>(nanoseconds) / 1000.0);
    return text;
}

std::string event_text(trace::Event const& event)
{
    return std::visit(
        [](auto const& known) {
            using E = std::remove_cvref_t<decltype(known)>;
            std::string text(E::name);
            trace::for_each_field<E>([&](auto const& field) {
                text += ' ';
                text += field.name;
                text += '=';
                text += field_text(known.*(field.member), field.show);
            });
            return text;
        },
        event);
}

std::string record_text(trace::Record const& record)
{
    return "#" + std::to_string(record.seq) + "  " + time_text(record.time) + "  " +
           event_text(record.event);
}

// One function for each event that deserves a sentence; the others are told in full by
// record_text().
struct Story::Teller {
    Story& story;
    std::string at; ///< time

    std::string const& device(std::uint8_t number) const { return story.devices_[number]; }

    std::string operator()(trace::MachineCreated const& event) const
    {
        return "A machine with " + std::to_string(event.memory_bytes >> 20) +
               " MiB of RAM is created to run " + clean(event.guest.text()) + " on " +
               std::string(name_of(event.backend)) + ".";
    }
    std::string operator()(trace::DeviceDefined const& event) const
    {
        story.devices_[event.device] = clean(event.label.text());
        return "";
    }
    std::string operator()(trace::MachineStopped const& event) const
    {
        return "The machine stops: " + clean(event.reason.text()) + ". Exit code " +
               std::to_string(event.code) + ".";
    }
    std::string operator()(trace::ExitBegin const& event) const
    {
        story.inside_ = true;
        story.printed_.reset();
        story.dictates_ = false;
        story.only_prints_ = event.kind == trace::ExitKind::port_out;
        return at + "  " + exit_sentence(event);
    }
    std::string operator()(trace::ExitEnd const& event) const
    {
        using trace::VerdictKind;
        if (event.verdict == VerdictKind::answer)
            return "    The guest goes on at " + hex(event.next_rip) + " with " +
                   hex(event.answer) + ".";
        if (event.verdict == VerdictKind::park)
            return "    The vCPU sleeps until an interrupt comes.";
        if (event.verdict == VerdictKind::fault)
            return "    The instruction raises #GP(0).";
        return "";
    }
    std::string operator()(trace::ModeChanged const& event) const
    {
        return "    Between the last exit and this one the CPU went from " +
               std::string(name_of(event.from)) + " to " + std::string(name_of(event.to)) + ".";
    }
    std::string operator()(trace::DeviceAccess const& event) const
    {
        bool const read = event.direction == trace::Direction::read;
        constexpr std::uint16_t text_register =
            1; // of the teaching port: the marker follows, whole
        story.dictates_ = device(event.device) == "teaching-port" && event.offset == text_register;
        return "    " + device(event.device) + (read ? " answers " : " takes ") + hex(event.value) +
               character(event.value) + (read ? " from" : " into") + " its register " +
               hex(event.offset) + ".";
    }
    std::string operator()(trace::ConsoleByte const& event) const
    {
        if (event.direction == trace::Direction::write)
            story.printed_ = static_cast<char>(event.byte);
        return "";
    }
    std::string operator()(trace::Unclaimed const& event) const
    {
        return "    No device claims " + hex(event.address) + ": " +
               (event.direction == trace::Direction::read ? "the guest reads all ones."
                                                          : "the write goes nowhere.");
    }
    std::string operator()(trace::DeviceNote const& event) const
    {
        return "    " + device(event.device) + ": " + clean(event.what.text()) + " (" +
               hex(event.value) + ").";
    }
    std::string operator()(trace::LineChanged const& event) const
    {
        return indent() + "IRQ line " + std::to_string(event.irq) +
               (event.level ? " is raised." : " is lowered.");
    }
    std::string operator()(trace::InterruptPending const& event) const
    {
        return indent() + "IRQ " + std::to_string(event.irq) +
               " is pending and not delivered: " + std::string(name_of(event.reason)) + ".";
    }
    std::string operator()(trace::InterruptInjected const& event) const
    {
        return at + "  IRQ " + std::to_string(event.irq) + " is injected as vector " +
               hex(event.vector) + ".";
    }
    std::string operator()(trace::EndOfInterrupt const& event) const
    {
        return indent() + "End of interrupt: IRQ " + std::to_string(event.irq) +
               " is no longer in service.";
    }
    std::string operator()(trace::PageWalk const& event) const
    {
        // What the Unicorn backend observed is told again, reconstructed, as on KVM.
        return event.origin == trace::WalkOrigin::observed ? "" : walk_sentence(event);
    }
    std::string operator()(trace::Marker const& event) const
    {
        return at + "  == " + clean(event.text.text()) + " ==";
    }
    std::string operator()(trace::Assertion const& event) const
    {
        return at + "  The guest checked: " + clean(event.text.text()) +
               (event.held ? " (held)." : " (FAILED).");
    }
    std::string operator()(trace::Scheduling const& event) const
    {
        if (event.step == trace::SchedulingStep::woken)
            return at + "  The vCPU wakes after " + time_text(event.amount) + ".";
        return "";
    }
    std::string operator()(trace::Delivered const& event) const
    {
        return "    Unicorn backend: vector " + hex(event.vector) +
               " delivered through the guest's IDT, from " + hex(event.from_rip) + " to " +
               hex(event.to_rip) + ".";
    }
    std::string operator()(trace::Dropped const& event) const
    {
        return std::to_string(event.count) +
               " events are missing here: " + std::string(name_of(event.reason)) + ".";
    }
    std::string operator()(trace::Branched const& event) const
    {
        return "Behind exit " + std::to_string(event.exits) + " the story goes another way: " +
               std::string(event.cause == trace::BranchCause::edited
                               ? "something was changed by hand."
                               : "the guest did something else this time.");
    }
    // Not worth a sentence of their own: they belong to the machine's description or to other
    // sentences.
    std::string operator()(trace::SlotMapped const&) const { return ""; }
    std::string operator()(trace::RegisterDefined const&) const { return ""; }
    std::string operator()(trace::Instruction const&) const { return ""; }
    std::string operator()(trace::RegistersChanged const&) const { return ""; }
    std::string operator()(trace::Keyframe const&) const { return ""; }
    std::string operator()(trace::DeviceState const&) const { return ""; }
    std::string operator()(trace::Symbol const&) const { return ""; }
    std::string operator()(trace::TracingSwitched const&) const { return ""; }
    std::string operator()(trace::Emulated const&) const { return ""; }

private:
    std::string indent() const { return story.inside_ ? "    " : at + "  "; }

    static std::string exit_sentence(trace::ExitBegin const& event)
    {
        using trace::ExitKind;
        std::string const what = hex(event.value) + character(event.value);
        switch (event.kind) {
        case ExitKind::port_in:
            return "The guest reads port " + hex(event.address) + ".";
        case ExitKind::port_out:
            return "The guest writes " + what + " to port " + hex(event.address) + ".";
        case ExitKind::mmio_read:
            return "The guest loads from " + hex(event.address) + ", where there is no RAM.";
        case ExitKind::mmio_write:
            return "The guest stores " + what + " to " + hex(event.address) +
                   ", where there is no RAM to write to.";
        case ExitKind::halt:
            return "The guest executes HLT.";
        case ExitKind::msr_read:
            return "The guest reads MSR " + hex(event.address) + ", which the machine lacks.";
        case ExitKind::msr_write:
            return "The guest writes MSR " + hex(event.address) + ", which the machine lacks.";
        case ExitKind::budget_spent:
            return "The slice is over: the guest ran on without needing us.";
        case ExitKind::triple_fault:
            return "Triple fault: the CPU gives up.";
        case ExitKind::interrupt_window:
        case ExitKind::debug:
        case ExitKind::hypercall:
        case ExitKind::entry_failed:
        case ExitKind::unhandled:
            break;
        }
        return "Exit: " + std::string(name_of(event.kind)) + ".";
    }

    static std::string walk_sentence(trace::PageWalk const& walk)
    {
        std::string text = "    Page walk (" + std::string(name_of(walk.origin)) + ", " +
                           std::string(name_of(walk.access)) + "): " + hex(walk.gva);
        for (trace::WalkStep const& step : walk.steps.view())
            text += " > " + hex(step.entry);
        if (walk.ok)
            return text + " = " + hex(walk.gpa) + ".";
        return text + ": refused, " + std::string(name_of(walk.problem)) + "; #PF error code " +
               hex(walk.error_code) + ".";
    }
};

std::vector<std::string> Story::tell(trace::Record const& record)
{
    Teller const teller{*this, "#" + std::to_string(record.seq) + " " + time_text(record.time)};
    std::string line = std::visit(teller, record.event);
    std::vector<std::string> lines;
    if (std::holds_alternative<trace::ExitBegin>(record.event) && printing_.empty())
        printing_since_ = teller.at;
    if (inside_) {
        bool const ordinary = std::holds_alternative<trace::ExitBegin>(record.event) ||
                              std::holds_alternative<trace::DeviceAccess>(record.event);
        if (!line.empty()) {
            exit_lines_.push_back(std::move(line));
            only_prints_ = only_prints_ && ordinary;
        }
        if (std::holds_alternative<trace::ExitEnd>(record.event))
            end_exit(lines);
    } else if (!line.empty()) {
        end_printing(lines);
        lines.push_back(std::move(line));
    }
    return lines;
}

void Story::end_exit(std::vector<std::string>& lines)
{
    inside_ = false;
    if (printed_ && only_prints_) {
        printing_ += *printed_;
    } else if (!dictates_) {
        end_printing(lines);
        lines.insert(lines.end(), exit_lines_.begin(), exit_lines_.end());
    }
    exit_lines_.clear();
}

void Story::end_printing(std::vector<std::string>& lines)
{
    if (printing_.empty())
        return;
    std::string text;
    for (char const character : printing_)
        text += character == '\n' ? std::string("\\n") : clean(std::string_view(&character, 1));
    std::size_t const count = printing_.size();
    lines.push_back(
        printing_since_ + "  The guest prints \"" + text + "\": " +
        (count == 1 ? "one exit." : std::to_string(count) + " exits, one for each character."));
    printing_.clear();
}

std::vector<std::string> Story::finish()
{
    std::vector<std::string> lines;
    end_printing(lines);
    lines.insert(lines.end(), exit_lines_.begin(), exit_lines_.end());
    exit_lines_.clear();
    return lines;
}

} // namespace ringside::stream

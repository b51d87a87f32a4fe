#include "engine/query/happening.hpp"

#include <variant>

#include "engine/query/text.hpp"
#include "engine/trace/schema.hpp"

namespace ringside::query {

/// Fills in what each event has. What stands in an event and has no name in the table of fields is
/// not asked for in expressions.
struct FieldsOf {
    Happening& it;
    HappeningReader const& reader;

    void operator()(trace::MachineCreated const& e) const
    {
        it.marker_ = e.guest.text();
        it.set(Field::value, e.memory_bytes);
    }
    void operator()(trace::SlotMapped const& e) const
    {
        it.set(Field::gpa, e.gpa);
        it.set(Field::address, e.gpa);
        it.set(Field::value, e.size);
    }
    void operator()(trace::DeviceDefined const& e) const { it.set(Field::address, e.base); }
    void operator()(trace::RegisterDefined const& e) const { it.set(Field::address, e.offset); }
    void operator()(trace::MachineStopped const& e) const { it.set(Field::value, e.code); }
    void operator()(trace::Branched const& e) const { it.set(Field::value, e.branch); }
    void operator()(trace::ExitBegin const& e) const;
    void operator()(trace::ExitEnd const& e) const
    {
        it.verdict_ = trace::name_of(e.verdict);
        it.set(Field::value, e.answer);
    }
    void operator()(trace::Instruction const& e) const { it.set(Field::rip, e.rip); }
    void operator()(trace::RegistersChanged const&) const {}
    void operator()(trace::Keyframe const&) const {}
    void operator()(trace::DeviceState const& e) const { name_device(e.device); }
    void operator()(trace::ModeChanged const& e) const { it.mode_ = trace::name_of(e.to); }
    void operator()(trace::DeviceAccess const& e) const
    {
        name_device(e.device);
        it.set(Field::address, e.offset);
        it.set(Field::value, e.value);
        it.set(Field::width, e.width);
    }
    void operator()(trace::Unclaimed const& e) const
    {
        it.set(e.space == trace::Space::port ? Field::port : Field::gpa, e.address);
        it.set(Field::address, e.address);
        it.set(Field::value, e.value);
        it.set(Field::width, e.width);
    }
    void operator()(trace::DeviceNote const& e) const
    {
        name_device(e.device);
        it.marker_ = e.what.text();
        it.set(Field::value, e.value);
    }
    void operator()(trace::ConsoleByte const& e) const { it.set(Field::value, e.byte); }
    void operator()(trace::LineChanged const& e) const
    {
        set_irq(e.irq);
        it.set(Field::value, e.level ? 1 : 0);
    }
    void operator()(trace::InterruptPending const& e) const { set_irq(e.irq); }
    void operator()(trace::InterruptInjected const& e) const
    {
        set_irq(e.irq);
        it.set(Field::vector, e.vector);
        it.set(Field::value, e.vector);
    }
    void operator()(trace::EndOfInterrupt const& e) const { set_irq(e.irq); }
    void operator()(trace::PageWalk const& e) const
    {
        it.set(Field::address, e.gva);
        it.set(Field::gpa, e.gpa);
        it.set(Field::value, e.gpa);
    }
    void operator()(trace::Marker const& e) const { it.marker_ = e.text.text(); }
    void operator()(trace::Symbol const& e) const
    {
        it.marker_ = e.text.text();
        it.set(Field::address, e.address);
    }
    void operator()(trace::Assertion const& e) const
    {
        it.marker_ = e.text.text();
        it.set(Field::value, e.held ? 1 : 0);
    }
    void operator()(trace::TracingSwitched const& e) const { it.set(Field::value, e.on ? 1 : 0); }
    void operator()(trace::Scheduling const& e) const { it.set(Field::value, e.amount); }
    void operator()(trace::Emulated const& e) const
    {
        it.marker_ = e.mnemonic.text();
        it.set(Field::rip, e.rip);
    }
    void operator()(trace::Delivered const& e) const
    {
        it.set(Field::vector, e.vector);
        it.set(Field::address, e.vector);
        it.set(Field::value, e.error_code);
        it.set(Field::rip, e.from_rip);
    }
    void operator()(trace::Dropped const& e) const { it.set(Field::value, e.count); }

    void set_irq(std::uint8_t irq) const
    {
        it.set(Field::irq, irq);
        it.set(Field::address, irq);
    }
    void name_device(std::uint8_t device) const { it.device_ = reader.device_name(device); }
};

void FieldsOf::operator()(trace::ExitBegin const& e) const
{
    it.kind_ = trace::name_of(e.kind);
    it.set(Field::address, e.address);
    if (e.rip != 0)
        it.set(Field::rip, e.rip);
    switch (e.kind) {
    case trace::ExitKind::port_in:
    case trace::ExitKind::port_out:
        it.set(Field::port, e.address);
        break;
    case trace::ExitKind::mmio_read:
    case trace::ExitKind::mmio_write:
        it.set(Field::gpa, e.address);
        break;
    case trace::ExitKind::msr_read:
    case trace::ExitKind::msr_write:
        it.set(Field::msr, e.address);
        break;
    default: // no address of its own kind
        break;
    }
    if (e.width == 0)
        return;
    it.set(Field::value, e.value);
    it.set(Field::width, e.width);
}

std::string_view Happening::words(Field field) const
{
    switch (field) {
    case Field::kind:
        return kind_;
    case Field::verdict:
        return verdict_;
    case Field::device:
        return device_;
    case Field::mode:
        return mode_;
    case Field::marker:
        return marker_;
    default:
        return {}; // a field with a number, or one of the viewer's
    }
}

bool Happening::mentions(std::string_view word) const
{
    return contains(kind_, word) || contains(device_, word) || contains(marker_, word) ||
           contains(verdict_, word) || contains(mode_, word);
}

void Happening::set(Field field, std::uint64_t number)
{
    auto const index = static_cast<unsigned>(field);
    numbers_[index] = number;
    present_ |= 1U << index;
}

std::string HappeningReader::device_name(std::uint8_t device) const
{
    auto const found = devices_.find(device);
    return found == devices_.end() ? std::string() : found->second;
}

Happening const* HappeningReader::take(trace::Record const& record)
{
    if (auto const* device = std::get_if<trace::DeviceDefined>(&record.event))
        devices_[device->device] = device->label.text();
    if (auto const* end = std::get_if<trace::ExitEnd>(&record.event))
        return end_exit(record, *end);

    event_ = Happening();
    event_.kind_ = std::visit([](auto const& e) { return std::string_view(e.name); }, record.event);
    event_.set(Field::seq, record.seq);
    event_.set(Field::time, record.time);
    event_.set(Field::vcpu, record.vcpu);
    std::visit(FieldsOf{event_, *this}, record.event);
    if (std::holds_alternative<trace::ExitBegin>(record.event)) {
        exits_[record.vcpu] = event_;
        return nullptr;
    }
    if (auto const open = exits_.find(record.vcpu); open != exits_.end()) {
        Happening& exit = open->second;
        if (!event_.device_.empty() && exit.device_.empty())
            exit.device_ = event_.device_;
        if (std::holds_alternative<trace::Marker>(record.event))
            exit.marker_ = event_.marker_;
        if (std::holds_alternative<trace::ModeChanged>(record.event))
            exit.mode_ = event_.mode_;
    }
    return &event_;
}

Happening const* HappeningReader::end_exit(trace::Record const& record, trace::ExitEnd const& end)
{
    auto const open = exits_.find(record.vcpu);
    if (open == exits_.end() || open->second.number(Field::seq) != end.began)
        return nullptr; // its beginning was lost
    event_ = open->second;
    exits_.erase(open);
    std::optional<std::uint64_t> const written = event_.number(Field::value);
    std::visit(FieldsOf{event_, *this}, record.event);
    bool const is_read = end.verdict == trace::VerdictKind::answer;
    if (!is_read && written)
        event_.set(Field::value, *written);
    return &event_;
}

} // namespace ringside::query

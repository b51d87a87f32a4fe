#include "visualizer/model/catalogue.hpp"

#include "visualizer/model/format.hpp"

namespace ringside::visualizer {

namespace {

// "LSR: Line Status Register" in the stream; without a colon the label is both names.
RegisterName split_label(std::string_view label)
{
    std::size_t const colon = label.find(": ");
    if (colon == std::string_view::npos)
        return {printable(label), printable(label)};
    return {printable(label.substr(0, colon)), printable(label.substr(colon + 2))};
}

bool allows(trace::Access access, trace::Direction direction)
{
    if (direction == trace::Direction::read)
        return access != trace::Access::write_only;
    return access != trace::Access::read_only;
}

} // namespace

void Catalogue::add(trace::DeviceDefined const& device)
{
    ranges_.push_back({device.device, device.space, device.base, device.size});
    device_names_.emplace(device.device, printable(device.label.text()));
}

void Catalogue::add(trace::RegisterDefined const& definition)
{
    auto& known = registers_[{definition.device, definition.offset}];
    known.push_back({definition.access,
                     std::make_unique<RegisterName const>(split_label(definition.label.text()))});
}

void Catalogue::add(RecordIndex index, trace::Instruction const& instruction)
{
    instructions_[instruction.rip].push_back({index, instruction});
}

trace::SlotMapped const* Catalogue::slot_at(std::uint64_t gpa) const
{
    for (trace::SlotMapped const& slot : slots_)
        if (gpa >= slot.gpa && gpa - slot.gpa < slot.size)
            return &slot;
    return nullptr;
}

std::string Catalogue::device_name(std::uint8_t device) const
{
    auto const known = device_names_.find(device);
    return known != device_names_.end() ? known->second : "device " + std::to_string(device);
}

std::vector<Catalogue::DeviceRegister> Catalogue::registers_of(std::uint8_t device) const
{
    std::vector<DeviceRegister> result;
    for (auto place = registers_.lower_bound({device, std::uint16_t{0}});
         place != registers_.end() && place->first.first == device; ++place)
        for (KnownRegister const& known : place->second)
            result.push_back({place->first.second, known.access, known.name.get()});
    return result;
}

std::optional<std::uint8_t> Catalogue::device_at(trace::Space space, std::uint64_t address) const
{
    for (DeviceRange const& range : ranges_)
        if (range.covers(space, address))
            return range.device;
    return std::nullopt;
}

std::vector<RegisterName const*> Catalogue::reachable(std::uint8_t device, std::uint16_t offset,
                                                      trace::Direction direction) const
{
    std::vector<RegisterName const*> names;
    auto const found = registers_.find({device, offset});
    if (found == registers_.end())
        return names;
    for (KnownRegister const& known : found->second)
        if (allows(known.access, direction))
            names.push_back(known.name.get());
    return names;
}

RegisterName const* Catalogue::register_at(std::uint8_t device, std::uint16_t offset,
                                           trace::Direction direction) const
{
    auto const names = reachable(device, offset, direction);
    return names.empty() ? nullptr : names.front();
}

RegisterName const* Catalogue::add(trace::DeviceAccess const& access)
{
    auto const names = reachable(access.device, access.offset, access.direction);
    return names.empty() ? nullptr : &choice_.choose(access, names);
}

std::string Catalogue::symbol_at(std::uint64_t address) const
{
    static constexpr std::uint64_t reach = 0x10000;
    auto const after = symbols_.upper_bound(address);
    if (after == symbols_.begin())
        return {};
    auto const& [base, name] = *std::prev(after);
    std::uint64_t const distance = address - base;
    if (distance >= reach)
        return {};
    return distance == 0 ? printable(name) : printable(name) + "+" + hex(distance);
}

std::optional<trace::Instruction> Catalogue::instruction_at(std::uint64_t rip,
                                                            RecordIndex now) const
{
    auto const found = instructions_.find(rip);
    if (found == instructions_.end())
        return std::nullopt;
    for (std::size_t place = found->second.size(); place > 0; --place)
        if (found->second[place - 1].since <= now)
            return found->second[place - 1].instruction;
    return std::nullopt;
}

} // namespace ringside::visualizer

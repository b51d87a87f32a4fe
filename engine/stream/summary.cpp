#include "engine/stream/summary.hpp"

#include <algorithm>

namespace ringside::stream {

namespace {

struct Count {
    Summary& summary;
    trace::Record const& record;
    std::map<std::uint8_t, std::string>& device_names;
    trace::Record& open_exit;

    void operator()(trace::MachineCreated const& event) const
    {
        summary.guest = event.guest.text();
        summary.backend = name_of(event.backend);
        summary.clock = name_of(event.clock);
    }
    void operator()(trace::MachineStopped const& event) const { summary.end = event.reason.text(); }
    void operator()(trace::DeviceDefined const& event) const
    {
        device_names[event.device] = event.label.text();
    }
    void operator()(trace::DeviceAccess const& event) const
    {
        ++summary.devices[device_names[event.device]];
    }
    void operator()(trace::ExitBegin const& event) const
    {
        ++summary.exits[std::string(name_of(event.kind))];
        open_exit = record;
    }
    void operator()(trace::ExitEnd const&) const
    {
        auto const* begin = std::get_if<trace::ExitBegin>(&open_exit.event);
        if (begin != nullptr && open_exit.host != 0 && record.host >= open_exit.host)
            summary.exit_host_ns[std::string(name_of(begin->kind))] += record.host - open_exit.host;
    }
    void operator()(trace::ConsoleByte const& event) const
    {
        if (event.direction == trace::Direction::write)
            summary.console += static_cast<char>(event.byte);
    }
    void operator()(trace::Dropped const& event) const { summary.dropped += event.count; }
    template <typename E>
    void operator()(E const&) const
    {
        // counted by name below, like every other event
    }
};

} // namespace

void Summariser::add(std::span<trace::Record const> records)
{
    for (trace::Record const& record : records) {
        ++summary_.records;
        summary_.virtual_time = std::max(summary_.virtual_time, record.time);
        std::visit([&](auto const& event) { ++summary_.events[std::string(event.name)]; },
                   record.event);
        std::visit(Count{summary_, record, device_names_, open_exit_}, record.event);
    }
}

} // namespace ringside::stream

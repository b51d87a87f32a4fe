// What a trace holds, in a few numbers: exits by kind, events by name, losses, how it ended.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "engine/trace/events.hpp"

namespace ringside::stream {

struct Summary {
    std::string guest;
    std::string backend;
    std::string clock;
    std::string end; ///< empty: the trace does not say
    std::uint64_t records = 0;
    std::uint64_t dropped = 0;
    std::uint64_t virtual_time = 0;
    std::map<std::string, std::uint64_t> exits;        ///< by kind
    std::map<std::string, std::uint64_t> exit_host_ns; ///< by kind; only where stamped
    std::map<std::string, std::uint64_t> events;       ///< by name
    std::map<std::string, std::uint64_t> devices;      ///< accesses by device
    std::string console;
};

/// Fed a trace piece by piece, in order, so that its size does not matter.
class Summariser {
public:
    void add(std::span<trace::Record const> records);
    Summary const& summary() const { return summary_; }

private:
    Summary summary_;
    std::map<std::uint8_t, std::string> device_names_;
    trace::Record open_exit_;
};

} // namespace ringside::stream

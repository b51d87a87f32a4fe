// A device as its own table describes it: every register with its last access, how often it was
// read and written, and how busy the device was over the whole trace.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "visualizer/model/trace_model.hpp"

namespace ringside::visualizer {

struct DeviceBit {
    std::string_view name; ///< "DR"
    std::string_view meaning;
    bool set = false;
};

struct DeviceRow {
    std::uint16_t offset = 0;
    trace::Access access = trace::Access::read_write;
    std::string name;      ///< "LSR"
    std::string long_name; ///< "Line Status Register"
    std::uint64_t reads = 0;
    std::uint64_t writes = 0;
    RecordIndex last = no_record; ///< the access that is nearest at or before now
    bool last_was_write = false;
    std::uint64_t value = 0;
    bool now = false;            ///< the Focus's row does it
    std::vector<DeviceBit> bits; ///< of the value, where we know the register
};

struct DeviceBoard {
    static constexpr std::size_t columns = 96;

    std::uint8_t device = 0;
    std::string name;
    std::string place; ///< "ports 0x3f8 to 0x3ff"
    std::vector<DeviceRow> rows;
    std::string note; ///< the latest thing it told of itself, or nothing
    RecordIndex note_record = no_record;
    std::uint64_t accesses = 0;                ///< until now
    std::array<std::uint32_t, columns> rate{}; ///< accesses over the whole trace, by order
};

DeviceBoard device_board(TraceModel const& model, std::uint8_t device, MomentIndex moment,
                         RecordIndex now);

/// The device the Focus's row speaks of; else the one that was used last before it; else the first.
std::uint8_t shown_device(TraceModel const& model, MomentIndex moment, RecordIndex now);

/// Named bits of the registers of the standard machine, by short name.
std::vector<DeviceBit> bits_of_register(std::string_view name, std::uint64_t value);

} // namespace ringside::visualizer

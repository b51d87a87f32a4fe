// One interrupt from the device's line to its end: what the inspector shows for the rows that are a
// station on this way.
//
// Not modelled: lines that share an input, and nesting; the nearest stations of the same line
// count.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "visualizer/model/trace_model.hpp"

namespace ringside::visualizer {

struct Station {
    std::string name;               ///< "Device raises IRQ 0"
    std::string detail;             ///< "held: IF=0", "vector 0x20"; why it is missing
    RecordIndex record = no_record; ///< no_record: it did not happen, or we do not know
};

struct InterruptPath {
    std::uint8_t irq = 0;
    std::array<Station, 5> stations; ///< raised, held, injected, handler, ended
};

/// The interrupt that the event at `record` belongs to; nothing for other events.
std::optional<InterruptPath> interrupt_path(TraceModel const& model, RecordIndex record);

} // namespace ringside::visualizer

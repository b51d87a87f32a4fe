// Where every interrupt stands at one moment: the lines of the PIC pair from the device's request
// to the end of its service, why a request was not delivered, and how often each vector was taken.
//
// Derived from what the trace tells: line changes, injections, EOIs and what the guest wrote into
// the mask registers. Not modelled: special mask mode, rotation of priorities, and level-triggered
// lines beyond what their level says.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "visualizer/model/trace_model.hpp"

namespace ringside::visualizer {

struct LineLamp {
    std::uint8_t irq = 0;
    bool level = false;      ///< the device holds its line up
    bool requested = false;  ///< IRR: asked for, and not yet taken
    bool masked = false;     ///< IMR
    bool in_service = false; ///< ISR: taken, and not yet ended
    std::uint64_t taken = 0; ///< how often until now
    RecordIndex raised = no_record;
    RecordIndex held = no_record; ///< the latest record that told why it must wait
    RecordIndex injected = no_record;
    RecordIndex ended = no_record;
    std::string why; ///< one sentence: why it is not being delivered now, or that it is
};

/// All sixteen, as of record `now`.
std::array<LineLamp, Occurrences::lines> line_lamps(TraceModel const& model, RecordIndex now);

struct VectorCell {
    std::uint64_t until_now = 0;
    std::uint64_t total = 0;
    RecordIndex last = no_record; ///< at or before now
    RecordIndex next = no_record; ///< behind now
};

/// How often the vector was taken: delivered through the IDT by our CPU, or injected on KVM.
VectorCell vector_cell(TraceModel const& model, std::uint8_t vector, RecordIndex now);

struct FrameWord {
    std::string name; ///< "RIP"
    std::string value;
};
/// What the CPU pushed when it took the delivery at `record`, from the top of the stack down;
/// empty for other records.
std::vector<FrameWord> pushed_frame(TraceModel const& model, RecordIndex record);

} // namespace ringside::visualizer

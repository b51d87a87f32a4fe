#include "visualizer/model/interrupt_board.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/base/bits.hpp"
#include "visualizer/model/cpu_view.hpp"
#include "visualizer/model/format.hpp"
#include "visualizer/model/kind_text.hpp"

namespace ringside::visualizer {

namespace {

using Lamps = std::array<LineLamp, Occurrences::lines>;

bool not_before(RecordIndex a, RecordIndex b)
{
    return a != no_record && (b == no_record || a >= b);
}

// The last time the line went up at or before `now`.
RecordIndex last_rise(LineHistory const& line, RecordIndex now)
{
    Told const* told = told_until(line.changed, now);
    while (told != nullptr && told->value == 0)
        told = told == line.changed.data() ? nullptr : told - 1;
    return told != nullptr ? told->record : no_record;
}

LineLamp lamp_of(TraceModel const& model, std::uint8_t irq, RecordIndex now)
{
    Occurrences const& occurrences = model.occurrences();
    LineHistory const& line = occurrences.line(irq);
    LineLamp lamp;
    lamp.irq = irq;
    Told const* level = told_until(line.changed, now);
    lamp.level = level != nullptr && level->value != 0;
    lamp.raised = last_rise(line, now);
    lamp.injected = line.injected.last_until(now);
    lamp.ended = line.ended.last_until(now);
    lamp.taken = line.injected.count_until(now);
    if (Told const* held = told_until(line.pending, now))
        lamp.held = held->record;
    // 8259A datasheet, "Interrupt Sequence": acknowledging clears the request; EOI ends service.
    lamp.requested = not_before(lamp.raised, lamp.injected) && lamp.level;
    lamp.in_service =
        lamp.injected != no_record && (lamp.ended == no_record || lamp.ended < lamp.injected);
    if (Told const* mask = told_until(occurrences.masks(irq / 8), now))
        lamp.masked = bit(mask->value, irq % 8U);
    return lamp;
}

// 8259A datasheet, "Fully Nested Mode": IR0 ranks first; the secondary's eight stand at IR2.
unsigned rank_of(unsigned irq)
{
    return irq < 2 ? irq : irq < 8 ? irq + 8 : irq - 6;
}

std::string why(TraceModel const& model, Lamps const& lamps, LineLamp const& lamp)
{
    if (lamp.in_service && !lamp.requested)
        return "In service: the guest was given it and has not ended it (EOI).";
    if (!lamp.requested)
        return lamp.taken > 0 ? "Quiet: the last request was taken and ended."
                              : "Quiet: the device has not asked.";
    if (lamp.masked)
        return fmt::format("Masked: bit {} of the {} PIC's IMR is set.", lamp.irq % 8,
                           lamp.irq < 8 ? "primary" : "secondary");
    for (LineLamp const& other : lamps)
        if (other.in_service && rank_of(other.irq) <= rank_of(lamp.irq))
            return fmt::format("Waits: IRQ {} is in service and ranks {}.", other.irq,
                               other.irq == lamp.irq ? "the same" : "before it");
    for (LineLamp const& other : lamps)
        if (other.requested && !other.masked && rank_of(other.irq) < rank_of(lamp.irq))
            return fmt::format("Waits: IRQ {} ranks before it.", other.irq);
    auto const held = not_before(lamp.held, lamp.raised)
                          ? model.records().get<trace::InterruptPending>(lamp.held)
                          : std::nullopt;
    return held ? fmt::format("Held back: {}.", long_reason(held->reason))
                : "Next: it is delivered as soon as the guest goes on.";
}

} // namespace

Lamps line_lamps(TraceModel const& model, RecordIndex now)
{
    Lamps lamps;
    for (std::uint8_t irq = 0; irq < lamps.size(); ++irq)
        lamps[irq] = lamp_of(model, irq, now);
    for (LineLamp& lamp : lamps)
        lamp.why = why(model, lamps, lamp);
    return lamps;
}

VectorCell vector_cell(TraceModel const& model, std::uint8_t vector, RecordIndex now)
{
    // The software CPU tells every delivery; on KVM only what we injected is known.
    Occurrences const& occurrences = model.occurrences();
    RecordList const& delivered = occurrences.delivered(vector);
    RecordList const& taken = delivered.size() > 0 ? delivered : occurrences.injected(vector);
    return {taken.count_until(now), taken.size(), taken.last_until(now), taken.next_after(now)};
}

// SDM Vol. 3A, "64-Bit Mode Stack Frame" and "Error Code"; "Exception- or Interrupt-Handler
// Procedures" for the narrower frames of the other modes.
std::vector<FrameWord> pushed_frame(TraceModel const& model, RecordIndex record)
{
    auto const delivered = model.records().get<trace::Delivered>(record);
    if (!delivered)
        return {};
    std::uint8_t const vcpu = model.records().head(record).vcpu;
    RegisterState const state = model.registers_at(vcpu, record);
    bool const wide = mode_of(state) == trace::CpuMode::long64;
    std::vector<FrameWord> words;
    if (wide) {
        words.push_back({"SS", "of the interrupted code"});
        words.push_back({"RSP", "of the interrupted code"});
    }
    words.push_back({wide ? "RFLAGS" : "FLAGS", "IRET restores it, and IF with it"});
    words.push_back({"CS", "tells IRET which ring to return to"});
    words.push_back({wide ? "RIP" : "IP", hex(delivered->from_rip)});
    if (delivered->has_error_code)
        words.push_back({"error code", hex(delivered->error_code)});
    return words;
}

} // namespace ringside::visualizer

#include "visualizer/model/interrupt_path.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/kind_text.hpp"
#include "visualizer/model/row_text.hpp"

namespace ringside::visualizer {

namespace {

constexpr RecordIndex reach = 4000; // records to either side: beyond that we say "not seen"

// The line an event speaks of.
std::optional<std::uint8_t> line_of(RecordStore const& records, RecordIndex index)
{
    if (auto const event = records.get<trace::LineChanged>(index))
        return event->irq;
    if (auto const event = records.get<trace::InterruptPending>(index))
        return event->irq;
    if (auto const event = records.get<trace::InterruptInjected>(index))
        return event->irq;
    if (auto const event = records.get<trace::EndOfInterrupt>(index))
        return event->irq;
    auto const delivered = records.get<trace::Delivered>(index);
    for (RecordIndex back = 0; delivered && back < std::min<RecordIndex>(8, index); ++back) {
        auto const injected = records.get<trace::InterruptInjected>(index - back - 1);
        if (injected && injected->vector == delivered->vector)
            return injected->irq;
    }
    return std::nullopt;
}

bool raises(RecordStore const& records, RecordIndex index, std::uint8_t irq)
{
    auto const line = records.get<trace::LineChanged>(index);
    return line && line->irq == irq && line->level;
}

RecordIndex last_raise(RecordStore const& records, RecordIndex from, std::uint8_t irq)
{
    RecordIndex const stop = from > reach ? from - reach : 0;
    for (RecordIndex index = from + 1; index > stop; --index)
        if (raises(records, index - 1, irq))
            return index - 1;
    return no_record;
}

template <typename E>
RecordIndex next(RecordStore const& records, RecordIndex from, RecordIndex end, std::uint8_t irq)
{
    for (RecordIndex index = from; index < end; ++index)
        if (auto const event = records.get<E>(index); event && event->irq == irq)
            return index;
    return no_record;
}

RecordIndex next_exit(RecordStore const& records, RecordIndex from, RecordIndex end)
{
    for (RecordIndex index = from; index < end; ++index)
        if (records.get<trace::ExitBegin>(index))
            return index;
    return no_record;
}

std::string handler_text(TraceModel const& model, RecordIndex exit)
{
    MomentIndex const moment = model.moment_of(exit);
    Moment const& row = model.moments()[moment];
    return fmt::format("{} at {}", short_kind(row), place_text(model, row));
}

} // namespace

std::optional<InterruptPath> interrupt_path(TraceModel const& model, RecordIndex record)
{
    RecordStore const& records = model.records();
    auto const irq = line_of(records, record);
    if (!irq)
        return std::nullopt;
    RecordIndex const raised = last_raise(records, record, *irq);
    RecordIndex const from = raised != no_record ? raised : record;
    RecordIndex const end = std::min<RecordIndex>(records.size(), from + reach);
    RecordIndex const injected = next<trace::InterruptInjected>(records, from, end, *irq);
    bool const arrived = injected != no_record;
    RecordIndex const held =
        next<trace::InterruptPending>(records, from, arrived ? injected : end, *irq);
    RecordIndex const handler = arrived ? next_exit(records, injected, end) : no_record;
    RecordIndex const ended =
        arrived ? next<trace::EndOfInterrupt>(records, injected, end, *irq) : no_record;

    std::string const not_seen = "not seen";
    InterruptPath path;
    path.irq = *irq;
    path.stations[0] = {fmt::format("IRQ {} raised", *irq),
                        raised == no_record ? not_seen : "by the device", raised};
    path.stations[1] = {"Held back", arrived ? "no: taken at once" : not_seen, held};
    if (auto const why =
            held != no_record ? records.get<trace::InterruptPending>(held) : std::nullopt)
        path.stations[1].detail = short_reason(why->reason);
    path.stations[2] = {"Injected", "not yet", injected};
    if (arrived)
        path.stations[2].detail =
            "vector " + hex(records.get<trace::InterruptInjected>(injected)->vector);
    path.stations[3] = {"In the handler",
                        handler == no_record ? "not yet" : handler_text(model, handler), handler};
    path.stations[4] = {"Ended (EOI)", ended == no_record ? "not yet" : "in the PIC", ended};
    return path;
}

} // namespace ringside::visualizer

#include "visualizer/model/term_of.hpp"

#include <fmt/format.h>

#include "engine/trace/schema.hpp"
#include "visualizer/model/glossary.hpp"

namespace ringside::visualizer {

std::string term_of_row(Moment const& row)
{
    return fmt::format("{}.{}", row.is_exit() ? "exit" : "event", kind_name(row));
}

std::string term_of_step(TraceModel const& model, Moment const& row, Step const& step)
{
    RecordStore const& records = model.records();
    if (step.record == no_record)
        return term_of_row(row);
    if (auto const end = records.get<trace::ExitEnd>(step.record))
        return fmt::format("verdict.{}", trace::name_of(end->verdict));
    bool const access = records.get<trace::DeviceAccess>(step.record).has_value();
    if (access && row.reg != nullptr) {
        std::string const named = "register." + row.reg->short_name;
        if (find_term(named) != nullptr)
            return named;
    }
    if (records.get<trace::ExitBegin>(step.record))
        return term_of_row(row);
    return fmt::format("event.{}", trace::event_name(records.head(step.record).id));
}

} // namespace ringside::visualizer

#include "visualizer/model/describe.hpp"

#include <fmt/format.h>

#include "visualizer/model/cpu_view.hpp"
#include "visualizer/model/format.hpp"

namespace ringside::visualizer {

std::string describe(Session const& session)
{
    if (session.moment() == no_moment)
        return session.failure.empty() ? "The trace is empty.\n" : session.failure + "\n";

    TraceModel const& model = session.trace();
    Moment const& moment = model.moments()[session.moment()];
    Inspection const& inspection = session.inspection();
    bool const on_kvm = model.catalogue().on_kvm();
    std::string text = fmt::format("Row {} of {}, sequence number {}, vCPU {}, {}: {}\n",
                                   session.moment() + 1, model.moments().size(), moment.seq,
                                   moment.vcpu, duration(moment.time), kind_name(moment));
    text += inspection.sentence + "\n";
    for (std::size_t number = 0; number < inspection.steps.size(); ++number) {
        Step const& step = inspection.steps[number];
        text += fmt::format(
            "{:>3}{} {} [{}] {}: {}\n", number + 1, session.focus().step == number + 1 ? "*" : ".",
            actor_title(step.actor, on_kvm), letter_of(step.evidence), step.title, step.detail);
    }
    for (RegisterChange const& change :
         changes(session.registers_before(), session.registers_now()))
        text += change.had_value
                    ? fmt::format("{}: {} to {}\n", trace::name_of(change.which),
                                  hex(change.before), hex(change.now))
                    : fmt::format("{}: {}\n", trace::name_of(change.which), hex(change.now));
    return text;
}

} // namespace ringside::visualizer

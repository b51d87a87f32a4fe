// The CPU's modes over the whole trace as one thin strip: a part of the CPU panel.
#include <algorithm>

#include <fmt/format.h>

#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

Color color_of(Theme const& theme, trace::CpuMode mode)
{
    switch (mode) {
    case trace::CpuMode::real:
        return theme.of(ExitClass::control);
    case trace::CpuMode::protected16:
    case trace::CpuMode::protected32:
        return theme.of(ExitClass::mmio);
    case trace::CpuMode::compatibility:
        return theme.of(ExitClass::page);
    case trace::CpuMode::long64:
        break;
    }
    return theme.of(ExitClass::port);
}

struct Stretch {
    trace::CpuMode mode;
    RecordIndex begin;
    RecordIndex end;
};

// One stretch for each mode change of this vCPU; without any, the mode now is the only one.
std::vector<Stretch> stretches(TraceModel const& trace, std::uint8_t vcpu, trace::CpuMode now)
{
    constexpr std::size_t enough = 400;
    std::vector<Stretch> result;
    RecordIndex begin = 0;
    trace::CpuMode mode = now;
    for (TraceModel::ModeChange const& change : trace.mode_changes()) {
        if (change.vcpu != vcpu || result.size() == enough)
            continue;
        result.push_back({change.event.from, begin, change.record});
        begin = change.record;
        mode = change.event.to;
    }
    result.push_back({mode, begin, trace.records().size()});
    return result;
}

} // namespace

float draw_mode_strip(Frame& frame, Rect area, trace::CpuMode now)
{
    Session& session = frame.session;
    TraceModel const& trace = session.trace();
    float const height = frame.px(13);
    auto const all = static_cast<float>(std::max<RecordIndex>(1, trace.records().size()));
    auto const x_of = [&](RecordIndex record) {
        return area.x + area.width * static_cast<float>(record) / all;
    };
    for (Stretch const& each : stretches(trace, session.focus().vcpu, now)) {
        Rect const part{x_of(each.begin), area.y,
                        std::max(frame.px(2), x_of(each.end) - x_of(each.begin) - 1), height};
        Color const color = color_of(frame.theme, each.mode);
        frame.canvas.shape(part, {.fill = color.faded(0.55F), .border = {}});
        std::string_view const name = trace::name_of(each.mode);
        if (frame.canvas.measure(Face::small, name).width + frame.px(6) < part.width)
            frame.write_middle(part, Face::small, frame.theme.text, name);
        frame.explain_term(part, fmt::format("mode.{}", name),
                           each.begin == 0 ? "The mode it began in."
                                           : "A click leads to the change.");
        if (frame.clicked(fmt::format("CPU/Mode {}", each.begin), part) && each.begin != 0)
            session.focus_record(each.begin);
    }
    float const x = x_of(session.as_of());
    frame.canvas.line({x, area.y - frame.px(2)}, {x, area.y + height + frame.px(2)},
                      frame.theme.focus, frame.px(2));
    return height + frame.px(8);
}

} // namespace ringside::visualizer

// Commands of the panels that show the guest's data: where to look, and what to compare with.
#include "visualizer/model/command.hpp"
#include "visualizer/model/memory_view.hpp"

#include <utility>

namespace ringside::visualizer {

namespace {

bool has_rows(Session const& session)
{
    return session.moment() != no_moment;
}

std::string go_to_memory(Session& session, std::string_view expression)
{
    ParsedPlace const parsed = parse_place(expression, session.trace(), session.registers_now());
    if (!parsed.place)
        return parsed.problem;
    session.view.memory_at = *parsed.place;
    session.view.memory_sought = true;
    session.view.panel = PanelId::memory;
    return {};
}

// What the CPU panel compares with: the row before, or a moment a person holds on to.
std::string pin(Session& session, std::string_view)
{
    session.view.pinned = session.view.pinned ? std::nullopt : std::optional(session.as_of());
    return {};
}

} // namespace

void add_data_commands(CommandRegistry& registry)
{
    registry.add({"memory.go",
                  "Show memory at an address",
                  "Panels",
                  {},
                  "rsp+8|gpa:0x3000|SYMBOL",
                  go_to_memory,
                  has_rows});
    registry.add({"cpu.pin",
                  "Compare registers with this moment, or with the row before again",
                  "Panels",
                  {typed('x')},
                  "",
                  pin,
                  has_rows});
}

} // namespace ringside::visualizer

// Backward. Nothing runs backward: the machine goes to an earlier moment and comes forward again, on the
// way it came before, and the last stop it meets on that way is the one to go to.
#include <algorithm>

#include "engine/debug/debugger.hpp"

namespace ringside::debug {

using machine::Position;

namespace {

Halt at_the_beginning()
{
    return Halt{Halt::Why::beginning, {}, {}, {}};
}

} // namespace

Result<Halt> Debugger::back_instruction()
{
    TRY(require_stepping());
    return TRY(machine_.back_one_instruction()) ? Halt{} : at_the_beginning();
}

Result<Halt> Debugger::back_exit()
{
    Position const here = machine_.position();
    Position const before = here.steps != 0 ? Position{here.exits, 0} : TRY(earlier(here, 1));
    if (before == here)
        return at_the_beginning();
    ear_.begin(machine_.next_sequence());
    TRY(machine_.go_to(before));
    return Halt{};
}

/// So many exits before, or the first position within reach.
Result<Position> Debugger::earlier(Position than, std::uint64_t exits) const
{
    auto const reach = machine_.reach();
    if (!reach)
        return fail(Blame::usage, "this machine keeps no history to go back in");
    Position const wanted{than.exits - std::min(than.exits, exits), 0};
    return std::max(wanted, reach->first);
}

/// From here up to `end`: the last position at which run() would have stopped. Code breakpoints and
/// accesses stop in front of their instruction, events behind their exit.
Result<std::optional<Debugger::Found>> Debugger::last_before(Position end, Patience const& patience)
{
    std::optional<Found> last;
    while (machine_.position() < end && patience()) {
        Position const before = machine_.position();
        Ids const here = at_instruction();
        if (!here.empty())
            last = Found{before, Met{here, {}, {}}};
        Met met = TRY(advance(pace()));
        met.stop.reset();
        if (met.ids.empty())
            continue;
        Position const place = met.touched ? before : machine_.position();
        if (place < end)
            last = Found{place, std::move(met)};
    }
    return last;
}

Result<Halt> Debugger::back(Patience const& patience)
{
    constexpr std::uint64_t longest_stretch = 256; // exits
    Position const here = machine_.position();
    bool interrupted = false; // and stays so: who asks may be told only once
    Patience const patient = [&] { return !(interrupted = interrupted || !patience()); };
    Position end = here;
    for (std::uint64_t stretch = 1;; stretch = std::min(2 * stretch, longest_stretch)) {
        Position const begin = end.steps != 0 ? Position{end.exits, 0} : TRY(earlier(end, stretch));
        if (begin == end) {
            TRY(machine_.go_to(begin));
            return at_the_beginning();
        }
        TRY(machine_.go_to(begin));
        auto const found = TRY(last_before(end, patient));
        if (interrupted) { // what was found may not be the last
            TRY(machine_.go_to(here));
            return Halt{Halt::Why::interrupted, {}, {}, {}};
        }
        if (found) {
            TRY(machine_.go_to(found->position));
            if (auto halt = halt_at(found->met))
                return *std::move(halt);
        }
        end = begin;
    }
}

} // namespace ringside::debug

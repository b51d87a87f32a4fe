#include "engine/control/breakpoint.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ringside::control {

namespace {

constexpr std::size_t most = 1'000; // more is a program gone wrong, not a person

std::string_view name_of(Touch touch)
{
    switch (touch) {
    case Touch::read:
        return "read";
    case Touch::write:
        return "write";
    case Touch::either:
        return "access";
    }
    return "access";
}

struct PlaceText {
    std::string operator()(ExecuteAt const& at) const
    {
        return fmt::format("instruction at {:#x}", at.address.value);
    }
    std::string operator()(Watch const& watch) const
    {
        bool const physical = watch.space == query::AddressSpace::guest_physical;
        return fmt::format("{} of {} byte{} at {}{:#x}", name_of(watch.touch), watch.size,
                           watch.size == 1 ? "" : "s", physical ? "physical " : "", watch.address);
    }
    std::string operator()(AnyEvent const&) const { return "any event"; }
};

bool wraps(Watch const& watch)
{
    return watch.size == 0 || watch.address + (watch.size - 1) < watch.address;
}

/// The first field asked for that no machine can answer, only whoever shows its events.
std::optional<std::string_view> viewers_field(query::Condition const& condition)
{
    query::Uses const uses = query::uses_of(condition);
    if (uses.of(query::Field::exit_class) || uses.of(query::Field::letter))
        return "class";
    for (query::Field const field : {query::Field::cost, query::Field::what})
        if (uses.of(field))
            return query::info_of(field).name;
    return std::nullopt;
}

} // namespace

std::string text_of(Breakpoint const& breakpoint)
{
    std::string text =
        fmt::format("{}  {}", breakpoint.id, std::visit(PlaceText{}, breakpoint.place));
    if (!breakpoint.condition_text.empty())
        text += fmt::format(" if {}", breakpoint.condition_text);
    if (breakpoint.hits != 0)
        text += fmt::format(", {} hit{}", breakpoint.hits, breakpoint.hits == 1 ? "" : "s");
    if (breakpoint.ignored != 0)
        text += fmt::format(", the next {} ignored", breakpoint.ignored);
    if (breakpoint.lifetime == Lifetime::one_shot)
        text += ", once";
    if (breakpoint.owner == Owner::gdb)
        text += ", set by gdb";
    if (!breakpoint.enabled)
        text += ", disabled";
    return text;
}

Result<unsigned> Breakpoints::add(Breakpoint breakpoint)
{
    if (all_.size() >= most)
        return fail(Blame::usage,
                    fmt::format("there are {} breakpoints already; delete some", most));
    auto const* watch = std::get_if<Watch>(&breakpoint.place);
    if (watch != nullptr && wraps(*watch))
        return fail(Blame::usage, fmt::format("cannot watch {} bytes at {:#x}: there are no such "
                                              "addresses; give a size from 1",
                                              watch->size, watch->address));
    bool const unconditional = breakpoint.condition.matches_everything();
    if (std::holds_alternative<AnyEvent>(breakpoint.place) && unconditional)
        return fail(Blame::usage, "which event? give a condition, as kind == halt");
    if (auto const field = viewers_field(breakpoint.condition))
        return fail(Blame::usage,
                    fmt::format("a machine cannot stop by {}: only a viewer knows it", *field));
    breakpoint.id = next_id_++;
    all_.push_back(std::move(breakpoint));
    return all_.back().id;
}

bool Breakpoints::remove(unsigned id)
{
    return std::erase_if(all_, [&](Breakpoint const& each) { return each.id == id; }) != 0;
}

bool Breakpoints::remove(Owner owner, Place const& place)
{
    return std::erase_if(all_, [&](Breakpoint const& each) {
               return each.owner == owner && each.place == place;
           }) != 0;
}

void Breakpoints::remove_all(Owner owner)
{
    std::erase_if(all_, [&](Breakpoint const& each) { return each.owner == owner; });
}

bool Breakpoints::enable(unsigned id, bool enabled)
{
    Breakpoint* const breakpoint = entry(id);
    if (breakpoint != nullptr)
        breakpoint->enabled = enabled;
    return breakpoint != nullptr;
}

bool Breakpoints::ignore(unsigned id, std::uint64_t hits)
{
    Breakpoint* const breakpoint = entry(id);
    if (breakpoint != nullptr)
        breakpoint->ignored = hits;
    return breakpoint != nullptr;
}

Breakpoint* Breakpoints::entry(unsigned id)
{
    auto const found = std::find_if(all_.begin(), all_.end(),
                                    [&](Breakpoint const& each) { return each.id == id; });
    return found == all_.end() ? nullptr : &*found;
}

Breakpoint const* Breakpoints::find(unsigned id) const
{
    auto const found = std::find_if(all_.begin(), all_.end(),
                                    [&](Breakpoint const& each) { return each.id == id; });
    return found == all_.end() ? nullptr : &*found;
}

bool Breakpoints::covers(Place const& place, Reached const& reached)
{
    auto const* watch = std::get_if<Watch>(&place);
    auto const* access = std::get_if<Watch>(&reached);
    if (watch == nullptr || access == nullptr)
        return place == reached;
    bool const wanted = watch->touch == Touch::either || access->touch == Touch::either ||
                        watch->touch == access->touch;
    // Neither range wraps around, so their first and last bytes can be compared.
    bool const overlap = watch->address <= access->address + (access->size - 1) &&
                         access->address <= watch->address + (watch->size - 1);
    return wanted && watch->space == access->space && overlap && !wraps(*access);
}

std::optional<Breakpoint> Breakpoints::hit(Ids const& ids)
{
    std::optional<Breakpoint> stopped;
    for (unsigned const id : ids) {
        Breakpoint* const breakpoint = entry(id);
        if (breakpoint == nullptr)
            continue;
        ++breakpoint->hits;
        if (breakpoint->ignored != 0) {
            --breakpoint->ignored;
            continue;
        }
        if (!stopped)
            stopped = *breakpoint;
        if (breakpoint->lifetime == Lifetime::one_shot)
            remove(id);
    }
    return stopped;
}

} // namespace ringside::control

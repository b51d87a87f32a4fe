// Forward, one turn at a time. The way back is in debugger_back.cpp.
#include "engine/debug/debugger.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/debug/touches.hpp"

namespace ringside::debug {

using control::AnyEvent;
using control::ExecuteAt;
using control::Watch;

// ---------------------------------------------------------------- one turn

machine::Pace Debugger::pace() const
{
    bool const each_instruction = breakpoints_.any<ExecuteAt>() || breakpoints_.any<Watch>();
    return each_instruction ? machine::Pace::instruction : machine::Pace::exit;
}

Result<void> Debugger::require_stepping()
{
    bool const user = machine_.vcpu().standing().registers.cpl() == 3;
    auto const needed = user ? backend::Ability::step_user : backend::Ability::step_supervisor;
    if ((abilities_ & backend::only(needed)) != 0)
        return {};
    return fail(Blame::unavailable, "this host's KVM lacks " +
                                        std::string(backend::name_of(needed)) +
                                        ": go on by exits, or take --backend unicorn");
}

/// One turn, and which breakpoints it met. None of them counts yet.
Result<Debugger::Met> Debugger::advance(machine::Pace pace)
{
    std::vector<Watch> touches;
    std::vector<Bytes> before;
    if (pace == machine::Pace::instruction)
        TRY(require_stepping());
    if (breakpoints_.any<Watch>()) {
        touches = touched_next(machine_.memory(), machine_.vcpu().standing().registers);
        before = watched_bytes();
    }
    ear_.begin(machine_.next_sequence());
    Met met;
    met.stop = TRY(machine_.turn(pace));
    look_at_events(met);
    look_at_touches(met, touches, before);
    return met;
}

void Debugger::look_at_events(Met& met)
{
    if (!breakpoints_.any<AnyEvent>())
        return;
    for (trace::Record const& record : ear_.heard()) {
        query::Happening const* const happening = reader_.take(record);
        if (happening == nullptr)
            continue;
        Ids const ids = breakpoints_.at_event(MachineSubject(machine_, happening));
        met.ids.insert(met.ids.end(), ids.begin(), ids.end());
    }
}

void Debugger::look_at_touches(Met& met, std::vector<Watch> const& touches,
                               std::vector<Bytes> const& before)
{
    if (before.empty())
        return;
    std::vector<Watch> all = touches;
    std::vector<Bytes> const now = watched_bytes();
    for (std::size_t index = 0; index < now.size(); ++index)
        if (before[index] != now[index])
            all.push_back(std::get<Watch>(breakpoints_.all()[index].place));
    for (Watch& touch : std::span(all).subspan(touches.size()))
        touch.touch = control::Touch::write;
    MachineSubject const subject(machine_, nullptr);
    for (Watch const& touch : all) {
        Ids const ids = breakpoints_.at_access(touch, subject);
        if (!ids.empty() && !met.touched)
            met.touched = touch;
        for (unsigned const id : ids)
            if (std::find(met.ids.begin(), met.ids.end(), id) == met.ids.end())
                met.ids.push_back(id);
    }
}

/// Of each breakpoint in turn: the bytes it watches, nothing for one that watches none.
std::vector<Debugger::Bytes> Debugger::watched_bytes() const
{
    x86::CpuState const& registers = machine_.vcpu().standing().registers;
    std::vector<Bytes> all;
    for (control::Breakpoint const& breakpoint : breakpoints_.all()) {
        Bytes& bytes = all.emplace_back();
        auto const* const watch = std::get_if<Watch>(&breakpoint.place);
        if (watch == nullptr || watch->touch == control::Touch::read)
            continue;
        constexpr std::uint64_t most = 4096; // beyond, only what operands name is found
        bytes.resize(std::min(watch->size, most));
        if (watch->space == query::AddressSpace::guest_virtual)
            bytes.resize(read_virtual(machine_.memory(), registers, Gva(watch->address), bytes));
        else if (!machine_.memory().read(Gpa(watch->address), bytes))
            bytes.clear();
    }
    return all;
}

Debugger::Ids Debugger::at_instruction() const
{
    if (!breakpoints_.any<ExecuteAt>())
        return {};
    Gva const here(machine_.vcpu().standing().registers.linear_rip());
    return breakpoints_.at_instruction(here, MachineSubject(machine_, nullptr));
}

// ---------------------------------------------------------------- going on

std::optional<Halt> Debugger::halt_at(Met const& met)
{
    if (auto breakpoint = breakpoints_.hit(met.ids))
        return Halt{Halt::Why::breakpoint, std::move(breakpoint), met.touched, std::nullopt};
    if (met.stop)
        return Halt{Halt::Why::ended, std::nullopt, std::nullopt, met.stop};
    return std::nullopt;
}

Result<Halt> Debugger::step_instruction()
{
    Met const met = TRY(advance(machine::Pace::instruction));
    return halt_at(met).value_or(Halt{});
}

Result<Halt> Debugger::step_exit(Patience const& patience)
{
    std::uint64_t const before = machine_.exits();
    while (machine_.exits() == before) {
        if (!patience())
            return Halt{Halt::Why::interrupted, {}, {}, {}};
        Met const met = TRY(advance(machine::Pace::exit));
        if (auto halt = halt_at(met))
            return *std::move(halt);
    }
    return Halt{};
}

Result<Halt> Debugger::run(Patience const& patience)
{
    for (;;) {
        if (!patience())
            return Halt{Halt::Why::interrupted, {}, {}, {}};
        machine::Position const before = machine_.position();
        Met met = TRY(advance(pace()));
        bool const moved = machine_.position() != before; // else time jumped over a HLT
        if (moved && !met.stop) {
            Ids const here = at_instruction();
            met.ids.insert(met.ids.end(), here.begin(), here.end());
        }
        if (auto halt = halt_at(met))
            return *std::move(halt);
    }
}

} // namespace ringside::debug

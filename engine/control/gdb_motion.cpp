// The half of a conversation with gdb that moves the machine: why it stands, how it goes on, and
// which of its vCPUs is meant.
#include <algorithm>

#include <fmt/format.h>

#include "engine/control/gdb_session.hpp"

namespace ringside::control {

namespace {

// Numbers of signals as the protocol has them, whatever the host's.
constexpr unsigned interrupted = 2; // SIGINT
constexpr unsigned trap = 5;        // SIGTRAP

std::string_view watch_name(Touch touch)
{
    switch (touch) {
    case Touch::read:
        return "rwatch";
    case Touch::write:
        return "watch";
    case Touch::either:
        return "awatch";
    }
    return "awatch";
}

} // namespace

// ---------------------------------------------------------------- why it stands

std::string GdbSession::stop_reply() const
{
    using Reason = Stopped::Reason;
    if (stopped_.reason == Reason::exited)
        return fmt::format("W{:02x}", stopped_.code);
    unsigned const signal = stopped_.reason == Reason::interrupted ? interrupted : trap;
    std::string reply = fmt::format("T{:02x}thread:{:x};", signal, stopped_.vcpu.value + 1);
    switch (stopped_.reason) {
    case Reason::breakpoint:
        return reply + (knows_breakpoint_reasons_ ? "swbreak:;" : "");
    case Reason::hardware_breakpoint:
        return reply + (knows_breakpoint_reasons_ ? "hwbreak:;" : "");
    case Reason::watchpoint:
        return reply + fmt::format("{}:{:x};", watch_name(stopped_.touch), stopped_.address.value);
    case Reason::beginning_of_history:
        return reply + "replaylog:begin;";
    case Reason::end_of_history:
        return reply + "replaylog:end;";
    case Reason::stepped:
    case Reason::interrupted:
    case Reason::condition:
    case Reason::exited:
        break;
    }
    return reply;
}

GdbSession::Reply GdbSession::why(GdbText)
{
    return stop_reply();
}

// ---------------------------------------------------------------- how it goes on

GdbSession::Reply GdbSession::resume(Resume const& resume)
{
    if (stopped_.reason == Stopped::Reason::exited)
        return stop_reply(); // there is nothing left to run
    runs_ = true;
    reply_owed_ = true;
    runner_.resume(resume);
    return std::nullopt;
}

GdbSession::Reply GdbSession::resume_selected(Heading heading, Motion motion)
{
    if (heading == Heading::back && !runner_.can_go_back())
        return std::string(); // not supported
    Resume how;
    how.heading = heading;
    how.motions.assign(target_.vcpus(), Motion::run);
    how.motions[mover_.value] = motion;
    return resume(how);
}

GdbSession::Reply GdbSession::go(GdbText)
{
    return resume_selected(Heading::forward, Motion::run);
}

GdbSession::Reply GdbSession::step(GdbText)
{
    return resume_selected(Heading::forward, Motion::step);
}

GdbSession::Reply GdbSession::go_back(GdbText)
{
    return resume_selected(Heading::back, Motion::run);
}

GdbSession::Reply GdbSession::step_back(GdbText)
{
    return resume_selected(Heading::back, Motion::step);
}

// vCont;ACTION[:THREAD]... Each vCPU takes the first action that is for it or for all.
GdbSession::Reply GdbSession::go_in_several_ways(GdbText text)
{
    Resume how;
    how.motions.assign(target_.vcpus(), Motion::stand);
    std::vector<bool> decided(how.motions.size(), false);
    while (!text.at_end()) {
        GdbText action(text.up_to(';'));
        bool const steps = action.take("s") || action.take("S");
        if (!steps && !action.take("c") && !action.take("C"))
            return std::string(gdb_reply::invalid);
        action.up_to(':'); // the signal
        std::optional<VcpuId> only;
        if (!action.at_end() && action.rest() != "-1") {
            std::optional<std::uint64_t> const thread = action.hex();
            only = thread ? vcpu_of(*thread) : std::nullopt;
            if (!only || !action.at_end())
                return std::string(gdb_reply::invalid);
        }
        for (std::size_t index = 0; index < how.motions.size(); ++index) {
            if (decided[index] || (only && only->value != index))
                continue;
            how.motions[index] = steps ? Motion::step : Motion::run;
            decided[index] = true;
        }
    }
    bool const anybody = std::find(decided.begin(), decided.end(), true) != decided.end();
    return anybody ? resume(how) : std::string(gdb_reply::invalid);
}

GdbSession::Reply GdbSession::detach(GdbText)
{
    end(Farewell::detached);
    return std::string(gdb_reply::ok);
}

GdbSession::Reply GdbSession::kill(GdbText)
{
    end(Farewell::killed);
    return std::nullopt;
}

GdbSession::Reply GdbSession::kill_process(GdbText)
{
    end(Farewell::killed);
    return std::string(gdb_reply::ok);
}

// ---------------------------------------------------------------- whom it is about

std::optional<VcpuId> GdbSession::vcpu_of(std::uint64_t thread) const
{
    if (thread == 0) // any
        return selected_;
    if (thread > target_.vcpus())
        return std::nullopt;
    return VcpuId(static_cast<std::uint8_t>(thread - 1));
}

GdbSession::Reply GdbSession::select_vcpu(GdbText text)
{
    bool const for_registers = text.take("g");
    if (!for_registers && !text.take("c"))
        return std::string(gdb_reply::invalid);
    if (text.rest() == "-1") // all
        return std::string(gdb_reply::ok);
    std::optional<std::uint64_t> const thread = text.hex();
    std::optional<VcpuId> const vcpu = thread ? vcpu_of(*thread) : std::nullopt;
    if (!vcpu || !text.at_end())
        return std::string(gdb_reply::invalid);
    (for_registers ? selected_ : mover_) = *vcpu;
    return std::string(gdb_reply::ok);
}

GdbSession::Reply GdbSession::vcpu_alive(GdbText text)
{
    std::optional<std::uint64_t> const thread = text.hex();
    return std::string(thread && *thread != 0 && vcpu_of(*thread) ? gdb_reply::ok
                                                                  : gdb_reply::invalid);
}

} // namespace ringside::control

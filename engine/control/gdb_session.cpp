#include "engine/control/gdb_session.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace ringside::control {

namespace {

constexpr std::size_t most_waiting = 16; // gdb sends one packet and waits; more is an attack

} // namespace

void GdbSession::receive(std::string_view bytes)
{
    if (over_)
        return;
    reader_.feed(bytes);
    while (!over_) {
        std::optional<Received> const received = reader_.next();
        if (!received)
            return;
        take(*received);
    }
}

void GdbSession::take(Received const& received)
{
    switch (received.kind) {
    case Received::Kind::packet:
        if (acknowledges_)
            output_ += '+';
        waiting_.push_back(received.payload);
        if (waiting_.size() > most_waiting)
            lost();
        handle_waiting();
        return;
    case Received::Kind::damaged_packet:
        // Without acknowledgments nobody would say it again, and a transport that damages bytes
        // is no TCP and no Unix socket.
        if (acknowledges_)
            output_ += '-';
        else
            lost();
        return;
    case Received::Kind::again:
        if (acknowledges_)
            output_ += last_frame_;
        return;
    case Received::Kind::interrupt:
        if (runs_)
            runner_.interrupt();
        return;
    case Received::Kind::nonsense:
        lost();
        return;
    }
}

void GdbSession::handle_waiting()
{
    while (!runs_ && !over_ && !waiting_.empty()) {
        std::string const packet = std::move(waiting_.front());
        waiting_.pop_front();
        answer(packet);
    }
}

void GdbSession::answer(std::string_view packet)
{
    for (Command const& command : commands()) {
        GdbText text(packet);
        if (!text.take(command.name) || (command.match == Match::whole && !text.at_end()))
            continue;
        Reply const reply = command.handler == nullptr ? std::string(command.constant)
                                                       : (this->*command.handler)(text);
        if (reply)
            send(*reply);
        if (std::exchange(stops_acknowledging_, false))
            acknowledges_ = false;
        return;
    }
    send({}); // as the manual asks for packets that are not known, vMustReplyEmpty among them
}

void GdbSession::send(std::string_view payload)
{
    last_frame_ = framed(payload);
    output_ += last_frame_;
}

void GdbSession::print(std::string_view text)
{
    constexpr std::size_t most = most_packet_bytes / 2 - 1; // two digits each, behind an "O"
    for (; !text.empty(); text.remove_prefix(std::min(most, text.size())))
        send("O" + text_to_hex(text.substr(0, most)));
}

void GdbSession::stopped(Stopped const& why)
{
    if (!runs_ || over_)
        return;
    runs_ = false;
    stopped_ = why;
    selected_ = mover_ = why.vcpu;
    if (std::exchange(reply_owed_, false))
        send(stop_reply());
    handle_waiting();
}

void GdbSession::lost()
{
    end(Farewell::lost);
}

void GdbSession::end(Farewell farewell)
{
    if (std::exchange(over_, true))
        return;
    runner_.let_go(farewell);
}

std::span<GdbSession::Command const> GdbSession::commands()
{
    // The first whose name begins the packet is taken: longer names before shorter ones.
    static constexpr auto table = std::to_array<Command>({
        {"?", Match::whole, &GdbSession::why, {}},
        {"bc", Match::whole, &GdbSession::go_back, {}},
        {"bs", Match::whole, &GdbSession::step_back, {}},
        {"c", Match::whole, &GdbSession::go, {}},
        {"c", Match::beginning, nullptr, gdb_reply::invalid}, // from another address
        {"C", Match::beginning, &GdbSession::go, {}},         // with a signal
        {"s", Match::whole, &GdbSession::step, {}},
        {"s", Match::beginning, nullptr, gdb_reply::invalid},
        {"S", Match::beginning, &GdbSession::step, {}},
        {"vCont?", Match::whole, nullptr, "vCont;c;C;s;S"},
        {"vCont;", Match::beginning, &GdbSession::go_in_several_ways, {}},
        {"vKill;", Match::beginning, &GdbSession::kill_process, {}},
        {"D", Match::beginning, &GdbSession::detach, {}},
        {"k", Match::whole, &GdbSession::kill, {}},
        {"H", Match::beginning, &GdbSession::select_vcpu, {}},
        {"T", Match::beginning, &GdbSession::vcpu_alive, {}},
        {"g", Match::whole, &GdbSession::read_registers, {}},
        {"G", Match::beginning, &GdbSession::write_registers, {}},
        {"p", Match::beginning, &GdbSession::read_one_register, {}},
        {"P", Match::beginning, &GdbSession::write_one_register, {}},
        {"m", Match::beginning, &GdbSession::read_memory, {}},
        {"M", Match::beginning, &GdbSession::write_memory, {}},
        {"X", Match::beginning, &GdbSession::write_binary_memory, {}},
        {"Z", Match::beginning, &GdbSession::insert_point, {}},
        {"z", Match::beginning, &GdbSession::remove_point, {}},
        {"QStartNoAckMode", Match::whole, &GdbSession::no_acknowledgments, {}},
        {"qSupported", Match::beginning, &GdbSession::supported, {}},
        {"qAttached", Match::beginning, nullptr, "1"}, // leaving it detaches, it does not kill
        {"qC", Match::whole, &GdbSession::current_vcpu, {}},
        {"qfThreadInfo", Match::whole, &GdbSession::list_vcpus, {}},
        {"qsThreadInfo", Match::whole, nullptr, "l"},
        {"qThreadExtraInfo,", Match::beginning, &GdbSession::about_vcpu, {}},
        {"qSymbol::", Match::beginning, nullptr, gdb_reply::ok},
        {"qXfer:features:read:", Match::beginning, &GdbSession::description, {}},
        {"qRcmd,", Match::beginning, &GdbSession::monitor, {}},
    });
    return table;
}

} // namespace ringside::control

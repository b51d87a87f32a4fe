// gdb's door to a running machine: a listener, one conversation at a time, and nothing that blocks,
// so that the run loop can own it.
//
//     for (;;) {
//         server.poll();                              each turn: one system call when idle
//         if (machine has been told to move)
//             run a turn; report with server.stopped() when it is to stand
//         else
//             server.wait(milliseconds);
//     }
//
// A second gdb is turned away as long as the first is there.
// Not modelled: a thread of its own; Ctrl-C is seen at the next turn, within one slice.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "engine/control/gdb_listener.hpp"
#include "engine/control/gdb_session.hpp"

namespace ringside::control {

class GdbServer {
public:
    /// `where` as for GdbListener. Target and runner outlive the server.
    static Result<GdbServer> create(std::string_view where, GdbTarget& target, GdbRunner& runner);

    /// Lets gdb in, reads what came, answers what can be answered, sends what can be sent.
    void poll();
    /// Sleeps until gdb says something, or so long.
    void wait(std::uint32_t milliseconds) const { ready(milliseconds); }

    /// The machine stands (GdbRunner). gdb hears of it at the next poll().
    void stopped(Stopped const& why);
    /// Text for the person at gdb while the machine runs.
    void print(std::string_view text);

    bool connected() const { return session_ != nullptr; }
    std::size_t unsent() const { return session_ ? session_->output().size() : 0; }
    std::string const& address() const { return listener_.address(); }

private:
    GdbServer(GdbListener listener, GdbTarget& target, GdbRunner& runner)
        : listener_(std::move(listener)), target_(&target), runner_(&runner)
    {
    }
    bool ready(std::uint32_t milliseconds) const;
    void let_in();
    void receive();
    void send();
    void close();

    GdbListener listener_;
    GdbTarget* target_;
    GdbRunner* runner_;
    Fd connection_;
    std::unique_ptr<GdbSession> session_;
};

} // namespace ringside::control

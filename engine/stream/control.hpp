// The control channel: one controller at a time tells a running machine to pause, step, go on,
// stop, or types on its serial line. It is a Unix socket of its own, beside that of the events, and
// speaks lines of JSON, so that `socat` is a controller too:
//
//     {"command":"pause"}      resume, step_exit and quit likewise
//     {"command":"input","text":"peek 1000\r"}     or "bytes":[27,91,65]
//
// Each line is answered by {"ok":true} or {"error":"..."}; {"state":"paused"} and
// {"state":"running"} arrive whenever that changes, and once at the beginning.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/fd.hpp"
#include "engine/base/result.hpp"
#include "engine/trace/command.hpp"

namespace ringside::stream {

/// The control socket that belongs to the event socket `stream`: its path with ".control" behind.
std::filesystem::path control_path(std::filesystem::path const& stream);

class ControlThread;

/// The engine's end. A thread of its own, asleep in poll(2) unless somebody talks, does all reading
/// and writing, so that pause answers even while a slow disk holds up the recorder. A controller
/// that leaves after `pause` or `step_exit` leaves a `resume` behind: nobody else may ever send one.
class ControlServer final : public trace::CommandSource {
public:
    /// Listens on `control_path(stream)`, mode 0600. The socket is removed at the end.
    static Result<std::unique_ptr<ControlServer>> create(std::filesystem::path const& stream);
    ~ControlServer() override;

    std::optional<trace::Command> poll() override;
    void wait(std::uint32_t milliseconds) override;
    void paused(bool is_paused) override;

private:
    explicit ControlServer(std::unique_ptr<ControlThread> thread);
    std::unique_ptr<ControlThread> thread_;
};

enum class MachineState : std::uint8_t { unknown, running, paused };

/// The viewer's end. Nothing here blocks once it is connected.
class ControlClient {
public:
    static Result<ControlClient> connect(std::filesystem::path const& stream);

    /// Queues the command and sends what the socket takes.
    Result<void> send(trace::Command const& command);

    /// Sends what is left, reads what has come: true while the engine is there.
    bool poll();

    int descriptor() const { return socket_.get(); }
    MachineState state() const { return state_; }
    /// The engine's latest refusal, once; empty when there is none.
    std::string take_refusal();

private:
    explicit ControlClient(Fd socket) : socket_(std::move(socket)) {}
    void flush();
    void take_line(std::string_view line);

    Fd socket_;
    MachineState state_ = MachineState::unknown;
    std::string to_send_;
    std::string received_;
    std::string refusal_;
};

} // namespace ringside::stream

#include "engine/stream/control.hpp"

#include "engine/stream/control_line.hpp"
#include "engine/stream/local_socket.hpp"

#include <span>
#include <string_view>
#include <utility>

namespace ringside::stream {

Result<ControlClient> ControlClient::connect(std::filesystem::path const& stream)
{
    return ControlClient(TRY(connect_to(control_path(stream))));
}

Result<void> ControlClient::send(trace::Command const& command)
{
    constexpr std::size_t most_waiting = 1024 * 1024;
    if (command.bytes.size() > most_input)
        return fail(Blame::usage, "at most " + std::to_string(most_input) +
                                      " bytes of input go into one command");
    if (!socket_)
        return fail(Blame::input, "the machine is gone; start it again");
    if (to_send_.size() > most_waiting)
        return fail(Blame::input, "the machine does not take commands; is it stopped?");
    to_send_ += command_line(command);
    flush();
    return {};
}

bool ControlClient::poll()
{
    if (!socket_)
        return false;
    flush();
    SocketState const state = receive_some(socket_.get(), received_, longest_line);
    for_each_line(received_, [this](std::string_view line) { take_line(line); });
    if (received_.size() > longest_line) // no engine of ours says that much in one line
        received_.clear();
    if (state == SocketState::closed)
        socket_ = Fd();
    return bool(socket_);
}

void ControlClient::flush()
{
    std::size_t sent = 0;
    SocketState const state = send_some(socket_.get(), std::as_bytes(std::span(to_send_)), sent);
    to_send_.erase(0, sent);
    if (state == SocketState::closed)
        to_send_.clear(); // poll() reads the last words and then says that the engine is gone
}

void ControlClient::take_line(std::string_view line)
{
    ControlReply const reply = parse_reply(line);
    if (reply.refusal)
        refusal_ = *reply.refusal;
    if (reply.paused)
        state_ = *reply.paused ? MachineState::paused : MachineState::running;
}

std::string ControlClient::take_refusal()
{
    return std::exchange(refusal_, {});
}

} // namespace ringside::stream

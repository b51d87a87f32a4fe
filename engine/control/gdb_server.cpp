#include "engine/control/gdb_server.hpp"

#include <array>
#include <poll.h>
#include <span>
#include <utility>

namespace ringside::control {

namespace {

// Somebody who asks and never reads the answers is not read from until he does.
constexpr std::size_t most_unsent = 256 * 1024;
constexpr std::size_t most_at_once = 64 * 1024;

} // namespace

Result<GdbServer> GdbServer::create(std::string_view where, GdbTarget& target, GdbRunner& runner)
{
    GdbListener listener = TRY(GdbListener::create(where));
    return GdbServer(std::move(listener), target, runner);
}

void GdbServer::poll()
{
    if (!ready(0))
        return;
    let_in();
    if (!session_)
        return;
    receive();
    send();
}

void GdbServer::let_in()
{
    for (;;) {
        Fd connection = listener_.accept();
        if (!connection)
            return;
        if (session_)
            continue; // one at a time: closed at once
        connection_ = std::move(connection);
        session_ = std::make_unique<GdbSession>(*target_, *runner_);
        session_->begin();
    }
}

void GdbServer::receive()
{
    if (session_->output().size() > most_unsent)
        return;
    std::string bytes;
    stream::SocketState const state = stream::receive_some(connection_.get(), bytes, most_at_once);
    session_->receive(bytes);
    if (state == stream::SocketState::closed)
        session_->lost();
}

void GdbServer::send()
{
    std::string& output = session_->output();
    std::size_t sent = 0;
    stream::SocketState const state = stream::send_some(
        connection_.get(), std::as_bytes(std::span(output.data(), output.size())), sent);
    output.erase(0, sent);
    if (state == stream::SocketState::closed)
        session_->lost();
    if (session_->over() && (output.empty() || state == stream::SocketState::closed))
        close();
}

void GdbServer::close()
{
    session_.reset();
    connection_ = Fd();
}

bool GdbServer::ready(std::uint32_t milliseconds) const
{
    std::array<pollfd, 2> waited{};
    waited[0] = {.fd = listener_.descriptor(), .events = POLLIN, .revents = 0};
    waited[1] = {.fd = connection_.get(), .events = POLLIN, .revents = 0}; // -1 is passed over
    if (session_ && !session_->output().empty())
        waited[1].events = POLLIN | POLLOUT;
    return ::poll(waited.data(), waited.size(), static_cast<int>(milliseconds)) != 0;
}

void GdbServer::stopped(Stopped const& why)
{
    // Nothing is sent or closed here: the session itself may be what called the runner that calls
    // us.
    if (session_)
        session_->stopped(why);
}

void GdbServer::print(std::string_view text)
{
    if (session_ && session_->output().size() < most_unsent)
        session_->print(text);
}

} // namespace ringside::control

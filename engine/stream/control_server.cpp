#include "engine/stream/control.hpp"

#include "engine/stream/control_thread.hpp"

#include <utility>

namespace ringside::stream {

std::filesystem::path control_path(std::filesystem::path const& stream)
{
    std::filesystem::path path = stream;
    path += ".control";
    return path;
}

Result<std::unique_ptr<ControlServer>> ControlServer::create(std::filesystem::path const& stream)
{
    return std::unique_ptr<ControlServer>(
        new ControlServer(TRY(ControlThread::create(control_path(stream)))));
}

ControlServer::ControlServer(std::unique_ptr<ControlThread> thread) : thread_(std::move(thread)) {}

ControlServer::~ControlServer() = default;

std::optional<trace::Command> ControlServer::poll()
{
    return thread_->next_command();
}

void ControlServer::wait(std::uint32_t milliseconds)
{
    thread_->wait_for_command(milliseconds);
}

void ControlServer::paused(bool is_paused)
{
    thread_->tell_state(is_paused);
}

} // namespace ringside::stream

#include "engine/stream/control_thread.hpp"

#include "engine/stream/control_line.hpp"
#include "engine/stream/signals_blocked.hpp"

#include <chrono>
#include <poll.h>
#include <span>
#include <utility>

namespace ringside::stream {

namespace {

constexpr std::size_t most_waiting_commands = 64;
constexpr std::size_t most_unread_replies = 256 * 1024;

bool is_hold(trace::Command::Kind kind)
{
    return kind == trace::Command::Kind::pause || kind == trace::Command::Kind::step_exit;
}

} // namespace

Result<std::unique_ptr<ControlThread>> ControlThread::create(std::filesystem::path const& path)
{
    Doorbell doorbell = TRY(Doorbell::create());
    ListeningSocket listener = TRY(ListeningSocket::create(path));
    return std::unique_ptr<ControlThread>(
        new ControlThread(std::move(listener), std::move(doorbell)));
}

ControlThread::ControlThread(ListeningSocket listener, Doorbell doorbell)
    : listener_(std::move(listener)), doorbell_(std::move(doorbell))
{
    SignalsBlocked const blocked;
    thread_ = std::thread([this] { run(); });
}

ControlThread::~ControlThread()
{
    stopping_.store(true, std::memory_order_release);
    doorbell_.ring();
    thread_.join();
}

// ---------------------------------------------------------------- the run loop's side

std::optional<trace::Command> ControlThread::next_command()
{
    if (waiting_commands_.load(std::memory_order_relaxed) == 0)
        return std::nullopt;
    std::lock_guard const lock(mutex_);
    if (commands_.empty())
        return std::nullopt;
    trace::Command command = std::move(commands_.front());
    commands_.pop_front();
    waiting_commands_.store(commands_.size(), std::memory_order_relaxed);
    return command;
}

void ControlThread::wait_for_command(std::uint32_t milliseconds)
{
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, std::chrono::milliseconds(milliseconds),
                      [this] { return !commands_.empty(); });
}

void ControlThread::tell_state(bool is_paused)
{
    constexpr std::size_t most_untold = 256; // nobody is there to be told
    {
        std::lock_guard const lock(mutex_);
        if (state_changes_.size() == most_untold)
            state_changes_.clear();
        state_changes_.push_back(is_paused);
    }
    doorbell_.ring();
}

// ---------------------------------------------------------------- the thread's side

void ControlThread::run()
{
    while (!stopping_.load(std::memory_order_acquire)) {
        wait_for_work();
        admit();
        if (controller_)
            listen_to(*controller_);
        tell_state_changes();
        if (controller_ && !flush(*controller_))
            dismiss();
    }
}

void ControlThread::wait_for_work()
{
    std::vector<pollfd> descriptors{{doorbell_.descriptor(), POLLIN, 0},
                                    {listener_.descriptor(), POLLIN, 0}};
    if (controller_) {
        short const wanted = controller_->to_send.empty() ? POLLIN : POLLIN | POLLOUT;
        descriptors.push_back({controller_->socket.get(), wanted, 0});
    }
    ::poll(descriptors.data(), descriptors.size(), -1);
    doorbell_.clear();
}

void ControlThread::admit()
{
    while (Fd socket = listener_.accept()) {
        if (controller_) {
            std::string const refusal = refused_line("another controller is connected");
            std::size_t sent = 0;
            send_some(socket.get(), std::as_bytes(std::span(refusal)), sent);
            continue;
        }
        tell_state_changes(); // those before its time
        controller_.emplace();
        controller_->socket = std::move(socket);
        controller_->to_send = state_line(is_paused_);
    }
}

void ControlThread::listen_to(Controller& controller)
{
    SocketState const state =
        receive_some(controller.socket.get(), controller.received, longest_line);
    take_lines(controller);
    if (state == SocketState::closed)
        dismiss();
}

void ControlThread::take_lines(Controller& controller)
{
    for_each_line(controller.received, [&](std::string_view line) {
        if (controller.skipping_line || line.size() > longest_line)
            controller.to_send += refused_line("the line is too long");
        else
            obey(controller, line);
        controller.skipping_line = false;
    });
    if (controller.received.size() > longest_line) {
        controller.skipping_line = true;
        controller.received.clear();
    }
}

void ControlThread::obey(Controller& controller, std::string_view line)
{
    Result<trace::Command> command = parse_command(line);
    if (!command) {
        controller.to_send += refused_line(command.error().text);
        return;
    }
    trace::Command::Kind const kind = command->kind;
    if (!enqueue(std::move(*command))) {
        controller.to_send += refused_line("too many commands are waiting");
        return;
    }
    if (is_hold(kind))
        controller.holds_machine = true;
    if (kind == trace::Command::Kind::resume)
        controller.holds_machine = false;
    controller.to_send += accepted_line();
}

bool ControlThread::enqueue(trace::Command command)
{
    {
        std::lock_guard const lock(mutex_);
        if (commands_.size() >= most_waiting_commands)
            return false;
        commands_.push_back(std::move(command));
        waiting_commands_.store(commands_.size(), std::memory_order_relaxed);
    }
    arrived_.notify_one();
    return true;
}

void ControlThread::tell_state_changes()
{
    std::vector<bool> changes;
    {
        std::lock_guard const lock(mutex_);
        changes.swap(state_changes_);
    }
    for (bool const is_paused : changes) {
        if (is_paused != is_paused_ && controller_)
            controller_->to_send += state_line(is_paused);
        is_paused_ = is_paused;
    }
}

bool ControlThread::flush(Controller& controller)
{
    std::size_t sent = 0;
    SocketState const state =
        send_some(controller.socket.get(), std::as_bytes(std::span(controller.to_send)), sent);
    controller.to_send.erase(0, sent);
    return state == SocketState::open && controller.to_send.size() <= most_unread_replies;
}

void ControlThread::dismiss()
{
    if (controller_->holds_machine) {
        std::lock_guard const lock(mutex_); // even past the limit: the machine must go on
        commands_.push_back(trace::Command{trace::Command::Kind::resume, {}});
        waiting_commands_.store(commands_.size(), std::memory_order_relaxed);
        arrived_.notify_one();
    }
    controller_.reset();
}

} // namespace ringside::stream

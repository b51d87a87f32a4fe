// Behind ControlServer: the thread that talks to the controller, and the two queues between it and
// the run loop (commands in, state changes out).
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/base/fd.hpp"
#include "engine/base/result.hpp"
#include "engine/stream/doorbell.hpp"
#include "engine/stream/local_socket.hpp"
#include "engine/trace/command.hpp"

namespace ringside::stream {

/// Whoever is connected.
struct Controller {
    Fd socket;
    std::string received;
    std::string to_send;
    bool skipping_line = false; ///< the rest of one that was too long
    bool holds_machine = false; ///< its last word on the matter was pause or step
};

class ControlThread {
public:
    static Result<std::unique_ptr<ControlThread>> create(std::filesystem::path const& path);
    ~ControlThread();

    std::optional<trace::Command> next_command();
    void wait_for_command(std::uint32_t milliseconds);
    void tell_state(bool is_paused);

private:
    ControlThread(ListeningSocket listener, Doorbell doorbell);

    void run();
    void wait_for_work();
    void admit();
    void listen_to(Controller& controller);
    void take_lines(Controller& controller);
    void obey(Controller& controller, std::string_view line);
    bool enqueue(trace::Command command);
    void tell_state_changes();
    bool flush(Controller& controller); ///< false: it has gone, or never listens
    void dismiss();

    ListeningSocket listener_;
    Doorbell doorbell_;
    std::optional<Controller> controller_;
    std::atomic<std::size_t> waiting_commands_{0};
    std::mutex mutex_; ///< of the queues
    std::condition_variable arrived_;
    std::deque<trace::Command> commands_;
    std::vector<bool> state_changes_;
    bool is_paused_ = false;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

} // namespace ringside::stream

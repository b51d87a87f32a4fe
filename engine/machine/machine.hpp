// One virtual machine: memory, devices, a backend's vCPU, a clock and a scheduler, wired together,
// and the run loop that every reader opens first (machine.cpp).
//
// Not modelled yet: several vCPUs in one machine, breakpoints, snapshots.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>

#include "engine/backend/backend.hpp"
#include "engine/devices/set.hpp"
#include "engine/machine/console.hpp"
#include "engine/machine/guest_image.hpp"
#include "engine/machine/interrupts.hpp"
#include "engine/machine/stepper.hpp"
#include "engine/sched/clock.hpp"
#include "engine/sched/scheduler.hpp"
#include "engine/trace/command.hpp"
#include "engine/trap/exit_span.hpp"
#include "engine/trap/traps.hpp"

namespace ringside::machine {

using trap::Stop;

struct Options {
    std::uint64_t memory_bytes = 16ULL << 20;
    trace::Clock clock = trace::Clock::exits;
    WalkMode walks = WalkMode::at_exits;
    std::uint64_t limit_exits = 0;       ///< 0: none
    double limit_seconds = 0;            ///< of the host's time; 0: none
    std::uint64_t keyframe_every = 1024; ///< exits
    bool start_paused = false;
};

/// What the machine is given from outside; everything must outlive it. Only `input` and `output`
/// are needed.
struct Surroundings {
    ConsoleInput* input = nullptr;
    ConsoleOutput output;
    trace::Sink* sink = nullptr;                    ///< null: no events
    trace::CommandSource* commands = nullptr;       ///< null: nobody controls
    std::atomic<bool> const* interrupted = nullptr; ///< set by a signal handler: stop soon
};

using BackendFactory =
    std::function<Result<std::unique_ptr<backend::Backend>>(memory::GuestMemory&, trace::Tracer&)>;

class Machine {
public:
    static Result<std::unique_ptr<Machine>> create(Options options, GuestImage const& image,
                                                   BackendFactory const& make_backend,
                                                   Surroundings surroundings);

    /// Runs to the machine's end. An error is the host's refusal; what the guest did is a Stop.
    Result<Stop> run();

    std::uint64_t exits() const { return story_.exits(); }
    VirtualTime now() const { return clock_.now(); }
    memory::GuestMemory const& memory() const { return memory_; }
    backend::Vcpu& vcpu() { return *vcpu_; }

private:
    Machine(Options options, Surroundings surroundings);
    Result<void> build(GuestImage const& image, BackendFactory const& make_backend);
    void announce(GuestImage const& image);

    Result<Stop> loop();
    Result<void> after_exit(backend::Exit const& exit, trap::Verdict const& verdict);
    std::optional<Stop> poll_commands();
    void obey(trace::Command const& command);
    void pause(bool paused);
    std::optional<Stop> limit_reached() const;
    std::optional<Stop> idle(bool timer_fired);
    void wait_for_input();
    bool deliver_byte(); ///< one typed byte to the UART, if there is one and it has room
    std::optional<std::uint8_t> next_input_byte();
    Result<void> keyframe();

    static constexpr std::uint64_t never = ~0ULL;

    Options options_;
    Surroundings surroundings_;
    trace::Tracer tracer_;
    memory::GuestMemory memory_;
    devices::Bus ports_;
    devices::Bus mmio_;
    devices::StandardDevices devices_;
    sched::VirtualClock clock_;
    sched::Scheduler scheduler_;
    Interrupts interrupts_;
    trap::Traps traps_;
    trap::ExitStory story_;
    WalkTracer walks_;
    Stepper stepper_;
    std::unique_ptr<backend::Backend> backend_;
    std::unique_ptr<backend::Vcpu> vcpu_;

    std::deque<std::uint8_t> typed_; ///< input that came as a command
    bool paused_ = false;
    bool quit_ = false;
    std::uint64_t pause_at_exit_ = never;
    unsigned fruitless_jumps_ = 0; ///< of time, while halted, since an interrupt was delivered
    std::uint64_t host_deadline_ns_ = 0;
};

} // namespace ringside::machine

// One virtual machine: memory, devices, a backend's vCPU, a clock and a scheduler, wired together,
// and the run loop that every reader opens first (machine.cpp).
//
// run() is the whole life of a machine. A debugger drives it turn by turn instead, and may go back:
// machine_time.cpp. Not modelled yet: several vCPUs in one machine.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/devices/set.hpp"
#include "engine/machine/guest_image.hpp"
#include "engine/machine/held_story.hpp"
#include "engine/machine/history.hpp"
#include "engine/machine/input_log.hpp"
#include "engine/machine/interrupts.hpp"
#include "engine/machine/options.hpp"
#include "engine/machine/state.hpp"
#include "engine/machine/stepper.hpp"
#include "engine/sched/clock.hpp"
#include "engine/sched/scheduler.hpp"
#include "engine/trap/exit_span.hpp"
#include "engine/trap/traps.hpp"

namespace ringside::machine {

class Machine {
public:
    /// Built from the image, or from `beginning`: then of the image only what is told about it
    /// counts, not its segments.
    static Result<std::unique_ptr<Machine>> create(Options options, GuestImage const& image,
                                                   BackendFactory const& make_backend,
                                                   Surroundings surroundings,
                                                   Beginning const* beginning = nullptr);

    /// Runs to the machine's end. An error is the host's refusal; what the guest did is a Stop.
    Result<Stop> run();

    std::uint64_t exits() const { return story_.exits(); }
    VirtualTime now() const { return clock_.now(); }
    memory::GuestMemory const& memory() const { return memory_; }
    backend::Vcpu& vcpu() { return *vcpu_; }
    devices::StandardDevices const& devices() const { return devices_; }
    trace::BackendKind backend() const { return backend_->kind(); }

    // Driven from outside. Between two calls the machine stands still, at a finished instruction or
    // between two exits of one. After an error it can only be destroyed.

    /// One turn of the run loop: to the end of the next exit; or over one instruction, if that
    /// makes no exit; or, while the vCPU is halted, to the next timer. A Stop when the machine is at
    /// its end, and again for every turn after that.
    Result<std::optional<Stop>> turn(Pace pace);
    Position position() const { return {exits(), steps_}; }
    /// The number of the event that will be told next, be it told again.
    std::uint64_t next_sequence() const { return tracer_.next_seq(); }
    /// The stream's last words, for whoever does not use run().
    Result<void> tell_end(Stop const& stop);

    /// All but the memory; nothing in the middle of an instruction that makes several exits.
    Result<std::optional<State>> state();
    /// Typed, and not yet looked at by the guest.
    std::vector<std::uint8_t> typed() const { return {typed_.begin(), typed_.end()}; }

    // Going back needs Options::history_bytes.

    /// The first and the last position to go to; nothing without a history.
    std::optional<std::pair<Position, Position>> reach() const;
    /// Back or forward to a position within reach: right behind that many exits, and so many
    /// instructions further. Errors (Blame::usage): there is no such position; the machine stands.
    Result<void> go_to(Position wanted);
    /// Back over one instruction; false at the beginning of what can be reached.
    Result<bool> back_one_instruction();
    /// Turns repeat what the stream has been told already: they print nothing and tell nothing, and
    /// each is checked against the record.
    bool replaying() const { return history_ && !history_->at_newest(); }
    /// Something is changed while the machine stands: what was ahead will not come about, and the
    /// stream is told that a new branch begins. False: memory is not there.
    Result<void> change_registers(x86::CpuState const& state);
    Result<bool> change_memory(Gpa gpa, std::span<std::byte const> bytes);
    std::uint32_t branch() const { return branch_; } ///< how often the story has branched

private:
    Machine(Options options, Surroundings surroundings);
    Result<void> build(GuestImage const& image, BackendFactory const& make_backend,
                       Beginning const* beginning);
    Result<void> start(GuestImage const& image, x86::CpuState const& state);
    Result<void> go_on(GuestImage const& image, State const& state);
    void announce(GuestImage const& image);

    // machine.cpp: the loop
    Result<Stop> loop();
    Result<std::optional<backend::Exit>> enter(Pace pace, bool injected);
    Result<void> finish(trap::Verdict const& verdict);
    Result<void> after_exit(backend::Exit const& exit, trap::Verdict const& verdict);
    std::optional<Stop> poll_commands();
    void obey(trace::Command const& command);
    void pause(bool paused);
    std::optional<Stop> limit_reached() const;

    // machine_idle.cpp: while every vCPU is halted, and what is typed
    std::optional<Stop> idle(bool timer_fired);
    void wait_for_input();
    bool deliver_byte(); ///< one typed byte to the UART, if there is one and it has room
    std::optional<std::uint8_t> next_input_byte();

    // machine_time.cpp: state, history, branches
    Result<void> keyframe();
    Result<void> put(State const& state);
    Result<void> remember(Way way);
    Result<void> appear(State const& state);
    Result<void> take_up_edits(Pace pace);
    bool ends_where_the_slice_did() const;
    Result<backend::Exit> end_of_slice();
    Result<void> begin_history();
    Result<void> after_edit();
    void tell_branch(trace::BranchCause cause, std::uint64_t exits);

    static constexpr std::uint64_t never = ~0ULL;

    Options options_;
    Surroundings surroundings_;
    HeldStory held_;
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
    InputLog input_;
    bool paused_ = false;
    bool quit_ = false;
    std::uint64_t pause_at_exit_ = never;
    unsigned fruitless_jumps_ = 0; ///< of time, while halted, since an interrupt was delivered
    std::uint64_t host_deadline_ns_ = 0;

    std::uint64_t steps_ = 0;   ///< instructions of this turn that were stepped
    bool exit_is_made_ = false; ///< the exit at hand came from the record, not from the backend
    std::optional<Stop> ended_;
    std::optional<History> history_;
    std::uint32_t branch_ = 0;
};

} // namespace ringside::machine

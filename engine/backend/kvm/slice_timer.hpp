// The bound on one run of guest code: a timer that makes KVM_RUN come back.
//
// A POSIX timer counts the CPU time of the vCPU's thread, guest code included, and sends that
// thread a real-time signal. The handler sets kvm_run.immediate_exit, so that a signal which
// arrives just before KVM_RUN is not lost: KVM reads the field first thing (KVM API: "The kvm_run
// structure"). The signal is SIGRTMIN+3; its handler is installed once in a process and ignores
// signals that are not a timer's. It breaks off nobody else's waiting: while a thread waits, its
// CPU time stands still.
//
// The timer is armed once and then left alone; only when it has rung is it armed again. An exit
// therefore costs no system call, and a run is cut at the second ring: after one to two slices.
#pragma once

#include <atomic>
#include <cstdint>

#include <pthread.h>
#include <time.h>

#include "engine/base/result.hpp"

namespace ringside::kvm {

class SliceTimer {
public:
    /// `immediate_exit` is the field of the run page. Must be destroyed by the thread that armed it
    /// last, or after that thread ended.
    SliceTimer(std::uint8_t volatile& immediate_exit, std::uint64_t slice_microseconds);
    SliceTimer(SliceTimer const&) = delete;
    SliceTimer& operator=(SliceTimer const&) = delete;
    ~SliceTimer();

    /// The calling thread is about to run guest code. Cheap when the timer still counts for it.
    Result<void> arm();
    /// True once for each ring. Clears immediate_exit.
    bool take_ring();
    /// Sets immediate_exit for a run of our own, and takes it back without losing a ring.
    void force_exit() { bell_.immediate_exit = 1; }
    void end_forced_exit();

    /// What the signal handler knows of a timer.
    struct Bell {
        std::uint8_t volatile& immediate_exit;
        std::atomic<bool> rung{false};
    };

private:
    Result<void> follow_this_thread();
    void remove();

    Bell bell_;
    std::uint64_t slice_microseconds_;
    timer_t timer_{};
    pthread_t thread_{}; ///< whose time is counted; meaningless while !exists_
    bool exists_ = false;
    bool armed_ = false;
};

} // namespace ringside::kvm

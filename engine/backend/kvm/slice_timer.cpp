// timer_create(2) with SIGEV_THREAD_ID: the one way to aim a timer's signal at a thread. The
// timer's value carries the address of the bell, so that the handler needs no state of its own.
#include "engine/backend/kvm/slice_timer.hpp"

#include "engine/base/assert.hpp"

#include <cerrno>

#include <signal.h>
#include <unistd.h>

// glibc before 2.36 has the kernel's field but not its name. timer_create(2), "sigevent".
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

namespace ringside::kvm {

namespace {

static_assert(std::atomic<bool>::is_always_lock_free, "the handler must not take a lock");

int slice_signal()
{
    return SIGRTMIN + 3;
}

void ring(int, siginfo_t* info, void*)
{
    if (info->si_code != SI_TIMER)
        return; // sent by somebody else: it carries no bell of ours
    auto* const bell = static_cast<SliceTimer::Bell*>(info->si_value.sival_ptr);
    bell->rung = true;
    bell->immediate_exit = 1;
}

/// Once in a process. The handler keeps no state of its own.
int install_handler()
{
    struct sigaction action = {};
    action.sa_sigaction = ring;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigemptyset(&action.sa_mask);
    return sigaction(slice_signal(), &action, nullptr) == 0 ? 0 : errno;
}

} // namespace

SliceTimer::SliceTimer(std::uint8_t volatile& immediate_exit, std::uint64_t slice_microseconds)
    : bell_{.immediate_exit = immediate_exit}, slice_microseconds_(slice_microseconds)
{
    ASSERT(slice_microseconds > 0);
}

SliceTimer::~SliceTimer()
{
    remove();
}

void SliceTimer::remove()
{
    if (exists_)
        timer_delete(timer_);
    exists_ = false;
    armed_ = false;
}

Result<void> SliceTimer::follow_this_thread()
{
    remove();
    static int const handler_error = install_handler();
    if (handler_error != 0)
        return fail(host_error("install the handler of the slice timer", handler_error));

    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, slice_signal());
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);

    sigevent event = {};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = slice_signal();
    event.sigev_value.sival_ptr = &bell_;
    event.sigev_notify_thread_id = ::gettid();
    if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer_) != 0)
        return fail(host_error("create the slice timer", errno));
    exists_ = true;
    thread_ = pthread_self();
    return {};
}

Result<void> SliceTimer::arm()
{
    if (!exists_ || pthread_equal(thread_, pthread_self()) == 0)
        TRY(follow_this_thread());
    if (armed_)
        return {};
    constexpr std::uint64_t second = 1'000'000;
    itimerspec when = {};
    when.it_value.tv_sec = static_cast<time_t>(slice_microseconds_ / second);
    when.it_value.tv_nsec = static_cast<long>(slice_microseconds_ % second * 1000);
    if (timer_settime(timer_, 0, &when, nullptr) != 0)
        return fail(host_error("arm the slice timer", errno));
    armed_ = true;
    return {};
}

// Between a ring and the next arm() the timer is silent, so the three stores need no order.
bool SliceTimer::take_ring()
{
    if (!bell_.rung)
        return false;
    armed_ = false;
    bell_.rung = false;
    bell_.immediate_exit = 0;
    return true;
}

// First the store, then the question: a ring that comes between the two is seen by the question.
void SliceTimer::end_forced_exit()
{
    bell_.immediate_exit = 0;
    if (bell_.rung)
        bell_.immediate_exit = 1;
}

} // namespace ringside::kvm

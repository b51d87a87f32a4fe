// Signals are for the vCPU thread: its timer must not be delivered to the threads of this room, and
// a closed pipe or a full disk is an errno to them, not a signal. A new thread inherits its
// creator's mask, so it is created under one of these.
#pragma once

#include <csignal>

namespace ringside::stream {

class SignalsBlocked {
public:
    SignalsBlocked()
    {
        sigset_t everything;
        ::sigfillset(&everything);
        ::pthread_sigmask(SIG_SETMASK, &everything, &before_);
    }
    SignalsBlocked(SignalsBlocked const&) = delete;
    SignalsBlocked& operator=(SignalsBlocked const&) = delete;
    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

} // namespace ringside::stream

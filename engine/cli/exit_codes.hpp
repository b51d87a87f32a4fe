// The exit codes of every command (README, "Exit codes"). 0 to 63 are the guest's own.
#pragma once

#include "engine/base/result.hpp"

namespace ringside::cli {

enum ExitCode : int {
    ok = 0,
    usage = 64,
    bad_input = 65,
    unavailable = 69,
    our_fault = 70,
    limit = 75,
};

constexpr int exit_code_of(Blame blame)
{
    switch (blame) {
    case Blame::usage:
        return usage;
    case Blame::input:
        return bad_input;
    case Blame::unavailable:
        return unavailable;
    case Blame::host:
        return our_fault;
    }
    return our_fault;
}

} // namespace ringside::cli

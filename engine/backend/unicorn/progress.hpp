// How far the guest is: the exact count of its instructions, the count at which to stop, and the
// instruction at hand. Budgets, single steps and the `instructions` clock rest on it.
//
// A REP counts once for each iteration, and once more for finding its count used up.
#pragma once

#include <cstdint>

namespace ringside::unicorn {

struct Progress {
    std::uint64_t executed = 0;
    std::uint64_t limit = 0;  ///< the run ends before the instruction that would exceed it
    std::uint64_t linear = 0; ///< address of the instruction that was looked at last

    bool exhausted() const { return executed >= limit; }
    void allow(std::uint64_t more) { limit = executed + more; }
    void stop_before_next() { limit = executed; }
};

} // namespace ringside::unicorn

// The floor under our measurements: what KVM costs with nothing of ours around it. Used by
// `ringside bench` only, which never quotes a time of ours without it.
#pragma once

#include <cstdint>

#include "engine/base/result.hpp"

namespace ringside::kvm {

struct RawTimes {
    double start_ns = 0; ///< from opening /dev/kvm to the first exit
    double exit_ns = 0;  ///< mean of KVM_RUN to an OUT and back
};

/// A VM with one page of code, `out %al, $0x80; jmp` in real mode, run for `exits` exits.
Result<RawTimes> raw_port_out_loop(std::uint64_t exits);

/// Mean nanoseconds for one single-stepped instruction of `inc %bx; jmp` in real mode, registers
/// read from the run page after each, as a stepper must.
Result<double> raw_step_loop(std::uint64_t steps);

} // namespace ringside::kvm

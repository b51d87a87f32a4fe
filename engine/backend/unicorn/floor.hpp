// The floor under our measurements: what the library costs with nothing of ours around it. Used by
// `ringside bench` only.
#pragma once

#include <cstdint>

#include "engine/base/result.hpp"

namespace ringside::unicorn {

struct RawTimes {
    double start_ns = 0; ///< from uc_open to the first stop
    double exit_ns = 0;  ///< mean of uc_emu_start to a stop before an OUT, and on behind it
};

/// A 16-bit loop of `out %al, $0x80; jmp`, stopped by a code hook at each OUT, `exits` times.
Result<RawTimes> raw_port_out_loop(std::uint64_t exits);

} // namespace ringside::unicorn

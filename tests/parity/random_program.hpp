// Small random guest programs: arithmetic, memory, branches, port I/O, device registers, faults. The same seed
// always gives the same program.
//
// Flags that the SDM leaves undefined after an instruction are defined again by a comparison before anything
// can see them, so two correct CPUs must agree on every bit.
#pragma once

#include <cstdint>

#include "engine/machine/guest_image.hpp"

namespace ringside::tests {

machine::GuestImage random_program(std::uint32_t seed, machine::StartMode mode);

} // namespace ringside::tests

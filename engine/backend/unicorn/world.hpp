// A world: everything about the guest's mode and segments that changes what a plain instruction
// does.
//
//   privilege         decides which pages may be touched
//   code size         16, 32 or 64 bits: what the bytes mean
//   stack size        whether PUSH moves SP or ESP
//   segment bases     added to every address outside 64-bit code
//
// Two CPU states with equal worlds run alike, whatever their selectors, limits and control
// registers say. FS and GS are not part of it: the library lets us write their bases directly.
#pragma once

#include <array>
#include <cstdint>

#include "engine/x86/cpu_state.hpp"

namespace ringside::unicorn {

struct World {
    std::uint8_t privilege = 0;
    x86::CodeSize code_size = x86::CodeSize::bits64;
    bool wide_stack = false;
    std::uint64_t es_base = 0, cs_base = 0, ss_base = 0, ds_base = 0;

    static World of(x86::CpuState const& state);
    bool operator==(World const&) const = default;
};

} // namespace ringside::unicorn

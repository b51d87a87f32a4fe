// x87, MMX and SSE registers on their way from one world to the next.
//
// They live in the library, not in CpuState: no sensitive instruction touches them. A change of
// worlds replaces all of the library's registers, so they are carried over; but only once the guest
// has used them, as a lazy operating system does it with CR0.TS. Not modelled: AVX, the x87
// instruction and data pointers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/backend/unicorn/engine.hpp"

namespace ringside::unicorn {

class Fpu {
public:
    explicit Fpu(Engine& engine);

    bool in_use() const { return in_use_; }
    void set_in_use() { in_use_ = true; }

    void save(); ///< out of the library, when in use
    void load(); ///< back into it

private:
    static constexpr std::size_t count = 16 + 8 + 4; ///< XMM, ST, and four control words
    Engine& engine_;
    bool in_use_ = false;
    std::array<int, count> names_{};
    std::array<std::array<std::byte, 16>, count> values_{};
    std::array<void*, count> places_{};
};

} // namespace ringside::unicorn

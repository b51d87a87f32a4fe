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
#include "engine/x86/fpu_state.hpp"

namespace ringside::unicorn {

class Fpu {
public:
    explicit Fpu(Engine& engine);

    bool in_use() const { return in_use_; }
    /// The guest is about to use them, for the first time perhaps: they are as after FNINIT then,
    /// which the library leaves undone.
    void set_in_use();

    void save(); ///< out of the library, when in use
    void load(); ///< back into it

    /// The registers as they are in the library now, for a saved vCPU; and back.
    x86::FpuState state();
    void set_state(x86::FpuState const& state);

private:
    // Places in the lists below: XMM, four control words, and the x87 registers by number.
    static constexpr std::size_t mxcsr = 16, control = 17, status = 18, tags = 19, x87 = 20;
    static constexpr std::size_t count = x87 + 8;
    void put(x86::FpuState const& state);
    template <typename T>
    T word(std::size_t place) const;
    void set_word(std::size_t place, std::uint64_t value);

    Engine& engine_;
    bool in_use_ = false;
    std::array<int, count> names_{};
    std::array<std::array<std::byte, 16>, count> values_{};
    std::array<void*, count> places_{};
};

} // namespace ringside::unicorn

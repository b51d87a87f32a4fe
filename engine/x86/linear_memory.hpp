// Guest memory as the CPU's own microcode sees it while it delivers an interrupt or loads a
// descriptor: by linear address, through paging, with accessed and dirty bits set, a page at a
// time.
//
// Not modelled: such accesses to memory-mapped devices. They read all ones and write nowhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/guest_memory.hpp"
#include "engine/x86/cpu_state.hpp"
#include "engine/x86/fault.hpp"
#include "engine/x86/paging.hpp"

namespace ringside::x86 {

class LinearMemory {
public:
    /// Both must outlive this. The state's control registers are read at every access.
    LinearMemory(memory::GuestMemory& memory, CpuState const& state)
        : memory_(memory), state_(state)
    {
    }

    /// A little-endian integer of 1 to 8 bytes. Faults: #PF with its error code and CR2, #GP(0) for
    /// a non-canonical address. A faulting write changes nothing, even when it crosses a page.
    Outcome<std::uint64_t> read(std::uint64_t linear, unsigned width, Privilege privilege) const;
    Outcome<void> write(std::uint64_t linear, std::uint64_t value, unsigned width,
                        Privilege privilege);

    /// Instruction bytes from `linear` on, as many as can be fetched without a fault (0 to 15).
    /// Sets no accessed bits.
    std::size_t fetch(std::uint64_t linear, std::span<std::uint8_t> bytes,
                      Privilege privilege) const;

private:
    memory::GuestMemory& memory_;
    CpuState const& state_;
};

} // namespace ringside::x86

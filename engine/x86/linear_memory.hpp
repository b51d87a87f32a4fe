// Guest memory as the CPU's own microcode sees it while it delivers an interrupt or loads a
// descriptor: by linear address, through paging, with accessed and dirty bits set, a page at a
// time.
//
// Not modelled: such accesses to memory-mapped devices. They read all ones and write nowhere.
#pragma once

#include <array>
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

    /// The same for descriptor tables and the TSS: always as supervisor, whatever the CPL, and
    /// RFLAGS.AC does not lift SMAP.
    Outcome<std::uint64_t> read_table(std::uint64_t linear, unsigned width) const;
    Outcome<void> write_table(std::uint64_t linear, std::uint64_t value, unsigned width);

    /// Past the tables: for entries the CPU finds by their physical address. All ones where no RAM
    /// is.
    std::uint64_t read_physical(Gpa gpa, unsigned width) const;

    /// Instruction bytes from `linear` on, as many as can be fetched without a fault (0 to 15).
    /// Sets no accessed bits.
    std::size_t fetch(std::uint64_t linear, std::span<std::uint8_t> bytes,
                      Privilege privilege) const;

private:
    /// The part of an access that lies in one page.
    struct Piece {
        Gpa gpa;
        unsigned size = 0;
    };
    using Pieces = std::array<Piece, 2>;

    std::uint64_t wrap(std::uint64_t linear) const;
    Paging table_paging() const;
    Outcome<Pieces> translate(Paging const& paging, std::uint64_t linear, unsigned width,
                              Access access, Privilege privilege) const;
    std::uint64_t load(Pieces const& pieces) const;
    void store(Pieces const& pieces, std::uint64_t value);

    memory::GuestMemory& memory_;
    CpuState const& state_;
};

} // namespace ringside::x86

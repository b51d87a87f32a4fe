// The page walk: from a linear address to a guest-physical one, with every step it took.
//
//   4-level  | sign 16 | PML4 9 | PDPT 9 | PD 9 | PT 9 | offset 12 |   1G pages at PDPT, 2M at PD
//   PAE                         | PDPT 2 | PD 9 | PT 9 | offset 12 |   2M pages at PD
//   32-bit                             | PD 10 | PT 10 | offset 12 |   4M pages at PD, if CR4.PSE
//   none     linear = physical
//
// SDM Vol. 3A, "Paging". A walk is a pure function of guest memory and the control registers;
// setting accessed and dirty bits is a second, separate call. PSE-36 is modelled: bits 20:13 of a
// 4M entry are address bits 39:32. A table that lies outside memory reads as "not present", which
// is what KVM's own walker makes of it. Not modelled: 5-level paging, PCIDs, protection keys, PAT
// and memory types (the PAT bits are ignored), the PDPTE registers of PAE (entries are read at each
// walk, so a reserved bit in one is a #PF and not a #GP of MOV CR3), locked updates of entries.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "engine/base/ids.hpp"
#include "engine/memory/guest_memory.hpp"
#include "engine/trace/events.hpp"
#include "engine/x86/cpu_state.hpp"

namespace ringside::x86 {

using trace::WalkProblem;

enum class Privilege : std::uint8_t { supervisor, user };
using Access = trace::WalkAccess; ///< read, write or fetch

/// What decides a translation besides the tables themselves.
struct Paging {
    PagingMode mode = PagingMode::none;
    std::uint64_t cr3 = 0;
    bool write_protect = false;        ///< CR0.WP
    bool page_size_extensions = false; ///< CR4.PSE
    bool no_execute = false;           ///< EFER.NXE
    bool smep = false;
    bool smap = false;           ///< CR4.SMAP; overridden by RFLAGS.AC, given as smap = false
    unsigned physical_bits = 40; ///< MAXPHYADDR as our CPUID table says

    /// As the state's control registers say. RFLAGS.AC lifts SMAP for every supervisor access,
    /// also for the implicit ones (descriptor tables, TSS), which hardware still holds to it.
    static Paging of(CpuState const& state);
    bool operator==(Paging const&) const = default;
};

struct Entry {
    Gpa address;             ///< where the entry lies
    std::uint64_t value = 0; ///< as it was read
    std::uint8_t level = 0;  ///< 4 PML4, 3 PDPT, 2 PD, 1 PT
    bool operator==(Entry const&) const = default;
};

/// What the accumulated entries allow for any access, so that a TLB can keep it.
struct Rights {
    bool writable = false;
    bool user = false;
    bool executable = false;
    bool operator==(Rights const&) const = default;
};

struct Walk {
    Gva gva;
    Access access = Access::read;
    Privilege privilege = Privilege::supervisor;
    PagingMode mode = PagingMode::none;
    std::array<Entry, 4> entries{};
    std::uint8_t depth = 0;       ///< entries used, from the root down
    std::uint8_t page_shift = 12; ///< 12, 21, 22 or 30
    WalkProblem problem = WalkProblem::none;
    std::uint8_t error_code = 0; ///< of the #PF, when `problem` is one that faults with #PF
    Gpa gpa{};                   ///< valid when ok()
    Rights rights{};             ///< valid when ok(), or when the problem is one of rights

    bool ok() const { return problem == WalkProblem::none; }
    std::span<Entry const> steps() const { return std::span(entries.data(), depth); }
    /// The page is already marked dirty, so a write needs no further update of the tables.
    bool dirty() const;
};

/// Bits 63 to 47 are all alike: what a linear address of 4-level paging must be.
bool is_canonical(std::uint64_t linear);

/// The rule that forbids this access to a page with these rights, or none.
/// SDM Vol. 3A, "Determination of Access Rights".
WalkProblem forbidden(Rights rights, Paging const& paging, Access access, Privilege privilege);

/// Walks. Never writes. non_canonical is a #GP (or #SS), every other problem a #PF. Outside 4-level
/// paging only the low 32 bits of `gva` count.
Walk walk(memory::GuestMemory const& memory, Paging const& paging, Gva gva, Access access,
          Privilege privilege);

/// Sets the accessed bits of a successful walk, and the dirty bit if it was a write, in guest
/// memory and in `walk`. Entries in read-only memory keep their value there, and the access goes
/// on. SDM Vol. 3A, "Accessed and Dirty Flags".
void set_accessed_and_dirty(memory::GuestMemory& memory, Paging const& paging, Walk& walk);

/// The event that tells this walk. Entries are told as they are in `walk`: make the event before
/// accessed and dirty bits are set.
trace::PageWalk to_event(Walk const& walk, Paging const& paging, trace::WalkOrigin origin);

} // namespace ringside::x86

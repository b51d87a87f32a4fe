// A small translation cache of our own, for walk-tracing mode: both backends run the same one, so
// that "a TLB miss happened here" means the same on both. It says nothing about the hardware's real
// TLB.
//
// Direct-mapped by page number; keeps CPL-independent rights. Flushed by MOV CR3 and changes of
// CR0, CR4 and EFER that it sees between two instructions, and by INVLPG for one page.
#pragma once

#include <array>
#include <cstdint>

#include "engine/x86/paging.hpp"

namespace ringside::x86 {

class ModelTlb {
public:
    static constexpr std::size_t entries = 64;

    /// True when a translation for this access is cached with sufficient rights (and already dirty
    /// for a write).
    bool hit(Gva gva, Access access, Privilege privilege) const;
    void insert(Walk const& walk);
    void flush();
    void flush_page(Gva gva);
    /// Flushes when what decides translations changed since the last call.
    void follow(Paging const& paging);

private:
    struct Slot {
        bool valid = false;
        std::uint64_t page = 0;
        Rights rights;
        bool dirty = false;
    };
    std::array<Slot, entries> slots_{};
    Paging paging_{};
};

} // namespace ringside::x86

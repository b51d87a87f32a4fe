// A small translation cache of our own, for walk-tracing mode: both backends run the same one, so
// that "a TLB miss happened here" means the same on both. It says nothing about the hardware's real
// TLB.
//
// Direct-mapped by 4-KiB page number, so a large page takes a slot for each piece of it that is
// used; keeps CPL-independent rights. Flushed by MOV CR3 and changes of CR0, CR4 and EFER that it
// sees between two instructions, and by INVLPG for one page. Not modelled: global pages (flushed
// with the others), caches of the upper tables.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/x86/paging.hpp"

namespace ringside::x86 {

class ModelTlb {
public:
    static constexpr std::size_t entries = 64;

    struct Slot {
        bool valid = false;
        std::uint64_t page = 0;       ///< 4-KiB page number
        std::uint8_t page_shift = 12; ///< of the page the tables map
        Rights rights{};
        bool dirty = false;
    };
    struct State {
        std::array<Slot, entries> slots{};
        Paging paging{};
    };
    State state() const { return {slots_, paging_}; }
    void restore(State const& state)
    {
        slots_ = state.slots;
        paging_ = state.paging;
    }

    /// True when a translation for this access is cached with sufficient rights (and already dirty
    /// for a write), under the control bits last given to follow().
    bool hit(Gva gva, Access access, Privilege privilege) const;
    /// Only successful walks are cached.
    void insert(Walk const& walk);
    void flush();
    void flush_page(Gva gva);
    /// Flushes when what decides translations changed since the last call. SMAP alone flushes
    /// nothing: it follows RFLAGS.AC, which STAC and CLAC change all the time.
    void follow(Paging const& paging);

private:
    std::array<Slot, entries> slots_{};
    Paging paging_{};
};

} // namespace ringside::x86

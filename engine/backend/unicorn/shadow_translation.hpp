// Shadow translations: what the library's CPU believes about addresses.
//
//   guest tables ──(our walk)──► gpa ──(memory slots)──► RAM, ROM, or the device window
//
// The library keeps a translation cache and asks us whenever it misses. Each answer comes from one
// walk of the guest's tables, the *observed* page walk of the stream, and grants only what needs no
// further notice: the right to write is kept back until the first write, which sets the dirty bit
// and marks the page for collect_dirty_pages(); the right to execute until the first fetch, which
// marks the page as code.
//
// A fetch that cannot be translated is answered too, with the barrier page: the library translates
// code ahead of running it, so a refusal would raise faults for instructions that are never
// reached. The finder stops before an instruction whose bytes are not there, and only then it is a
// fault.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_set>

#include "engine/backend/unicorn/code_invalidation.hpp"
#include "engine/backend/unicorn/code_pages.hpp"
#include "engine/backend/unicorn/engine.hpp"
#include "engine/backend/unicorn/layout.hpp"
#include "engine/backend/unicorn/progress.hpp"
#include "engine/trace/tracer.hpp"
#include "engine/x86/fault.hpp"
#include "engine/x86/paging.hpp"

namespace ringside::unicorn {

class ShadowTranslation {
public:
    ShadowTranslation(Engine& engine, memory::GuestMemory& memory, trace::Tracer& tracer,
                      CodePages& code, CodeInvalidation& invalidation, Progress& progress)
        : engine_(engine),
          memory_(memory),
          tracer_(tracer),
          code_(code),
          invalidation_(invalidation),
          progress_(progress)
    {
    }
    Result<void> install();

    /// Before a run: takes over the registers that decide translations, and flushes if they
    /// changed.
    void follow(x86::CpuState const& state);
    void flush();
    /// The next write to each page shall be noticed again. Nothing else changes, and what was told
    /// stays told.
    void notice_next_writes();

    /// The instruction at `linear` really runs: its page becomes accessed. Not before, because the
    /// library translates code that may never be reached.
    void fetched(std::uint64_t linear)
    {
        if (linear / layout::page_size != fetched_page_) [[unlikely]]
            mark_fetched(linear);
    }

    /// A data access of the current instruction that was refused, once. The library tells the page
    /// only; faulting_access.hpp finds the address.
    struct Refused {
        std::uint64_t page = 0; ///< its linear address
        x86::Access access = x86::Access::read;
    };
    std::optional<Refused> take_refused();

    /// Walks for our own purposes: sets no bits, tells nobody.
    x86::Walk peek(std::uint64_t linear, x86::Access access) const;
    /// The host page of RAM or ROM there, or null.
    std::byte const* host_page(Gpa gpa) const;
    std::uint64_t fills() const { return fills_; }

private:
    static bool on_fill(uc_engine*, std::uint64_t linear, uc_mem_type type, uc_tlb_entry* entry,
                        void* self);
    bool fill(std::uint64_t linear, x86::Access access, uc_tlb_entry& entry);
    bool fill_hidden(std::uint64_t linear, uc_tlb_entry& entry) const;
    bool refuse(x86::Walk const& walk, uc_tlb_entry& entry);
    void grant_ram(x86::Walk const& walk, memory::Slot const& slot, uc_tlb_entry& entry);
    void look_for_stores_into_code(Gpa page, unsigned rights);
    void grant_device(x86::Walk const& walk, uc_tlb_entry& entry) const;
    void grant_barrier(std::uint64_t linear, uc_tlb_entry& entry);
    bool may_write(x86::Walk const& walk) const;
    void tell(x86::Walk const& walk);
    void mark_fetched(std::uint64_t linear);

    static constexpr std::uint64_t no_page = ~0ULL;

    Engine& engine_;
    memory::GuestMemory& memory_;
    trace::Tracer& tracer_;
    CodePages& code_;
    CodeInvalidation& invalidation_;
    Progress& progress_;
    x86::Paging paging_;
    x86::Privilege privilege_ = x86::Privilege::supervisor;
    std::optional<Refused> refused_;
    std::unordered_set<std::uint64_t> told_;      ///< walks in the stream since the last flush
    std::unordered_set<std::uint64_t> stored_to_; ///< pages, since the last flush
    bool watch_due_ = false;
    std::uint64_t fills_ = 0;
    std::uint64_t fetched_page_ = no_page; ///< number of the page that ran last
};

/// The exception a failed walk raises: #GP(0) for a non-canonical address, else #PF.
x86::Fault to_fault(x86::Walk const& walk);

} // namespace ringside::unicorn

#include "engine/backend/unicorn/shadow_translation.hpp"

#include <utility>

#include "engine/backend/unicorn/layout.hpp"
#include "engine/base/assert.hpp"
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"

namespace ringside::unicorn {

namespace {

x86::Access to_access(uc_mem_type type)
{
    switch (type) {
    case UC_MEM_WRITE:
    case UC_MEM_WRITE_PROT:
        return x86::Access::write;
    case UC_MEM_FETCH:
    case UC_MEM_FETCH_PROT:
        return x86::Access::fetch;
    default: // an enumeration of the library's, open at its end: all others read
        return x86::Access::read;
    }
}

void grant(uc_tlb_entry& entry, std::uint64_t physical, unsigned rights)
{
    entry.paddr = align_down(physical, layout::page_size);
    entry.perms = static_cast<uc_prot>(rights);
}

} // namespace

x86::Fault to_fault(x86::Walk const& walk)
{
    if (walk.problem == x86::WalkProblem::non_canonical)
        return {.vector = x86::vector::gp, .error_code = std::uint16_t{0}, .cr2 = 0};
    return {.vector = x86::vector::pf,
            .error_code = std::uint16_t{walk.error_code},
            .cr2 = walk.gva.value};
}

Result<void> ShadowTranslation::install()
{
    return engine_.add_hook(UC_HOOK_TLB_FILL, reinterpret_cast<void*>(&on_fill), this);
}

void ShadowTranslation::follow(x86::CpuState const& state)
{
    privilege_ = state.cpl() == 3 ? x86::Privilege::user : x86::Privilege::supervisor;
    code_.set_privilege(privilege_);
    x86::Paging const paging = x86::Paging::of(state);
    bool const watch = std::exchange(watch_due_, false);
    if (watch)
        engine_.watch_stores();
    if (paging == paging_ && !watch)
        return;
    paging_ = paging;
    flush();
}

void ShadowTranslation::flush()
{
    notice_next_writes();
    told_.clear();
}

void ShadowTranslation::notice_next_writes()
{
    engine_.flush_translations();
    code_.forget();
    stored_to_.clear();
    fetched_page_ = no_page;
}

void ShadowTranslation::mark_fetched(std::uint64_t linear)
{
    fetched_page_ = linear / layout::page_size;
    if (!code_.first_run(linear))
        return;
    x86::Walk walk = peek(linear, x86::Access::fetch);
    if (walk.ok())
        x86::set_accessed_and_dirty(memory_, paging_, walk);
}

std::optional<ShadowTranslation::Refused> ShadowTranslation::take_refused()
{
    return std::exchange(refused_, std::nullopt);
}

x86::Walk ShadowTranslation::peek(std::uint64_t linear, x86::Access access) const
{
    return x86::walk(memory_, paging_, Gva(linear), access, privilege_);
}

std::byte const* ShadowTranslation::host_page(Gpa gpa) const
{
    Gpa const page(align_down(gpa.value, layout::page_size));
    std::span<std::byte> const host = memory_.host_bytes(page, layout::page_size);
    return host.empty() ? nullptr : host.data();
}

bool ShadowTranslation::on_fill(uc_engine*, std::uint64_t linear, uc_mem_type type,
                                uc_tlb_entry* entry, void* self)
{
    auto& translation = *static_cast<ShadowTranslation*>(self);
    if (translation.engine_.hidden())
        return translation.fill_hidden(linear, *entry);
    return translation.fill(linear, to_access(type), *entry);
}

// [book: shadow-fill]
bool ShadowTranslation::fill(std::uint64_t linear, x86::Access access, uc_tlb_entry& entry)
{
    ++fills_;
    x86::Walk walk = x86::walk(memory_, paging_, Gva(linear), access, privilege_);
    tell(walk);
    if (!walk.ok())
        return refuse(walk, entry);
    if (access != x86::Access::fetch) // see fetched()
        x86::set_accessed_and_dirty(memory_, paging_, walk);

    memory::Slot const* const slot = memory_.find(walk.gpa);
    bool const ram = slot != nullptr && !slot->host.empty();
    bool const rom_write =
        ram && slot->kind == memory::SlotKind::read_only && access == x86::Access::write;
    if (ram && !rom_write)
        grant_ram(walk, *slot, entry);
    else if (access == x86::Access::fetch)
        grant_barrier(linear, entry);
    else
        grant_device(walk, entry);
    return true;
}
// [/book: shadow-fill]

/// The hidden pages, and the window through which translated code is named to be forgotten.
bool ShadowTranslation::fill_hidden(std::uint64_t linear, uc_tlb_entry& entry) const
{
    std::uint64_t const hidden = linear - layout::hidden_linear;
    std::uint64_t const window = linear - layout::forget_window;
    if (hidden < layout::hidden_size)
        grant(entry, layout::hidden_physical + hidden, UC_PROT_ALL);
    else if (window < layout::guest_physical_size)
        grant(entry, window, UC_PROT_EXEC);
    else
        return false;
    return true;
}

bool ShadowTranslation::refuse(x86::Walk const& walk, uc_tlb_entry& entry)
{
    if (walk.access == x86::Access::fetch) {
        grant_barrier(walk.gva.value, entry);
        return true;
    }
    refused_ = Refused{align_down(walk.gva.value, layout::page_size), walk.access};
    return false;
}

void ShadowTranslation::grant_ram(x86::Walk const& walk, memory::Slot const& slot,
                                  uc_tlb_entry& entry)
{
    Gpa const page(align_down(walk.gpa.value, layout::page_size));
    unsigned rights = UC_PROT_READ;
    if (walk.access == x86::Access::fetch) {
        rights |= UC_PROT_EXEC;
        invalidation_.mark_code(page);
        code_.remember(walk.gva.value, slot.host.data() + (page.value - slot.start.value));
    }
    if (walk.access == x86::Access::write)
        memory_.mark_dirty(page, layout::page_size);
    if (slot.kind == memory::SlotKind::ram && memory_.is_dirty(page) && may_write(walk))
        rights |= UC_PROT_WRITE;
    look_for_stores_into_code(page, rights);
    grant(entry, page.value, rights);
}

/// The first page that both holds code and is stored to: from the next instruction on, stores are
/// watched. Mappings that were stored through before no longer are, and so are dropped.
void ShadowTranslation::look_for_stores_into_code(Gpa page, unsigned rights)
{
    if (engine_.watches_stores())
        return;
    if ((rights & UC_PROT_WRITE) != 0)
        stored_to_.insert(page.value);
    if (invalidation_.is_code(page) && stored_to_.contains(page.value)) {
        watch_due_ = true;
        progress_.stop_before_next();
    }
}

void ShadowTranslation::grant_device(x86::Walk const& walk, uc_tlb_entry& entry) const
{
    bool const rom = host_page(walk.gpa) != nullptr; // a write: its reads go to memory
    unsigned rights = rom ? UC_PROT_NONE : UC_PROT_READ;
    if (may_write(walk))
        rights |= UC_PROT_WRITE;
    grant(entry, layout::device_window + walk.gpa.value, rights);
}

void ShadowTranslation::grant_barrier(std::uint64_t linear, uc_tlb_entry& entry)
{
    code_.raise_barrier(linear);
    grant(entry, layout::barrier_physical, UC_PROT_READ | UC_PROT_EXEC);
}

/// A write now would succeed, and would find the dirty bit set already.
bool ShadowTranslation::may_write(x86::Walk const& walk) const
{
    return walk.dirty() && x86::forbidden(walk.rights, paging_, x86::Access::write, privilege_) ==
                               x86::WalkProblem::none;
}

/// Each translation is told once between two flushes. The library's cache is bounded and resized by
/// the host's clock: how often it asks again is its own affair, and differs from run to run.
void ShadowTranslation::tell(x86::Walk const& walk)
{
    if (!tracer_.on())
        return;
    std::uint64_t const key = align_down(walk.gva.value, layout::page_size) |
                              static_cast<std::uint64_t>(walk.access) << 1 |
                              static_cast<std::uint64_t>(walk.privilege);
    if (told_.insert(key).second || !walk.ok())
        tracer_.emit(x86::to_event(walk, paging_, trace::WalkOrigin::observed));
}

} // namespace ringside::unicorn

// A slot keeps what the tables allow, not what was asked: the rights are judged again at every hit,
// with the control bits of that moment, as hardware does.
#include "engine/x86/model_tlb.hpp"

namespace ringside::x86 {

namespace {

constexpr unsigned small_page_shift = 12;

std::uint64_t page_number(Gva gva)
{
    return gva.value >> small_page_shift;
}

} // namespace

bool ModelTlb::hit(Gva gva, Access access, Privilege privilege) const
{
    Slot const& slot = slots_[page_number(gva) % entries];
    if (!slot.valid || slot.page != page_number(gva))
        return false;
    if (access == Access::write && !slot.dirty)
        return false; // hardware walks once more, to set the dirty bit
    return forbidden(slot.rights, paging_, access, privilege) == WalkProblem::none;
}

void ModelTlb::insert(Walk const& walk)
{
    if (!walk.ok())
        return;
    slots_[page_number(walk.gva) % entries] =
        Slot{.valid = true,
             .page = page_number(walk.gva),
             .page_shift = walk.page_shift,
             .rights = walk.rights,
             .dirty = walk.dirty() || walk.access == Access::write};
}

void ModelTlb::flush()
{
    slots_.fill(Slot{});
}

// SDM Vol. 2A, INVLPG: the whole page goes, however many pieces of a large one are cached.
void ModelTlb::flush_page(Gva gva)
{
    for (Slot& slot : slots_) {
        std::uint64_t const start = slot.page << small_page_shift;
        if (start >> slot.page_shift == gva.value >> slot.page_shift)
            slot.valid = false;
    }
}

void ModelTlb::follow(Paging const& paging)
{
    Paging before = paging_;
    before.smap = paging.smap;
    if (before != paging)
        flush();
    paging_ = paging;
}

} // namespace ringside::x86

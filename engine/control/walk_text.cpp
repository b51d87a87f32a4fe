// A page walk told step by step (stepper_text.hpp).
#include <cstddef>

#include <fmt/format.h>

#include "engine/base/bits.hpp"
#include "engine/control/stepper_text.hpp"
#include "engine/x86/page_table_entry.hpp"

namespace ringside::control {

namespace {

std::string_view table_name(unsigned level)
{
    switch (level) {
    case 4:
        return "PML4";
    case 3:
        return "page-directory-pointer table";
    case 2:
        return "page directory";
    default:
        return "page table";
    }
}

/// An entry of a PAE PDPT has no rights of its own. SDM Vol. 3A, "PDPTE Registers".
bool has_rights(trace::PagingMode mode, unsigned level)
{
    return mode != trace::PagingMode::pae || level != 3;
}

std::string entry_words(std::uint64_t entry, trace::PagingMode mode, unsigned level)
{
    namespace entry_bit = x86::entry_bit;
    if ((entry & entry_bit::present) == 0)
        return "not present";
    if (!has_rights(mode, level))
        return "present";
    std::string words = "present";
    words += (entry & entry_bit::writable) != 0 ? ", writable" : ", read-only";
    words += (entry & entry_bit::user) != 0 ? ", user" : ", supervisor";
    if ((entry & entry_bit::accessed) != 0)
        words += ", accessed";
    if ((entry & entry_bit::dirty) != 0)
        words += ", dirty";
    if (mode != trace::PagingMode::bits32 && (entry & entry_bit::execute_disable) != 0)
        words += ", no execute";
    return words;
}

} // namespace

std::string walk_text(trace::PageWalk const& walk)
{
    if (walk.paging == trace::PagingMode::none)
        return fmt::format("paging is off: {:#x} is its own physical address\n", walk.gva);
    std::string text = fmt::format("{:#x} through {} paging, CR3 {:#x}\n", walk.gva,
                                   trace::name_of(walk.paging), walk.cr3);
    std::span<x86::Level const> const levels = x86::levels_of(walk.paging);
    for (std::size_t index = 0; index < walk.steps.view().size() && index < levels.size();
         ++index) {
        trace::WalkStep const& step = walk.steps.view()[index];
        x86::Level const level = levels[index];
        text += fmt::format("{} entry {} at {:#x} is {:#x}: {}\n", table_name(level.number),
                            bits(walk.gva, level.shift, level.index_bits), step.entry_gpa,
                            step.entry, entry_words(step.entry, walk.paging, level.number));
    }
    if (walk.ok)
        return text + fmt::format("physical address {:#x}, in a page of {} KiB\n", walk.gpa,
                                  (1ULL << walk.page_shift) / 1024);
    return text + fmt::format("refused for {} by the rule {}, page-fault error code {:#x}\n",
                              trace::name_of(walk.access), trace::name_of(walk.problem),
                              walk.error_code);
}

} // namespace ringside::control

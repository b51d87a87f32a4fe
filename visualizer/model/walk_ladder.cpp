#include "visualizer/model/walk_ladder.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include <fmt/format.h>

#include "engine/base/bits.hpp"
#include "visualizer/model/format.hpp"

namespace ringside::visualizer {

namespace {

using trace::PagingMode;
using trace::WalkProblem;

struct Level {
    std::string_view field; ///< of the address
    std::string_view entry;
    unsigned low = 0;
    unsigned count = 0;
};

// SDM Vol. 3A, "4-Level Paging", "PAE Paging", "32-Bit Paging": the linear address's fields.
constexpr auto levels_4level = std::to_array<Level>({{"PML4", "PML4E", 39, 9},
                                                     {"PDPT", "PDPTE", 30, 9},
                                                     {"PD", "PDE", 21, 9},
                                                     {"PT", "PTE", 12, 9}});
constexpr auto levels_pae =
    std::to_array<Level>({{"PDPT", "PDPTE", 30, 2}, {"PD", "PDE", 21, 9}, {"PT", "PTE", 12, 9}});
constexpr auto levels_32 = std::to_array<Level>({{"PD", "PDE", 22, 10}, {"PT", "PTE", 12, 10}});

std::span<Level const> levels_of(PagingMode mode)
{
    switch (mode) {
    case PagingMode::level4:
        return levels_4level;
    case PagingMode::pae:
        return levels_pae;
    case PagingMode::bits32:
        return levels_32;
    case PagingMode::none:
        break;
    }
    return {};
}

// Which bits an entry has: SDM Vol. 3A, "4-Level Paging", Figure "Formats of CR3 and Paging-
// Structure Entries". G and D exist in leaves only; S means "maps a page" above the last level.
std::vector<EntryBit> bits_of(PagingMode mode, std::uint64_t entry, bool last_level)
{
    std::vector<EntryBit> letters = {
        {'P', bit(entry, 0), "present", false},
        {'W', bit(entry, 1), "writable", false},
        {'U', bit(entry, 2), "user may use it", false},
        {'A', bit(entry, 5), "accessed", false},
        {'D', bit(entry, 6), "dirty: written to", false},
        {'S', !last_level && bit(entry, 7), "page size: maps a large page", false},
        {'G', bit(entry, 8), "global: survives a CR3 load in the TLB", false},
    };
    if (mode != PagingMode::bits32)
        letters.push_back({'X', bit(entry, 63), "no-execute (XD)", false});
    return letters;
}

// SDM Vol. 3A, "Page-Fault Exceptions", Figure "Page-Fault Error Code".
std::vector<EntryBit> error_bits(std::uint64_t code)
{
    return {
        {'P', bit(code, 0), "all entries were present: another rule refused", false},
        {'W', bit(code, 1), "the access was a write", false},
        {'U', bit(code, 2), "the access was made by user mode", false},
        {'R', bit(code, 3), "a reserved bit was set", false},
        {'I', bit(code, 4), "the access was an instruction fetch", false},
    };
}

std::uint64_t address_mask(PagingMode mode, unsigned page_shift)
{
    std::uint64_t const all =
        mode == PagingMode::bits32 ? 0xffff'ffffULL : 0x000f'ffff'ffff'ffffULL;
    return align_down(all, 1ULL << std::min(page_shift, 52U)); // a damaged trace may say anything
}

// PAE's top entries have no W, U or X bits: they allow everything.
Permissions allowed_by(PagingMode mode, std::string_view table, std::uint64_t entry)
{
    if (!bit(entry, 0))
        return {};
    if (mode == PagingMode::pae && table == "PDPTE")
        return {true, true, true, true};
    return {true, bit(entry, 1), bit(entry, 2), mode == PagingMode::bits32 || !bit(entry, 63)};
}

std::vector<AddressField> fields_of(trace::PageWalk const& walk, std::span<Level const> levels)
{
    std::vector<AddressField> fields;
    if (walk.paging == PagingMode::level4)
        fields.push_back({"sign", 48, 16, bits(walk.gva, 48, 16)});
    for (Level const& level : levels)
        if (level.low >= walk.page_shift)
            fields.push_back(
                {level.field, level.low, level.count, bits(walk.gva, level.low, level.count)});
    unsigned const offset_bits = levels.empty() ? 32 : walk.page_shift;
    fields.push_back({"offset", 0, offset_bits, bits(walk.gva, 0, offset_bits)});
    return fields;
}

std::string_view rule_text(WalkProblem problem)
{
    static constexpr auto table = std::to_array<std::string_view>(
        {"allowed", "the entry is not present (P = 0)", "the page is read-only",
         "the page belongs to the supervisor", "the page is not executable",
         "SMEP: the supervisor may not execute user pages", "a reserved bit is set in the entry",
         "the address is not canonical: bits 63 to 47 differ", "the table lies outside memory",
         "SMAP: the supervisor may not touch user pages"});
    auto const index = static_cast<std::size_t>(problem);
    return index < table.size() ? table[index] : "a rule this viewer does not know";
}

std::string slot_text(Catalogue const& catalogue, std::uint64_t gpa)
{
    trace::SlotMapped const* slot = catalogue.slot_at(gpa);
    if (slot == nullptr)
        return "no memory slot: an access exits as MMIO";
    return fmt::format("slot \"{}\" ({}) + {}", printable(slot->label.text()),
                       trace::name_of(slot->kind), hex(gpa - slot->gpa));
}

void tell_origin(Ladder& ladder, trace::WalkOrigin origin)
{
    switch (origin) {
    case trace::WalkOrigin::observed:
        ladder.evidence = "E";
        ladder.origin = "Observed: the software CPU really made this walk to fill a translation.";
        return;
    case trace::WalkOrigin::reconstructed:
        ladder.evidence = "D";
        ladder.origin = "Reconstructed: we walked the same tables at this moment; the CPU's own "
                        "walk is silent.";
        return;
    case trace::WalkOrigin::probed:
        break;
    }
    ladder.evidence = "D";
    ladder.origin = "Probed: somebody asked for this address; the guest did not touch it.";
}

// The rung at fault is the last entry read, also for a right that an earlier entry took away.
std::vector<Rung> rungs_of(trace::PageWalk const& walk, std::span<Level const> levels)
{
    std::vector<Rung> rungs;
    Permissions running{true, true, true, true};
    std::size_t const count = std::min<std::size_t>(walk.steps.count, levels.size());
    for (std::size_t number = 0; number < count; ++number) {
        Level const& level = levels[number];
        trace::WalkStep const& step = walk.steps.items[number];
        bool const last_level = number + 1 == levels.size();
        Permissions const own = allowed_by(walk.paging, level.entry, step.entry);
        running = {running.read && own.read, running.write && own.write, running.user && own.user,
                   running.execute && own.execute};

        Rung rung;
        rung.table = level.entry;
        rung.index = bits(walk.gva, level.low, level.count);
        rung.entry_gpa = step.entry_gpa;
        rung.entry = step.entry;
        rung.bits = bits_of(walk.paging, step.entry, last_level);
        rung.allowed = running;
        rung.leaf = last_level || bit(step.entry, 7);
        rung.target = step.entry & address_mask(walk.paging, rung.leaf ? walk.page_shift : 12);
        rung.breaks = !walk.ok && number + 1 == count;
        rungs.push_back(rung);
    }
    return rungs;
}

} // namespace

Ladder ladder(trace::PageWalk const& walk, Catalogue const& catalogue)
{
    std::span<Level const> const levels = levels_of(walk.paging);
    Ladder result;
    result.fields = fields_of(walk, levels);
    result.rungs = rungs_of(walk, levels);
    result.ok = walk.ok;
    result.has_gpa = walk.ok;
    result.operator_is_user = walk.user;
    result.page_size = walk.page_shift < 64
                           ? bytes_size(std::uint64_t{1} << walk.page_shift) + " page"
                           : std::string();
    tell_origin(result, walk.origin);
    if (walk.ok) {
        result.verdict = "guest-physical " + hex(walk.gpa);
        result.slot = slot_text(catalogue, walk.gpa);
        return result;
    }
    bool const faults = walk.problem != WalkProblem::non_canonical;
    result.verdict =
        fmt::format("{}: {}", faults ? "#PF error " + hex(walk.error_code) : std::string("#GP"),
                    rule_text(walk.problem));
    if (faults)
        result.error_bits = error_bits(walk.error_code);
    return result;
}

} // namespace ringside::visualizer

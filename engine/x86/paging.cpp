// One loop serves every paging mode: a mode is a list of levels, and a level says which bits of the
// address choose the entry. How an entry reads in each mode is told in page_table_entry.hpp.
//
// First the tables are followed to the page, then the rights gathered on the way are judged: this
// order is the hardware's, and the error code shows it.
#include "engine/x86/paging.hpp"

#include "engine/base/assert.hpp"
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/cpuid.hpp"
#include "engine/x86/page_table_entry.hpp"

namespace ringside::x86 {

namespace {

// SDM Vol. 3A, Figure "Page-Fault Error Code".
namespace page_fault {
constexpr std::uint8_t present = 1U << 0, write = 1U << 1, user = 1U << 2, reserved = 1U << 3,
                       fetch = 1U << 4;
}

/// SDM Vol. 3A, "Page-Fault Exceptions".
std::uint8_t error_code(Walk const& walk, Paging const& paging)
{
    bool const missing =
        walk.problem == WalkProblem::not_present || walk.problem == WalkProblem::table_unmapped;
    bool const execute_disable = paging.no_execute && paging.mode != PagingMode::bits32;
    unsigned code = missing ? 0 : page_fault::present;
    if (walk.access == Access::write)
        code |= page_fault::write;
    if (walk.privilege == Privilege::user)
        code |= page_fault::user;
    if (walk.problem == WalkProblem::reserved_bits)
        code |= page_fault::reserved;
    if (walk.access == Access::fetch && (execute_disable || paging.smep))
        code |= page_fault::fetch;
    return static_cast<std::uint8_t>(code);
}

/// Follows the tables from the root to the page and notes each entry. Returns what stopped it
/// before the rights could be judged.
WalkProblem descend(memory::GuestMemory const& memory, Paging const& paging, Walk& walk)
{
    Gpa table(root_table(paging));
    unsigned const width = entry_width(paging.mode);
    for (Level const level : levels_of(paging.mode)) {
        std::uint64_t const index = bits(walk.gva.value, level.shift, level.index_bits);
        Gpa const address = table + index * width;
        std::optional<std::uint64_t> const read = memory.read_integer(address, width);
        if (!read)
            return WalkProblem::table_unmapped;
        std::uint64_t const entry = *read;
        walk.entries[walk.depth++] = Entry{address, entry, level.number};

        if ((entry & entry_bit::present) == 0)
            return WalkProblem::not_present;
        bool const leaf = maps_page(paging, level, entry);
        if ((entry & reserved_bits(paging, level, leaf)) != 0)
            return WalkProblem::reserved_bits;
        walk.rights = narrowed(walk.rights, paging, level, entry);
        if (leaf) {
            walk.page_shift = level.shift;
            walk.gpa = Gpa(page_base(paging, level, entry) | bits(walk.gva.value, 0, level.shift));
            return WalkProblem::none;
        }
        table = Gpa(next_table(paging, entry));
    }
    walk.gpa = Gpa(walk.gva.value); // no levels: paging is off
    return WalkProblem::none;
}

} // namespace

Paging Paging::of(CpuState const& state)
{
    bool const access_override = (state.rflags & rflags::ac) != 0;
    return Paging{.mode = state.paging_mode(),
                  .cr3 = state.cr3,
                  .write_protect = (state.cr0 & cr0::wp) != 0,
                  .page_size_extensions = (state.cr4 & cr4::pse) != 0,
                  .no_execute = (state.efer & efer::nxe) != 0,
                  .smep = (state.cr4 & cr4::smep) != 0,
                  .smap = (state.cr4 & cr4::smap) != 0 && !access_override,
                  .physical_bits = physical_address_bits};
}

bool Walk::dirty() const
{
    return depth == 0 || (entries[depth - 1U].value & entry_bit::dirty) != 0;
}

bool is_canonical(std::uint64_t linear)
{
    std::uint64_t const sign = bits(linear, 47, 17);
    return sign == 0 || sign == bits(~0ULL, 0, 17);
}

WalkProblem forbidden(Rights rights, Paging const& paging, Access access, Privilege privilege)
{
    if (paging.mode == PagingMode::none)
        return WalkProblem::none;
    if (privilege == Privilege::user) {
        if (!rights.user)
            return WalkProblem::supervisor_only;
        if (access == Access::write && !rights.writable)
            return WalkProblem::write_protected;
    } else if (access == Access::fetch) {
        if (paging.smep && rights.user)
            return WalkProblem::smep;
    } else {
        if (paging.smap && rights.user)
            return WalkProblem::smap;
        if (access == Access::write && paging.write_protect && !rights.writable)
            return WalkProblem::write_protected;
    }
    if (access == Access::fetch && !rights.executable)
        return WalkProblem::no_execute;
    return WalkProblem::none;
}

Walk walk(memory::GuestMemory const& memory, Paging const& paging, Gva gva, Access access,
          Privilege privilege)
{
    Walk made{.gva = gva, .access = access, .privilege = privilege, .mode = paging.mode};
    if (paging.mode != PagingMode::level4)
        made.gva = Gva(truncate(gva.value, 4)); // linear addresses are 32 bits wide
    else if (!is_canonical(gva.value)) {
        made.problem = WalkProblem::non_canonical;
        return made;
    }

    made.rights = Rights{.writable = true, .user = true, .executable = true};
    made.problem = descend(memory, paging, made);
    if (made.ok())
        made.problem = forbidden(made.rights, paging, access, privilege);
    if (!made.ok()) {
        made.gpa = Gpa(0);
        made.error_code = error_code(made, paging);
    }
    return made;
}

void set_accessed_and_dirty(memory::GuestMemory& memory, Paging const& paging, Walk& walk)
{
    ASSERT(walk.ok());
    for (std::size_t index = 0; index < walk.depth; ++index) {
        Entry& entry = walk.entries[index];
        if (paging.mode == PagingMode::pae && entry.level == 3)
            continue; // these entries have no accessed bit: its place is reserved
        bool const leaf = index + 1U == walk.depth;
        std::uint64_t wanted = entry.value | entry_bit::accessed;
        if (leaf && walk.access == Access::write)
            wanted |= entry_bit::dirty;
        if (wanted == entry.value)
            continue;
        memory.write_integer(entry.address, wanted, entry_width(paging.mode));
        entry.value = wanted;
    }
}

trace::PageWalk to_event(Walk const& walk, Paging const& paging, trace::WalkOrigin origin)
{
    trace::PageWalk event;
    event.origin = origin;
    event.access = walk.access;
    event.paging = walk.mode;
    event.user = walk.privilege == Privilege::user;
    event.ok = walk.ok();
    event.error_code = walk.error_code;
    event.problem = walk.problem;
    event.page_shift = walk.page_shift;
    event.gva = walk.gva.value;
    event.gpa = walk.gpa.value;
    event.cr3 = paging.cr3;
    for (Entry const& entry : walk.steps())
        event.steps.push(trace::WalkStep{entry.address.value, entry.value});
    return event;
}

} // namespace ringside::x86

#include "engine/backend/backend.hpp"

#include <cstddef>

#include "engine/base/assert.hpp"

namespace ringside::backend {

namespace {

constexpr std::size_t ability_count = static_cast<std::size_t>(Ability::count);

// In the order of the enumeration, so that an ability is its own index.
constexpr std::array<AbilityInfo, ability_count> table{{
    {Ability::real_mode, "real mode", "Runs 16-bit code as the CPU does after a reset."},
    {Ability::protected32, "32-bit protected mode",
     "Runs 32-bit protected-mode code without paging."},
    {Ability::paging32, "32-bit paging",
     "Translates through two levels of tables, 4 MiB pages "
     "included."},
    {Ability::pae, "PAE paging", "Translates 32-bit addresses through three levels of tables."},
    {Ability::long_mode, "long mode", "Runs 64-bit code through four levels of tables."},
    {Ability::protected32_interrupts, "interrupts in 32-bit protected mode",
     "Runs INT n and IRET in 32-bit protected mode."},
    {Ability::software_interrupts, "INT n in long mode",
     "Delivers INT n and INT3 executed by 64-bit code at CPL 0."},
    {Ability::user_mode, "user mode", "Enters CPL 3 by IRET and leaves it by a fault."},
    {Ability::user_interrupts, "INT n from user mode",
     "Delivers INT n executed at CPL 3 through a gate with DPL 3."},
    {Ability::syscall, "SYSCALL", "Enters CPL 0 by SYSCALL and returns by SYSRET."},
    {Ability::step_supervisor, "single-step at CPL 0",
     "Stops after each instruction of supervisor code."},
    {Ability::step_user, "single-step at CPL 3", "Stops after each instruction of user code."},
    {Ability::preemption, "preemption", "Interrupts a guest that makes no exits."},
}};

constexpr bool in_order()
{
    for (std::size_t index = 0; index < ability_count; ++index)
        if (table[index].ability != static_cast<Ability>(index))
            return false;
    return true;
}
static_assert(in_order());

} // namespace

std::span<AbilityInfo const> ability_table()
{
    return table;
}

std::string_view name_of(Ability ability)
{
    auto const index = static_cast<std::size_t>(ability);
    ASSERT(index < ability_count);
    return table[index].name;
}

} // namespace ringside::backend

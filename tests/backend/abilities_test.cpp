// The table of abilities: what skips, `doctor` and guests call what a host may lack.
#include <set>
#include <string>

#include "engine/backend/backend.hpp"
#include "guest-programs/abi/ringside.h"
#include "tests/catch.hpp"

using namespace ringside::backend;

TEST_CASE("every ability has a name of its own and a meaning")
{
    std::set<std::string_view> names;
    for (AbilityInfo const& info : ability_table()) {
        CHECK(name_of(info.ability) == info.name);
        CHECK(names.insert(info.name).second);
        CHECK(info.meaning.ends_with('.'));
    }
    CHECK(names.size() == static_cast<std::size_t>(Ability::count));
}

TEST_CASE("the bits a guest declares are the bits of the abilities")
{
    CHECK(only(Ability::real_mode) == RINGSIDE_NEEDS_REAL_MODE);
    CHECK(only(Ability::protected32) == RINGSIDE_NEEDS_PROTECTED32);
    CHECK(only(Ability::paging32) == RINGSIDE_NEEDS_PAGING32);
    CHECK(only(Ability::pae) == RINGSIDE_NEEDS_PAE);
    CHECK(only(Ability::long_mode) == RINGSIDE_NEEDS_LONG_MODE);
    CHECK(only(Ability::protected32_interrupts) == RINGSIDE_NEEDS_PROTECTED32_INTERRUPTS);
    CHECK(only(Ability::software_interrupts) == RINGSIDE_NEEDS_SOFTWARE_INTERRUPTS);
    CHECK(only(Ability::user_mode) == RINGSIDE_NEEDS_USER_MODE);
    CHECK(only(Ability::user_interrupts) == RINGSIDE_NEEDS_USER_INTERRUPTS);
    CHECK(only(Ability::syscall) == RINGSIDE_NEEDS_SYSCALL);
    CHECK(only(Ability::step_supervisor) == RINGSIDE_NEEDS_STEP_SUPERVISOR);
    CHECK(only(Ability::step_user) == RINGSIDE_NEEDS_STEP_USER);
    CHECK(only(Ability::preemption) == RINGSIDE_NEEDS_PREEMPTION);
}

#include "engine/cli/backend_choice.hpp"

#include "engine/backend/kvm/kvm_backend.hpp"
#include "engine/backend/unicorn/unicorn_backend.hpp"
#include "engine/cli/ability_cache.hpp"

namespace ringside::cli {

using backend::Abilities;
using backend::Ability;

namespace {

BackendChoice kvm_choice(std::string why, Abilities abilities)
{
    return BackendChoice{trace::BackendKind::kvm, std::move(why),
                         [](memory::GuestMemory& memory, trace::Tracer& tracer) {
                             kvm::Options options;
                             options.tracer = &tracer;
                             return kvm::create(memory, backend::Slice{}, options);
                         },
                         abilities};
}

BackendChoice unicorn_choice(std::string why)
{
    return BackendChoice{trace::BackendKind::unicorn, std::move(why),
                         [](memory::GuestMemory& memory, trace::Tracer& tracer) {
                             return unicorn::create(memory, tracer, backend::Slice{});
                         },
                         ~Abilities{}};
}

} // namespace

std::string list_of(Abilities abilities)
{
    std::string text;
    for (backend::AbilityInfo const& info : backend::ability_table()) {
        if ((abilities & backend::only(info.ability)) == 0)
            continue;
        if (!text.empty())
            text += ", ";
        text += info.name;
    }
    return text;
}

Abilities abilities_needed(machine::GuestImage const& image, machine::Options const& options)
{
    Abilities needs = image.needs;
    if (options.walks == machine::WalkMode::every_instruction || options.history_bytes != 0) {
        needs |= backend::only(Ability::step_supervisor);
        constexpr Abilities runs_user_code = backend::only(Ability::user_mode) |
                                             backend::only(Ability::user_interrupts) |
                                             backend::only(Ability::syscall);
        if ((needs & runs_user_code) != 0)
            needs |= backend::only(Ability::step_user);
    }
    return needs;
}

Result<BackendChoice> choose_backend(Wanted wanted, machine::GuestImage const& image,
                                     machine::Options const& options)
{
    bool const counts = options.clock == trace::Clock::instructions;
    if (wanted == Wanted::unicorn)
        return unicorn_choice("as asked");
    if (counts && wanted == Wanted::kvm)
        return fail(Blame::usage, "--clock instructions needs exact instruction counts, which KVM "
                                  "does not give; use --backend unicorn or another clock");
    if (counts)
        return unicorn_choice("because only it counts instructions exactly");

    Result<Abilities> const found = kvm_abilities();
    if (!found && wanted == Wanted::kvm)
        return fail(found.error());
    if (!found)
        return unicorn_choice("because KVM is not usable: " + found.error().text);
    Abilities const missing = abilities_needed(image, options) & ~*found;
    if (missing == 0)
        return kvm_choice(wanted == Wanted::kvm ? "as asked" : "because it runs on this host",
                          *found);
    if (wanted == Wanted::kvm)
        return fail(Blame::unavailable, "this host's KVM lacks what " + image.name +
                                            " needs: " + list_of(missing) +
                                            "; use --backend unicorn (see `ringside doctor`)");
    return unicorn_choice("because this host's KVM lacks " + list_of(missing));
}

} // namespace ringside::cli

#include "engine/backend/unicorn/worlds.hpp"

#include <algorithm>

#include "engine/backend/unicorn/hidden_stub.hpp"
#include "engine/base/assert.hpp"

namespace ringside::unicorn {

World World::of(x86::CpuState const& state)
{
    World world;
    world.privilege = static_cast<std::uint8_t>(state.cpl());
    world.code_size = state.code_size();
    if (world.code_size == x86::CodeSize::bits64) {
        world.wide_stack = true;
        return world; // SDM Vol. 3A, "Segmentation in IA-32e Mode": bases count as zero
    }
    // A stack segment keeps its size in real mode, as it keeps its base ("unreal mode").
    world.wide_stack = state[x86::ss].big();
    world.es_base = state[x86::es].base;
    world.cs_base = state[x86::cs].base;
    world.ss_base = state[x86::ss].base;
    world.ds_base = state[x86::ds].base;
    return world;
}

Result<void> Worlds::install()
{
    TRY(hidden_stub::install(engine_));
    pristine_ = TRY(Context::create(engine_));
    pristine_->save(engine_);
    known_.reserve(kept);
    return {};
}

Result<Worlds::Entered> Worlds::enter(x86::CpuState const& state)
{
    World const wanted = World::of(state);
    if (any_ && wanted == current_) {
        write_free_bases(state);
        return Entered::already;
    }
    fpu_.save();
    Known* const known = find(wanted);
    if (known == nullptr)
        TRY(make(wanted));
    else
        known->context.restore(engine_);
    fpu_.load();
    current_ = wanted;
    any_ = true;
    fs_base_ = gs_base_ = 0; // as in every context
    write_free_bases(state);
    return known == nullptr ? Entered::made : Entered::known;
}

void Worlds::write_free_bases(x86::CpuState const& state)
{
    auto const write = [&](int name, std::uint64_t wanted, std::uint64_t& held) {
        if (held == wanted)
            return;
        uc_err const error = uc_reg_write(engine_.handle(), name, &wanted);
        ASSERT(error == UC_ERR_OK);
        held = wanted;
    };
    write(UC_X86_REG_FS_BASE, state[x86::fs].base, fs_base_);
    write(UC_X86_REG_GS_BASE, state[x86::gs].base, gs_base_);
}

Worlds::Known* Worlds::find(World const& world)
{
    for (Known& known : known_)
        if (known.world == world) {
            known.last_used = ++entries_;
            return &known;
        }
    return nullptr;
}

Result<void> Worlds::make(World const& world)
{
    pristine_->restore(engine_);
    TRY(hidden_stub::run(engine_, world));
    Known* const place = TRY(place_for(world));
    place->context.save(engine_);
    return {};
}

/// A free place, or that of the world not entered for longest.
Result<Worlds::Known*> Worlds::place_for(World const& world)
{
    if (known_.size() < kept) {
        known_.push_back(Known{world, TRY(Context::create(engine_)), ++entries_});
        return &known_.back();
    }
    auto const oldest =
        std::min_element(known_.begin(), known_.end(),
                         [](Known const& a, Known const& b) { return a.last_used < b.last_used; });
    oldest->world = world;
    oldest->last_used = ++entries_;
    return &*oldest;
}

} // namespace ringside::unicorn
